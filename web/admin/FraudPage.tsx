import { Link } from "react-router";
import { FraudVerdictsDocument, type VerdictRowFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { Blocklist } from "./Blocklist.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { DecideReview } from "./DecideReview.tsx";
import { ChoiceFilter, FilterBar } from "./Filters.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";
import { useReasons, VerdictChip } from "./Verdicts.tsx";

/** What the fraud rules left for a person, everything that they said, and the blocklist. */
export function FraudPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["all"]);
  const open = filters.values.all !== "1";
  const list = useList(FraudVerdictsDocument, { open }, (data) => data.fraudVerdicts);
  useListWatch(list);
  return (
    <Page title={t("admin.fraud")}>
      <div className={cards.stack}>
        <p className={cards.soft}>{t("fraud.intro")}</p>
        <FilterBar onClear={filters.clear}>
          <ChoiceFilter
            label={t("admin.state")}
            any={t("fraud.open")}
            value={open ? "" : "1"}
            options={[{ value: "1", label: t("fraud.all") }]}
            onChange={(value) => filters.set("all", value)}
          />
        </FilterBar>
        <DataTable
          label={t("admin.fraud")}
          columns={useColumns()}
          list={list}
          onClear={filters.clear}
          detail={(row) => <DecideReview verdict={row} />}
        />
        <Blocklist />
      </div>
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<VerdictRowFragment>> {
  const { at, t } = useDeskWords();
  const reasons = useReasons();
  return [
    { key: "verdict", label: t("fraud.verdict"), cell: (row) => <VerdictChip verdict={row} /> },
    { key: "why", label: t("fraud.why"), cell: reasons },
    { key: "customer", label: t("fraud.customer"), cell: (row) => row.user.email },
    {
      key: "payment",
      label: t("fraud.payment"),
      fit: "whole",
      cell: (row) => (row.payment ? <Link to={`/admin/payments/${row.payment.id}`}>{row.payment.number}</Link> : "–"),
    },
    { key: "amount", label: t("fraud.amount"), number: true, cell: (row) => money(row.amount) },
    { key: "at", label: t("fraud.when"), fit: "moment", cell: (row) => at(row.at) },
  ];
}
