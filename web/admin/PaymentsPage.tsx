import { useMemo } from "react";
import { Link } from "react-router";
import {
  AdminPaymentsDocument,
  type AdminPaymentsQuery,
  type PaymentPurpose,
  type PaymentStatus,
} from "../graphql/generated/admin/graphql.ts";
import { money } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { paymentMeaning } from "../ui/status.ts";
import { useColumnChoice } from "./ColumnChoice.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { DayRange } from "./DayRange.tsx";
import { ChoiceFilter, FilterBar, TextFilter } from "./Filters.tsx";
import { ListTools } from "./ListTools.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";
import { useMethodNames } from "./useMethodNames.ts";

type Row = AdminPaymentsQuery["adminPayments"]["edges"][number]["node"];

const statuses = Object.keys(paymentMeaning) as PaymentStatus[];
const PURPOSES: readonly PaymentPurpose[] = ["ORDER", "ENROLLMENT"];

/** Every payment, each leading to what it pays for. */
export function PaymentsPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["q", "status", "purpose", "from", "to"]);
  const { q, status, purpose, from, to } = filters.values;
  const filter = useMemo(
    () => ({
      ...(status && { status: statuses.filter((known) => known === status) }),
      purpose: PURPOSES.find((known) => known === purpose) ?? null,
      ...(from && { from }),
      ...(to && { to }),
    }),
    [status, purpose, from, to],
  );
  const asked = { filter, search: q || null };
  const list = useList(AdminPaymentsDocument, asked, (data) => data.adminPayments);
  useListWatch(list);
  const choice = useColumnChoice("payments", useColumns());
  return (
    <Page title={t("admin.payments")}>
      <FilterBar onClear={filters.clear}>
        <TextFilter
          label={t("admin.search")}
          hint={t("admin.searchPayments")}
          value={q}
          onChange={(value) => filters.set("q", value)}
        />
        <ChoiceFilter
          label={t("admin.status")}
          any={t("admin.anyStatus")}
          value={status}
          options={statuses.map((value) => ({ value, label: t(`paymentStatus.${value}`) }))}
          onChange={(value) => filters.set("status", value)}
        />
        <ChoiceFilter
          label={t("list.paysFor")}
          any={t("list.paysForAny")}
          value={purpose}
          options={PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) }))}
          onChange={(value) => filters.set("purpose", value)}
        />
        <DayRange from={from} to={to} onChange={(first, last) => filters.setAll({ from: first, to: last })} />
      </FilterBar>
      <ListTools
        name="payments"
        choice={choice}
        document={AdminPaymentsDocument}
        filters={asked}
        connectionOf={(data) => data.adminPayments}
      />
      <DataTable label={t("admin.payments")} columns={choice.shown} list={list} onClear={filters.clear} />
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<Row>> {
  const { t, at } = useDeskWords();
  const nameOf = useMethodNames();
  const methodOf = ({ channel, method }: Row) => {
    if (channel === "MANUAL_TRANSFER") return t("proofs.transfer");
    return method ? nameOf(method) : "–";
  };
  return [
    {
      key: "number",
      label: t("admin.number"),
      fit: "whole",
      cell: (row) => (
        <>
          <Link to={`/admin/payments/${row.id}`}>{row.number}</Link>
          <br />
          <small>{at(row.createdAt)}</small>
        </>
      ),
      text: (row) => row.number,
    },
    {
      key: "status",
      label: t("admin.status"),
      cell: (row) => (
        <StatusChip meaning={paymentMeaning[row.status]} label={t(`paymentStatus.${row.status}`)} status={row.status} />
      ),
      text: (row) => t(`paymentStatus.${row.status}`),
    },
    { key: "method", label: t("admin.method"), cell: methodOf, text: methodOf },
    {
      key: "amount",
      label: t("admin.amount"),
      number: true,
      cell: (row) => money(row.amount),
      // A number, so that a spreadsheet can add it up.
      text: (row) => String(row.amount),
    },
    {
      key: "customer",
      label: t("admin.customer"),
      cell: (row) => row.user.email,
      text: (row) => row.user.email,
    },
    usePaysFor(),
    {
      key: "paidAt",
      label: t("admin.paidAt"),
      fit: "moment",
      cell: (row) => at(row.paidAt) || "–",
      text: (row) => at(row.paidAt),
    },
  ];
}

/** What a payment is for: its orders, or its package of courses. */
function usePaysFor(): Column<Row> {
  const { t } = useDeskWords();
  return {
    key: "orders",
    label: t("list.paysFor"),
    cell: (row) =>
      row.package?.name ??
      row.orders.map((order) => (
        <div key={order.id}>
          <Link to={`/admin/orders/${order.id}`}>{order.number}</Link>
        </div>
      )),
    text: (row) => row.package?.name ?? row.orders.map(({ number }) => number).join(" "),
  };
}
