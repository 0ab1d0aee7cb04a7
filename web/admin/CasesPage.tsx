import { Link } from "react-router";
import { type CaseRowFragment, MoneyCasesDocument } from "../graphql/generated/admin/graphql.ts";
import { money } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { deskId } from "../ui/words/desk.id.ts";
import { shipId } from "../ui/words/ship.id.ts";
import { Age } from "./Age.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { ExportList } from "./ExportList.tsx";
import { ChoiceFilter, FilterBar } from "./Filters.tsx";
import { kindsOf } from "./kindsOf.ts";
import { TechnicalDetail } from "./TechnicalDetail.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";
import { useMinute } from "./useMinute.ts";

/** One that has no name is shown by its own word. */
const KINDS = kindsOf({ ...deskId, ...shipId }, "caseKind");

/** Money that a person must decide about, with its age and who looks after it. */
export function CasesPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["state", "kind"]);
  const { state, kind } = filters.values;
  const asked = { open: state !== "ended", kind: kind || null };
  const list = useList(MoneyCasesDocument, asked, (data) => data.moneyCases);
  useListWatch(list);
  const columns = useColumns();
  return (
    <Page title={t("cases.title")}>
      <FilterBar onClear={filters.clear}>
        <ChoiceFilter
          label={t("admin.state")}
          any={t("cases.open")}
          value={state}
          options={[{ value: "ended", label: t("cases.ended") }]}
          onChange={(value) => filters.set("state", value)}
        />
        <ChoiceFilter
          label={t("cases.kind")}
          any={t("cases.anyKind")}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`caseKind.${value}`) }))}
          onChange={(value) => filters.set("kind", value)}
        />
      </FilterBar>
      <ExportList
        name="cases"
        document={MoneyCasesDocument}
        filters={asked}
        columns={columns}
        connectionOf={(data) => data.moneyCases}
      />
      <DataTable label={t("cases.title")} columns={columns} list={list} onClear={filters.clear} />
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<CaseRowFragment>> {
  const { t, named, at } = useDeskWords();
  const now = useMinute();
  const stateOf = (row: CaseRowFragment) =>
    t(row.resolvedAt ? "cases.isEnded" : row.owner ? "cases.isTaken" : "cases.isOpen");
  return [
    {
      key: "kind",
      label: t("cases.kind"),
      cell: (row) => (
        <>
          <Link to={`/admin/cases/${row.id}`} data-testid="case-link">
            {named(`caseKind.${row.kind}`, row.kind)}
          </Link>
          <TechnicalDetail text={row.summary} />
        </>
      ),
      text: (row) => named(`caseKind.${row.kind}`, row.kind),
    },
    {
      key: "amount",
      label: t("admin.amount"),
      number: true,
      cell: (row) => money(row.amount),
      text: (row) => String(row.amount),
    },
    {
      key: "state",
      label: t("admin.state"),
      cell: (row) => (
        <StatusChip meaning={row.resolvedAt ? "ended" : row.owner ? "waiting" : "wrong"} label={stateOf(row)} />
      ),
      text: stateOf,
    },
    {
      key: "age",
      label: t("cases.age"),
      cell: (row) => <Age since={row.openedAt} until={row.resolvedAt} now={now} />,
      text: (row) => at(row.openedAt),
    },
    {
      key: "owner",
      label: t("cases.owner"),
      cell: (row) => row.owner?.name ?? "–",
      text: (row) => row.owner?.name ?? "",
    },
    ...useAboutColumns(),
  ];
}

/** What was bought with the money in question. */
function useAboutColumns(): ReadonlyArray<Column<CaseRowFragment>> {
  const { t } = useDeskWords();
  return [
    {
      key: "payment",
      label: t("admin.payment"),
      fit: "whole",
      cell: (row) => (row.payment ? <Link to={`/admin/payments/${row.payment.id}`}>{row.payment.number}</Link> : "–"),
      text: (row) => row.payment?.number ?? "",
    },
    {
      key: "order",
      label: t("order.title"),
      fit: "whole",
      cell: (row) => (row.order ? <Link to={`/admin/orders/${row.order.id}`}>{row.order.number}</Link> : "–"),
      text: (row) => row.order?.number ?? "",
    },
  ];
}
