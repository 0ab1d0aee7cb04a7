import { Link } from "react-router";
import type { AdminOrdersQuery } from "../graphql/generated/admin/graphql.ts";
import { money } from "../ui/format.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import { orderMeaning } from "../ui/status.ts";
import type { Column } from "./DataTable.tsx";
import { jakartaDay } from "./jakartaDay.ts";
import styles from "./OrderPage.module.css";
import { useDeskWords } from "./useDeskWords.ts";

export type OrderRow = AdminOrdersQuery["adminOrders"]["edges"][number]["node"];

/** What few people look for: a click away, so that the rest fits a desk. */
export const HIDDEN_AT_FIRST = ["payment", "waybill", "courier", "name"] as const;

/** What can be seen of an order in a list; a click on its day shows that day alone. */
export function useOrderColumns(onDay: (day: string) => void): ReadonlyArray<Column<OrderRow>> {
  const { t, at, on } = useDeskWords();
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
      text: (row) => row.number,
    },
    {
      key: "status",
      label: t("admin.status"),
      cell: (row) => (
        <StatusChip meaning={orderMeaning[row.status]} label={t(`status.${row.status}`)} status={row.status} />
      ),
      text: (row) => t(`status.${row.status}`),
    },
    {
      key: "paymentStatus",
      label: t("admin.paymentStatus"),
      cell: (row) => t(`orderPaymentStatus.${row.paymentStatus}`),
      text: (row) => t(`orderPaymentStatus.${row.paymentStatus}`),
    },
    ...usePeopleColumns(),
    {
      key: "total",
      label: t("admin.total"),
      number: true,
      cell: (row) => money(row.total),
      // A number, so that a spreadsheet can add it up.
      text: (row) => String(row.total),
    },
    {
      key: "created",
      label: t("admin.created"),
      fit: "moment",
      cell: (row) => (
        <button
          type="button"
          className={styles.day}
          title={t("list.onlyDay", { day: on(row.createdAt) })}
          onClick={() => onDay(jakartaDay(Date.parse(row.createdAt)))}
        >
          {at(row.createdAt)}
        </button>
      ),
      text: (row) => at(row.createdAt),
    },
  ];
}

function usePeopleColumns(): ReadonlyArray<Column<OrderRow>> {
  const { t } = useDeskWords();
  const texts: ReadonlyArray<{ key: string; label: string; text(row: OrderRow): string }> = [
    { key: "customer", label: t("admin.customer"), text: (row) => row.payment.user.email },
    { key: "name", label: t("list.customerName"), text: (row) => row.payment.user.name },
    { key: "store", label: t("admin.store"), text: (row) => row.store.name },
    { key: "courier", label: t("ship.service"), text: ({ shipping }) => `${shipping.courier} ${shipping.service}` },
    { key: "waybill", label: t("list.waybill"), text: (row) => row.shipment?.airwayBill ?? "" },
  ];
  return [
    ...texts.map((column) => ({ ...column, cell: column.text })),
    {
      key: "payment",
      label: t("admin.payment"),
      fit: "whole",
      cell: ({ payment }) => <Link to={`/admin/payments/${payment.id}`}>{payment.number}</Link>,
      text: ({ payment }) => payment.number,
    },
  ];
}
