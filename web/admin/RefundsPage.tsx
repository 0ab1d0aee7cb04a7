import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { refundStage, stageMeaning } from "../account/refundStage.ts";
import {
  AdminRefundsDocument,
  RefundQueuesDocument,
  type StaffRefundFragment,
} from "../graphql/generated/admin/graphql.ts";
import { count, money } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { useWatch } from "../ui/useWatch.ts";
import { Age } from "./Age.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { ExportList } from "./ExportList.tsx";
import { ChoiceFilter, FilterBar } from "./Filters.tsx";
import { RefundDetail } from "./RefundDetail.tsx";
import styles from "./Refunds.module.css";
import { QUEUES, type Queue, queueFilter, WORK } from "./refundQueues.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";
import { useMinute } from "./useMinute.ts";

/** Money that goes back, by what has to be done about it, with its age and who approved it. */
export function RefundsPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["queue"]);
  const { queue } = filters.values;
  const asked = queueFilter(queue);
  const list = useList(AdminRefundsDocument, asked, (data) => data.adminRefunds);
  useListWatch(list);
  const columns = useColumns();
  return (
    <Page title={t("refunds.title")}>
      <Work chosen={queue} />
      <FilterBar onClear={filters.clear}>
        <ChoiceFilter
          label={t("refunds.queue")}
          any={t("refunds.all")}
          value={queue}
          options={(Object.keys(QUEUES) as Queue[]).map((value) => ({ value, label: t(`refundQueue.${value}`) }))}
          onChange={(value) => filters.set("queue", value)}
        />
      </FilterBar>
      <ExportList
        name="refunds"
        document={AdminRefundsDocument}
        filters={asked}
        columns={columns}
        connectionOf={(data) => data.adminRefunds}
      />
      <DataTable
        label={t("refunds.title")}
        columns={columns}
        list={list}
        onClear={filters.clear}
        detail={(refund) => <RefundDetail refund={refund} />}
      />
    </Page>
  );
}

/** What waits for a person: how many of each, and the way there. */
function Work({ chosen }: { readonly chosen: string }) {
  const { t } = useDeskWords();
  const { data, refetch } = useQuery(RefundQueuesDocument, { fetchPolicy: "cache-and-network" });
  useWatch(true, refetch);
  return (
    <nav className={styles.work} aria-label={t("refunds.work")}>
      {WORK.map((queue) => (
        <Link
          key={queue}
          to={`/admin/refunds?queue=${queue}`}
          aria-current={chosen === queue ? "page" : undefined}
          data-testid={`queue-${queue}`}
        >
          {t(`refundQueue.${queue}`)}
          <strong>{data ? count(data[queue].totalCount) : "…"}</strong>
        </Link>
      ))}
    </nav>
  );
}

function useColumns(): ReadonlyArray<Column<StaffRefundFragment>> {
  const { t, at } = useDeskWords();
  const now = useMinute();
  return [
    {
      key: "amount",
      label: t("admin.amount"),
      number: true,
      cell: (row) => <strong data-testid="refund-amount">{money(row.amount)}</strong>,
      text: (row) => String(row.amount),
    },
    {
      key: "state",
      label: t("admin.state"),
      cell: (row) => <RefundChip refund={row} />,
      text: (row) => t(`refundState.${refundStage(row)}`),
    },
    {
      key: "age",
      label: t("cases.age"),
      fit: "moment",
      cell: (row) => <Age since={row.createdAt} until={row.succeededAt} now={now} />,
      text: (row) => at(row.createdAt),
    },
    ...useWhoColumns(),
  ];
}

/** Whose money it is, where it goes, and who allowed that. */
function useWhoColumns(): ReadonlyArray<Column<StaffRefundFragment>> {
  const { t, at } = useDeskWords();
  return [
    {
      key: "of",
      label: t("refunds.of"),
      cell: (row) => (
        <>
          {row.order ? (
            <Link to={`/admin/orders/${row.order.id}`}>{row.order.number}</Link>
          ) : (
            <Link to={`/admin/payments/${row.payment.id}`}>{row.payment.number}</Link>
          )}
          <br />
          <small>{row.payment.user.email}</small>
        </>
      ),
      text: (row) => row.order?.number ?? row.payment.number,
    },
    {
      key: "account",
      label: t("refunds.account"),
      cell: (row) => row.accountMasked ?? "–",
      text: (row) => row.accountMasked ?? "",
    },
    {
      key: "approved",
      label: t("refunds.approvedBy"),
      cell: (row) =>
        row.approvedBy ? (
          <>
            {row.approvedBy.name}
            <br />
            <small>{at(row.approvedAt)}</small>
          </>
        ) : (
          "–"
        ),
      text: (row) => row.approvedBy?.name ?? "",
    },
  ];
}

/** Where a refund stands, as staff says it. */
export function RefundChip({ refund }: { readonly refund: StaffRefundFragment }) {
  const { t } = useDeskWords();
  const stage = refundStage(refund);
  return (
    <StatusChip
      meaning={stageMeaning[stage]}
      label={t(`refundState.${stage}`)}
      status={refund.status}
      testId="refund-status"
    />
  );
}
