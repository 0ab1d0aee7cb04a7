import { useState } from "react";
import { Link } from "react-router";
import { type BankLineState, BankLinesDocument, type BankLinesQuery } from "../graphql/generated/admin/graphql.ts";
import { count, money } from "../ui/format.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { type Column, DataTable } from "./DataTable.tsx";
import { ChoiceFilter, FilterBar } from "./Filters.tsx";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useList } from "./useList.ts";

type Row = BankLinesQuery["bankLines"]["edges"][number]["node"];

const MEANINGS: Readonly<Record<BankLineState, Meaning>> = { NEW: "waiting", MATCHED: "good", UNMATCHED: "wrong" };
const STATES = Object.keys(MEANINGS) as BankLineState[];

/** What became of each line of a bank's statement, with the bank's own words. */
export function BankLines({ fileId }: { readonly fileId: string }) {
  const { t } = useDeskWords();
  const [state, setState] = useState<BankLineState | null>(null);
  const list = useList(BankLinesDocument, { fileId, state }, (data) => data.bankLines);
  return (
    <div>
      <FilterBar onClear={state ? () => setState(null) : null}>
        <ChoiceFilter
          label={t("close.state")}
          any={t("gap.all")}
          value={state ?? ""}
          options={STATES.map((value) => ({ value, label: t(`lineState.${value}`) }))}
          onChange={(value) => setState(STATES.find((known) => known === value) ?? null)}
        />
      </FilterBar>
      <DataTable label={t("import.lines")} columns={useColumns()} list={list} onClear={() => setState(null)} />
    </div>
  );
}

function useColumns(): ReadonlyArray<Column<Row>> {
  const { t } = useDeskWords();
  const dayWords = useDayWords();
  return [
    { key: "line", label: t("import.line"), number: true, cell: (row) => count(row.line) },
    {
      key: "state",
      label: t("close.state"),
      cell: (row) => (
        <StatusChip meaning={MEANINGS[row.state]} label={t(`lineState.${row.state}`)} status={row.state} />
      ),
    },
    { key: "booked", label: t("import.bookedOn"), fit: "whole", cell: (row) => dayWords(row.bookedOn) },
    { key: "amount", label: t("admin.amount"), number: true, cell: (row) => money(row.amount) },
    { key: "text", label: t("import.text"), cell: (row) => row.text },
    {
      key: "payout",
      label: t("import.payout"),
      cell: (row) =>
        row.paymentId ? (
          <Link to={`/admin/payments/${row.paymentId}`}>{row.payoutReference ?? t("admin.payment")}</Link>
        ) : (
          (row.payoutReference ?? "–")
        ),
    },
  ];
}
