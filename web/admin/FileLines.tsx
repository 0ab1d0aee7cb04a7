import { useState } from "react";
import { Link } from "react-router";
import {
  type SettlementLineState,
  SettlementLinesDocument,
  type SettlementLinesQuery,
} from "../graphql/generated/admin/graphql.ts";
import { money } from "../ui/format.ts";
import type { Meaning } from "../ui/status.ts";
import type { Column } from "./DataTable.tsx";
import { LineList } from "./LineList.tsx";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useList } from "./useList.ts";

type Row = SettlementLinesQuery["settlementLines"]["edges"][number]["node"];

const MEANINGS: Readonly<Record<SettlementLineState, Meaning>> = {
  NEW: "waiting",
  MATCHED: "good",
  UNMATCHED: "wrong",
  DUPLICATE: "wrong",
  FOREIGN: "wrong",
};

/** What became of each line of a settlement file. */
export function FileLines({ fileId }: { readonly fileId: string }) {
  const [state, setState] = useState<SettlementLineState | null>(null);
  const list = useList(SettlementLinesDocument, { fileId, state }, (data) => data.settlementLines);
  const columns = useColumns();
  return <LineList list={list} meanings={MEANINGS} state={state} onState={setState} columns={columns} />;
}

function useColumns(): ReadonlyArray<Column<Row>> {
  const { t, named } = useDeskWords();
  const dayWords = useDayWords();
  return [
    { key: "type", label: t("import.type"), cell: (row) => named(`lineType.${row.type}`, row.type) },
    {
      key: "about",
      label: t("gap.subject"),
      cell: (row) => {
        const about = row.gatewayOrderId ?? row.gatewayTransactionId ?? "–";
        return row.paymentId ? <Link to={`/admin/payments/${row.paymentId}`}>{about}</Link> : about;
      },
    },
    { key: "gross", label: t("import.gross"), number: true, cell: (row) => money(row.gross) },
    { key: "fee", label: t("import.fee"), number: true, cell: (row) => <Fee row={row} /> },
    { key: "net", label: t("import.net"), number: true, cell: (row) => money(row.net) },
    { key: "settled", label: t("import.settledOn"), fit: "whole", cell: (row) => dayWords(row.settledOn) },
    { key: "payout", label: t("import.payout"), cell: (row) => row.payoutReference ?? "–" },
  ];
}

/** The fee that was kept, and the one that the table of fees has where that is another. */
function Fee({ row }: { readonly row: Row }) {
  const { t } = useDeskWords();
  const kept = row.fee + row.feeTax;
  const expected = row.expectedFee === null ? null : (row.expectedFee ?? 0) + (row.expectedFeeTax ?? 0);
  return (
    <>
      {money(kept)}
      {expected !== null && expected !== kept && (
        <>
          <br />
          <small>{t("import.expectedFee", { amount: money(expected) })}</small>
        </>
      )}
    </>
  );
}
