import { Link } from "react-router";
import {
  LedgerEntriesDocument,
  type LedgerEntriesQuery,
  type LedgerEntryKind,
} from "../graphql/generated/admin/graphql.ts";
import { Page } from "../ui/Page.tsx";
import { BookedLines } from "./BookedLines.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { DayRange } from "./DayRange.tsx";
import { ChoiceFilter, FilterBar } from "./Filters.tsx";
import { LedgerTabs } from "./LedgerTabs.tsx";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";

type Row = LedgerEntriesQuery["ledgerEntries"]["edges"][number]["node"];

const KINDS: readonly LedgerEntryKind[] = [
  "CAPTURED",
  "SOLD",
  "REFUND",
  "CREDIT_NOTE",
  "CHARGED_BACK",
  "SETTLEMENT",
  "BANK",
  "ADJUSTMENT",
];

/** The entries of the ledger, the latest first; none is ever changed. */
export function LedgerEntriesPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["kind", "from", "to"]);
  const { kind, from, to } = filters.values;
  const list = useList(
    LedgerEntriesDocument,
    { kind: KINDS.find((known) => known === kind) ?? null, from: from || null, to: to || null },
    (data) => data.ledgerEntries,
  );
  useListWatch(list);
  return (
    <Page title={t("ledger.title")}>
      <LedgerTabs current="entries" />
      <FilterBar onClear={filters.clear}>
        <ChoiceFilter
          label={t("ledger.entryKind")}
          any={t("ledger.anyKind")}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`entryKind.${value}`) }))}
          onChange={(value) => filters.set("kind", value)}
        />
        <DayRange from={from} to={to} onChange={(first, last) => filters.setAll({ from: first, to: last })} />
      </FilterBar>
      <DataTable label={t("ledger.entries")} columns={useColumns()} list={list} onClear={filters.clear} />
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<Row>> {
  const { t, at } = useDeskWords();
  const dayWords = useDayWords();
  return [
    { key: "id", label: t("ledger.number"), number: true, cell: (row) => row.id },
    {
      key: "kind",
      label: t("ledger.entryKind"),
      cell: (row) => (
        <>
          {t(`entryKind.${row.kind}`)}
          {row.reason && (
            <>
              <br />
              <small>“{row.reason}”</small>
            </>
          )}
        </>
      ),
    },
    {
      key: "day",
      label: t("close.day"),
      fit: "moment",
      cell: (row) => (
        <>
          {dayWords(row.day)}
          <br />
          <small>{at(row.at)}</small>
        </>
      ),
    },
    { key: "lines", label: t("ledger.lines"), cell: (row) => <BookedLines lines={row.postings} /> },
    {
      key: "payment",
      label: t("admin.payment"),
      fit: "whole",
      cell: (row) => (row.payment ? <Link to={`/admin/payments/${row.payment.id}`}>{row.payment.number}</Link> : "–"),
    },
  ];
}
