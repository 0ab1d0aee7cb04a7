import { formatRupiah } from "../kernel/money.ts";

/**
 * STORED: written. SENDING: claimed by a run. SENT: the server took it. IN_DOUBT: nobody knows; never sent again.
 * WITHDRAWN: its reader did not want it any more when it was to go out; never sent.
 */
export const NOTICE_STATES = ["STORED", "SENDING", "SENT", "IN_DOUBT", "WITHDRAWN"] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

export interface OrderNews {
  readonly id: string;
  readonly number: string;
  readonly store: string;
  readonly total: number;
  readonly pieces: number;
  readonly invoice: string | null;
}

/** One line an order: its number, store and pieces, and its invoice where there is one. */
export function orderRows(orders: readonly OrderNews[]): { label: string; value: string }[] {
  return orders.map((order) => ({
    label: [
      order.number,
      order.store,
      `${order.pieces} barang`,
      ...(order.invoice ? [`faktur ${order.invoice}`] : []),
    ].join(", "),
    value: formatRupiah(order.total),
  }));
}

/** One line a course. */
export const courseRows = (titles: readonly string[]): { label: string; value: string }[] =>
  titles.map((title) => ({ label: title, value: "1 kelas" }));

/** The page of the one order, or the list of all where there are several. */
export function linkToOrders(publicUrl: string, orders: readonly OrderNews[]): string {
  const [only, ...others] = orders;
  return only && others.length === 0 ? `${publicUrl}/orders/${only.id}` : `${publicUrl}/orders`;
}
