import { useState } from "react";
import { Link } from "react-router";
import { type BankLineState, BankLinesDocument, type BankLinesQuery } from "../graphql/generated/admin/graphql.ts";
import { money } from "../ui/format.ts";
import type { Meaning } from "../ui/status.ts";
import type { Column } from "./DataTable.tsx";
import { LineList } from "./LineList.tsx";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useList } from "./useList.ts";

type Row = BankLinesQuery["bankLines"]["edges"][number]["node"];

const MEANINGS: Readonly<Record<BankLineState, Meaning>> = { NEW: "waiting", MATCHED: "good", UNMATCHED: "wrong" };

/** What became of each line of a bank's statement, with the bank's own words. */
export function BankLines({ fileId }: { readonly fileId: string }) {
  const [state, setState] = useState<BankLineState | null>(null);
  const list = useList(BankLinesDocument, { fileId, state }, (data) => data.bankLines);
  const columns = useColumns();
  return <LineList list={list} meanings={MEANINGS} state={state} onState={setState} columns={columns} />;
}

function useColumns(): ReadonlyArray<Column<Row>> {
  const { t } = useDeskWords();
  const dayWords = useDayWords();
  return [
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
