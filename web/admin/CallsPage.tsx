import { type CallRowFragment, GatewayCallsDocument } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { type Column, DataTable } from "./DataTable.tsx";
import { ChoiceFilter, FilterBar, TextFilter } from "./Filters.tsx";
import styles from "./InboxPage.module.css";
import { pretty } from "./pretty.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";

/** The companies that the shop calls, by the names in the records and as they write themselves. */
const GATEWAYS = [
  { value: "midtrans", label: "Midtrans" },
  { value: "rajaongkir", label: "RajaOngkir" },
  { value: "komerce", label: "Komerce" },
] as const;

const meanings: Readonly<Record<string, Meaning>> = {
  ok: "good",
  refused: "waiting",
  failed: "wrong",
  no_answer: "wrong",
};

/** Every request to a company and what came back, secrets hidden. */
export function CallsPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["q", "gateway"]);
  const { q, gateway } = filters.values;
  const list = useList(
    GatewayCallsDocument,
    { correlation: q || null, gateway: gateway || null },
    (data) => data.gatewayCalls,
  );
  useListWatch(list);
  return (
    <Page title={t("calls.title")}>
      <FilterBar onClear={filters.clear}>
        <TextFilter
          label={t("admin.search")}
          hint={t("calls.about")}
          value={q}
          onChange={(value) => filters.set("q", value)}
        />
        <ChoiceFilter
          label={t("calls.gateway")}
          any={t("calls.anyGateway")}
          value={gateway}
          options={GATEWAYS}
          onChange={(value) => filters.set("gateway", value)}
        />
      </FilterBar>
      <DataTable
        label={t("calls.title")}
        columns={useColumns()}
        list={list}
        onClear={filters.clear}
        detail={(row) => <Bodies row={row} />}
      />
    </Page>
  );
}

const nameOf = (gateway: string) => GATEWAYS.find(({ value }) => value === gateway)?.label ?? gateway;

function useColumns(): ReadonlyArray<Column<CallRowFragment>> {
  const { t, named, at } = useDeskWords();
  return [
    {
      key: "operation",
      label: t("calls.operation"),
      cell: (row) => (
        <>
          {nameOf(row.gateway)}
          <br />
          <code>{row.operation}</code>
        </>
      ),
    },
    { key: "about", label: t("calls.about"), fit: "whole", cell: (row) => <code>{row.correlation ?? "–"}</code> },
    {
      key: "outcome",
      label: t("calls.outcome"),
      cell: (row) => (
        <StatusChip
          meaning={meanings[row.outcome] ?? "waiting"}
          label={named(`callOutcome.${row.outcome}`, row.outcome)}
          status={row.outcome}
        />
      ),
    },
    { key: "status", label: t("calls.status"), number: true, cell: (row) => row.status ?? "–" },
    { key: "ms", label: t("calls.duration"), number: true, cell: (row) => row.durationMs },
    { key: "at", label: t("calls.at"), fit: "moment", cell: (row) => at(row.at) },
  ];
}

function Bodies({ row }: { readonly row: CallRowFragment }) {
  const { t } = useDeskWords();
  return (
    <div className={cards.stack}>
      <Body title={t("calls.request")} body={row.request ?? NOTHING} testId="request" />
      {row.response === null ? (
        <p className={styles.error}>{t("calls.noAnswer")}</p>
      ) : (
        <Body title={t("calls.response")} body={row.response ?? NOTHING} testId="response" />
      )}
    </div>
  );
}

/** A body that had none, as JSON. */
const NOTHING = "null";

interface BodyProps {
  readonly title: string;
  readonly body: string;
  readonly testId: string;
}

function Body({ title, body, testId }: BodyProps) {
  const { t } = useDeskWords();
  return (
    <div data-testid={testId}>
      <h2>{title}</h2>
      {body === NOTHING ? (
        <p className={cards.soft}>{t("calls.noBody")}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre className={styles.payload} tabIndex={0}>
          {pretty(body)}
        </pre>
      )}
    </div>
  );
}
