import { Link } from "react-router";
import { usePerson } from "../account/usePerson.ts";
import { type AdjustmentFragment, LedgerAdjustmentsDocument } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { AskAdjustment } from "./AskAdjustment.tsx";
import { BookedLines } from "./BookedLines.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { DecideAdjustment } from "./DecideAdjustment.tsx";
import { ChoiceFilter, FilterBar } from "./Filters.tsx";
import { LedgerTabs } from "./LedgerTabs.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";

/** What people want to put right in the books: one asks, another approves, and then it is an entry. */
export function AdjustmentsPage() {
  const { t } = useDeskWords();
  const { person } = usePerson();
  const filters = useFilters(["state", "gap"]);
  const { state, gap } = filters.values;
  const list = useList(LedgerAdjustmentsDocument, { open: state !== "decided" }, (data) => data.ledgerAdjustments);
  useListWatch(list);
  return (
    <Page title={t("ledger.title")}>
      <LedgerTabs current="adjustments" />
      {person?.role === "ADMIN" ? (
        <AskAdjustment key={gap} discrepancyId={gap || null} />
      ) : (
        <p className={cards.soft}>{t("adjust.adminOnly")}</p>
      )}
      <FilterBar onClear={state ? filters.clear : null}>
        <ChoiceFilter
          label={t("close.state")}
          any={t("adjust.open")}
          value={state}
          options={[{ value: "decided", label: t("adjust.decided") }]}
          onChange={(value) => filters.set("state", value)}
        />
      </FilterBar>
      <DataTable
        label={t("ledger.adjustments")}
        columns={useColumns()}
        list={list}
        onClear={state ? filters.clear : null}
        nothing={{ title: t("adjust.none"), text: t("adjust.noneText") }}
        detail={(adjustment) => <DecideAdjustment adjustment={adjustment} />}
      />
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<AdjustmentFragment>> {
  const { t, at } = useDeskWords();
  return [
    {
      key: "reason",
      label: t("adjust.reason"),
      cell: (row) => (
        <>
          {row.reason}
          {row.discrepancyId && (
            <>
              <br />
              <small>
                <Link to={`/admin/close/queue/${row.discrepancyId}`}>{t("adjust.gap")}</Link>
              </small>
            </>
          )}
        </>
      ),
    },
    { key: "lines", label: t("ledger.lines"), cell: (row) => <BookedLines lines={row.postings} /> },
    {
      key: "asked",
      label: t("adjust.asked"),
      fit: "moment",
      cell: (row) => (
        <>
          {row.requestedBy.name}
          <br />
          <small>{at(row.requestedAt)}</small>
        </>
      ),
    },
    { key: "state", label: t("close.state"), cell: (row) => <AdjustmentState adjustment={row} /> },
  ];
}

function AdjustmentState({ adjustment }: { readonly adjustment: AdjustmentFragment }) {
  const { t, at } = useDeskWords();
  const { approvedAt, approvedBy, rejectedAt, rejectedBy, rejectReason } = adjustment;
  const state = approvedAt ? "APPROVED" : rejectedAt ? "REJECTED" : "WAITING";
  const meaning = { APPROVED: "good", REJECTED: "wrong", WAITING: "waiting" } as const;
  const who = approvedBy ?? rejectedBy;
  return (
    <>
      <StatusChip meaning={meaning[state]} label={t(`adjustState.${state}`)} status={state} testId="adjustment-state" />
      {who && (
        <>
          <br />
          <small>
            {who.name} · {at(approvedAt ?? rejectedAt)}
          </small>
        </>
      )}
      {rejectReason && (
        <>
          <br />
          <small>“{rejectReason}”</small>
        </>
      )}
    </>
  );
}
