import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import {
  GatewayNotificationsDocument,
  type InboxRowFragment,
  type NotificationState,
  ReplayNotificationDocument,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { useToast } from "../ui/Toast.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { ChoiceFilter, FilterBar, TextFilter } from "./Filters.tsx";
import styles from "./InboxPage.module.css";
import { pretty } from "./pretty.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";

const meanings: Readonly<Record<NotificationState, Meaning>> = {
  STORED: "waiting",
  APPLIED: "good",
  SAME: "ended",
  PARKED: "wrong",
  REJECTED: "wrong",
};
const states = Object.keys(meanings) as NotificationState[];

/** What Midtrans sent, what became of it, and applying it again. */
export function InboxPage() {
  const { t, at } = useDeskWords();
  const filters = useFilters(["q", "state"]);
  const { q, state } = filters.values;
  const list = useList(
    GatewayNotificationsDocument,
    {
      gatewayOrderId: q || null,
      state: state ? states.filter((known) => known === state) : null,
    },
    (data) => data.gatewayNotifications,
  );
  useListWatch(list);
  const columns: ReadonlyArray<Column<InboxRowFragment>> = [
    { key: "order", label: t("admin.gatewayOrder"), cell: (row) => <code>{row.gatewayOrderId ?? "–"}</code> },
    { key: "said", label: t("admin.gatewayStatus"), cell: (row) => row.gatewayStatus ?? "–" },
    {
      key: "state",
      label: t("admin.state"),
      cell: (row) => (
        <StatusChip meaning={meanings[row.state]} label={t(`notification.${row.state}`)} status={row.state} />
      ),
    },
    { key: "received", label: t("admin.received"), fit: "moment", cell: (row) => at(row.receivedAt) },
    { key: "attempts", label: t("admin.attempts"), number: true, cell: (row) => row.attempts },
  ];
  return (
    <Page title={t("admin.inbox")}>
      <FilterBar onClear={filters.clear}>
        <TextFilter
          label={t("admin.search")}
          hint={t("admin.gatewayOrder")}
          value={q}
          onChange={(value) => filters.set("q", value)}
        />
        <ChoiceFilter
          label={t("admin.state")}
          any={t("admin.anyStatus")}
          value={state}
          options={states.map((value) => ({ value, label: t(`notification.${value}`) }))}
          onChange={(value) => filters.set("state", value)}
        />
      </FilterBar>
      <DataTable
        label={t("admin.inbox")}
        columns={columns}
        list={list}
        onClear={filters.clear}
        detail={(row) => <Opened row={row} />}
      />
    </Page>
  );
}

function Opened({ row }: { readonly row: InboxRowFragment }) {
  const { t } = useDeskWords();
  const say = useToast();
  const [replay, { loading, error }] = useMutation(ReplayNotificationDocument);
  const submit = async () => {
    // A refusal stands in `error` below; what is applied already changes nothing.
    const answer = await replay({ variables: { id: row.id } }).catch(() => null);
    const state = answer?.data?.replayNotification.state;
    if (state) say(t("admin.replayed", { state: t(`notification.${state}`) }));
  };
  return (
    <div className={cards.stack}>
      {row.error && <p className={styles.error}>{row.error}</p>}
      <div>
        <h2>{t("admin.payload")}</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre className={styles.payload} tabIndex={0} data-testid="payload">
          {pretty(row.payload)}
        </pre>
      </div>
      {error && <Failure error={error} />}
      <div>
        <Button size="sm" variant="light" loading={loading} onClick={() => void submit()} data-testid="replay">
          {t("admin.replay")}
        </Button>
      </div>
    </div>
  );
}
