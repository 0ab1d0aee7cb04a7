import { useMemo } from "react";
import { AdminOrdersDocument, type OrderPaymentStatus, type OrderStatus } from "../graphql/generated/admin/graphql.ts";
import { Page } from "../ui/Page.tsx";
import { orderMeaning, orderPaymentMeaning } from "../ui/status.ts";
import { useColumnChoice } from "./ColumnChoice.tsx";
import { DataTable } from "./DataTable.tsx";
import { DayRange } from "./DayRange.tsx";
import { ChoiceFilter, FilterBar, TextFilter } from "./Filters.tsx";
import { ListTools } from "./ListTools.tsx";
import { OrderBulk } from "./OrderBulk.tsx";
import { HIDDEN_AT_FIRST, type OrderRow, useOrderColumns } from "./orderColumns.tsx";
import { PickBox } from "./PickBox.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";
import { useSelection } from "./useSelection.ts";

const statuses = Object.keys(orderMeaning) as OrderStatus[];
const paymentStatuses = Object.keys(orderPaymentMeaning) as OrderPaymentStatus[];
const one = <Value extends string>(all: readonly Value[], value: string) => all.filter((known) => known === value);

/** The filters of the address, as the server takes them. */
function useOrderFilters() {
  const filters = useFilters(["q", "status", "paymentStatus", "from", "to"]);
  const { q, status, paymentStatus, from, to } = filters.values;
  const asked = useMemo(
    () => ({
      filter: {
        ...(status && { status: one(statuses, status) }),
        ...(paymentStatus && { paymentStatus: one(paymentStatuses, paymentStatus) }),
        ...(from && { from }),
        ...(to && { to }),
      },
      search: q || null,
    }),
    [q, status, paymentStatus, from, to],
  );
  return { filters, asked };
}

/** Every order: filters, search by what people have in hand, days, columns, views, and what can be done with many. */
export function OrdersPage() {
  const { t } = useDeskWords();
  const { filters, asked } = useOrderFilters();
  const list = useList(AdminOrdersDocument, asked, (data) => data.adminOrders);
  const selection = useSelection<OrderRow>(list.connection?.edges.map(({ node }) => node) ?? []);
  // What somebody marks stays where it is.
  useListWatch(list, selection.rows.length === 0);
  const columns = useOrderColumns((day) => filters.setAll({ from: day, to: day }));
  const choice = useColumnChoice("orders", columns, HIDDEN_AT_FIRST);
  const pick = {
    key: "pick",
    label: t("ship.pick"),
    cell: ({ id, number }: OrderRow) => (
      <PickBox number={number} checked={selection.has(id)} onChange={(checked) => selection.set(id, checked)} />
    ),
  };
  return (
    <Page title={t("admin.orders")}>
      <OrderFilters filters={filters} />
      <ListTools
        name="orders"
        choice={choice}
        document={AdminOrdersDocument}
        filters={asked}
        connectionOf={(data) => data.adminOrders}
      />
      <OrderBulk selection={selection} />
      <DataTable label={t("admin.orders")} columns={[pick, ...choice.shown]} list={list} onClear={filters.clear} />
    </Page>
  );
}

function OrderFilters({ filters }: { readonly filters: ReturnType<typeof useOrderFilters>["filters"] }) {
  const { t } = useDeskWords();
  const { q, status, paymentStatus, from, to } = filters.values;
  return (
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
      <DayRange from={from} to={to} onChange={(first, last) => filters.setAll({ from: first, to: last })} />
    </FilterBar>
  );
}
