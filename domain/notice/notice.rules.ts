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

/** What a payment pays for, as mails tell it. Whole rupiah. */
export interface Bought {
  readonly id: string;
  readonly amount: number;
  readonly orders: readonly OrderNews[];
  /** What is learnt for it, for good or for a month; null: it pays for goods. */
  readonly package: string | null;
  readonly isMonth: boolean;
  /** Those that are bought for good. */
  readonly courses: readonly string[];
}

interface Row {
  readonly label: string;
  readonly value: string;
}

/** Its number, store and pieces, and its invoice where there is one. */
const orderRow = ({ number, store, pieces, invoice, total }: OrderNews): Row => ({
  label: [number, store, `${pieces} barang`, ...(invoice ? [`faktur ${invoice}`] : [])].join(", "),
  value: formatRupiah(total),
});

/** One line a course. */
export const courseRows = (titles: readonly string[]): Row[] =>
  titles.map((title) => ({ label: title, value: "1 kelas" }));

/** One line an order or a course, or the one of a month. */
export function boughtRows(bought: Bought): Row[] {
  if (bought.package === null) return bought.orders.map(orderRow);
  if (!bought.isMonth) return courseRows(bought.courses);
  return [{ label: bought.package, value: `${formatRupiah(bought.amount)} sebulan` }];
}

/** Where money that goes back is seen, and the account that it goes to is named: its order, or the payment itself. */
export const linkToMoney = (
  publicUrl: string,
  { orderId, paymentId }: { readonly orderId: string | null; readonly paymentId: string },
): string => (orderId ? `${publicUrl}/orders/${orderId}` : `${publicUrl}/payments/${paymentId}`);

/** The page of the one order, or the list of all where there are several; of courses the payment's own page. */
export function linkToBought(publicUrl: string, bought: Bought): string {
  if (bought.isMonth) return `${publicUrl}/account/subscriptions`;
  if (bought.package !== null) return `${publicUrl}/payments/${bought.id}`;
  const [only, ...others] = bought.orders;
  return only && others.length === 0 ? `${publicUrl}/orders/${only.id}` : `${publicUrl}/orders`;
}
