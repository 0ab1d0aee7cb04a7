import { useMemo } from "react";
import { Link } from "react-router";
import {
  AdminOrdersDocument,
  type AdminOrdersQuery,
  type OrderPaymentStatus,
  type OrderStatus,
} from "../graphql/generated/admin/graphql.ts";
import { money } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { orderMeaning, orderPaymentMeaning } from "../ui/status.ts";
import { type Column, DataTable } from "./DataTable.tsx";
import { ChoiceFilter, DayFilter, FilterBar, TextFilter } from "./Filters.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList } from "./useList.ts";

type Row = AdminOrdersQuery["adminOrders"]["edges"][number]["node"];

const statuses = Object.keys(orderMeaning) as OrderStatus[];
const paymentStatuses = Object.keys(orderPaymentMeaning) as OrderPaymentStatus[];
const one = <Value extends string>(all: readonly Value[], value: string) => all.filter((known) => known === value);

/** Every order: filters, search by what people have in hand, and page after page. */
export function OrdersPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["q", "status", "paymentStatus", "from", "to"]);
  const { q, status, paymentStatus, from, to } = filters.values;
  const filter = useMemo(
    () => ({
      ...(status && { status: one(statuses, status) }),
      ...(paymentStatus && { paymentStatus: one(paymentStatuses, paymentStatus) }),
      ...(from && { from }),
      ...(to && { to }),
    }),
    [status, paymentStatus, from, to],
  );
  const list = useList(AdminOrdersDocument, { filter, search: q || null }, (data) => data.adminOrders);
  return (
    <Page title={t("admin.orders")}>
      <FilterBar onClear={filters.clear}>
        <TextFilter
          label={t("admin.search")}
          hint={t("admin.searchOrders")}
          value={q}
          onChange={(value) => filters.set("q", value)}
        />
        <ChoiceFilter
          label={t("admin.status")}
          any={t("admin.anyStatus")}
          value={status}
          options={statuses.map((value) => ({ value, label: t(`status.${value}`) }))}
          onChange={(value) => filters.set("status", value)}
        />
        <ChoiceFilter
          label={t("admin.paymentStatus")}
          any={t("admin.anyStatus")}
          value={paymentStatus}
          options={paymentStatuses.map((value) => ({ value, label: t(`orderPaymentStatus.${value}`) }))}
          onChange={(value) => filters.set("paymentStatus", value)}
        />
        <DayFilter label={t("admin.from")} value={from} onChange={(value) => filters.set("from", value)} />
        <DayFilter label={t("admin.to")} value={to} onChange={(value) => filters.set("to", value)} />
      </FilterBar>
      <DataTable label={t("admin.orders")} columns={useColumns()} list={list} onClear={filters.clear} />
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<Row>> {
  const { t, at } = useDeskWords();
  return [
    {
      key: "number",
      label: t("admin.number"),
      cell: (row) => (
        <>
          <Link to={`/admin/orders/${row.id}`}>{row.number}</Link>
          {row.isArchived && <small> ({t("admin.archived")})</small>}
        </>
      ),
    },
    {
      key: "status",
      label: t("admin.status"),
      cell: (row) => (
        <StatusChip meaning={orderMeaning[row.status]} label={t(`status.${row.status}`)} status={row.status} />
      ),
    },
    {
      key: "paymentStatus",
      label: t("admin.paymentStatus"),
      cell: (row) => t(`orderPaymentStatus.${row.paymentStatus}`),
    },
    { key: "customer", label: t("admin.customer"), cell: (row) => row.payment.user.email },
    { key: "store", label: t("admin.store"), cell: (row) => row.store.name },
    { key: "total", label: t("admin.total"), number: true, cell: (row) => money(row.total) },
    { key: "created", label: t("admin.created"), fit: "moment", cell: (row) => at(row.createdAt) },
  ];
}
