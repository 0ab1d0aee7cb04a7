import { useMemo } from "react";
import { Link } from "react-router";
import {
  AdminPaymentsDocument,
  type AdminPaymentsQuery,
  type PaymentStatus,
} from "../graphql/generated/admin/graphql.ts";
import { money } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { paymentMeaning } from "../ui/status.ts";
import { type Column, DataTable } from "./DataTable.tsx";
import { ChoiceFilter, DayFilter, FilterBar, TextFilter } from "./Filters.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList } from "./useList.ts";

type Row = AdminPaymentsQuery["adminPayments"]["edges"][number]["node"];

const statuses = Object.keys(paymentMeaning) as PaymentStatus[];

/** Every payment, each leading to what it pays for. */
export function PaymentsPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["q", "status", "from", "to"]);
  const { q, status, from, to } = filters.values;
  const filter = useMemo(
    () => ({
      ...(status && { status: statuses.filter((known) => known === status) }),
      ...(from && { from }),
      ...(to && { to }),
    }),
    [status, from, to],
  );
  const list = useList(AdminPaymentsDocument, { filter, search: q || null }, (data) => data.adminPayments);
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
        <DayFilter label={t("admin.from")} value={from} onChange={(value) => filters.set("from", value)} />
        <DayFilter label={t("admin.to")} value={to} onChange={(value) => filters.set("to", value)} />
      </FilterBar>
      <DataTable label={t("admin.payments")} columns={useColumns()} list={list} onClear={filters.clear} />
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<Row>> {
  const { t, at } = useDeskWords();
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
    },
    {
      key: "status",
      label: t("admin.status"),
      cell: (row) => (
        <StatusChip meaning={paymentMeaning[row.status]} label={t(`paymentStatus.${row.status}`)} status={row.status} />
      ),
    },
    { key: "method", label: t("admin.method"), cell: (row) => row.method ?? "–" },
    { key: "amount", label: t("admin.amount"), number: true, cell: (row) => money(row.amount) },
    { key: "customer", label: t("admin.customer"), cell: (row) => row.user.email },
    {
      key: "orders",
      label: t("admin.orders"),
      cell: (row) =>
        row.orders.map((order) => (
          <div key={order.id}>
            <Link to={`/admin/orders/${order.id}`}>{order.number}</Link>
          </div>
        )),
    },
    { key: "paidAt", label: t("admin.paidAt"), fit: "moment", cell: (row) => at(row.paidAt) || "–" },
  ];
}
