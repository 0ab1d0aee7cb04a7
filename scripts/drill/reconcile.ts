import type { GatewayBooks, ShopBooks } from "./books.ts";
import { parcelLosses } from "./parcelBooks.ts";
import { refundLosses } from "./refundBooks.ts";
import type { ShopperBook } from "./told.ts";

/** Something that was lost, doubled or invented. */
export interface Loss {
  readonly kind: string;
  /** What it is about, by the name that people use. */
  readonly subject: string;
  readonly detail: string;
}

export interface ThreeBooks {
  readonly shop: ShopBooks;
  readonly gateway: GatewayBooks;
  readonly shoppers: readonly ShopperBook[];
}

const PAID: ReadonlySet<string> = new Set(["PAID", "APPROVED", "PARTIALLY_REFUNDED", "REFUNDED", "CHARGEBACK"]);

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

const linesText = (lines: readonly { readonly productId: string; readonly quantity: number }[]) =>
  lines
    .map(({ productId, quantity }) => `${quantity} of ${productId}`)
    .sort()
    .join(", ");

/** Every checkout that was answered is there exactly once and as it was asked for; none was refused or unasked for. */
function checkoutLosses({ shop, shoppers }: ThreeBooks): Loss[] {
  const losses: Loss[] = [];
  const byKey = groupBy(shop.checkouts, ({ key }) => key ?? "");
  const items = groupBy(shop.items, ({ sessionId }) => sessionId);
  for (const { key, checkout, refusal, lines } of shoppers) {
    const found = byKey.get(key) ?? [];
    if (found.length > 1) losses.push({ kind: "CHECKOUT_TWICE", subject: key, detail: `${found.length} checkouts` });
    const [row] = found;
    if (refusal !== null && row) {
      losses.push({ kind: "CHECKOUT_REFUSED", subject: key, detail: `was refused as ${refusal}, and took place` });
    }
    if (checkout && row?.sessionId !== checkout.sessionId) {
      losses.push({ kind: "CHECKOUT_LOST", subject: key, detail: `${checkout.sessionId} was answered, and is gone` });
    }
    if (checkout && row && row.total !== checkout.total) {
      losses.push({ kind: "CHECKOUT_TOTAL", subject: key, detail: `told ${checkout.total}, stored ${row.total}` });
    }
    const stored = row ? linesText(items.get(row.sessionId) ?? []) : null;
    if (stored !== null && stored !== linesText(lines)) {
      losses.push({ kind: "CHECKOUT_LINES", subject: key, detail: `asked for ${linesText(lines)}, stored ${stored}` });
    }
  }
  const asked = new Set(shoppers.map(({ key }) => key));
  const strangers = shop.checkouts.filter(({ key }) => key === null || !asked.has(key));
  return [
    ...losses,
    ...strangers.map(({ sessionId }) => ({
      kind: "CHECKOUT_UNASKED",
      subject: sessionId,
      detail: "nobody asked for it",
    })),
  ];
}

/** What shoppers were told still holds. */
function wordLosses({ shop, shoppers }: ThreeBooks): Loss[] {
  const bySession = new Map(shop.checkouts.map((row) => [row.sessionId, row]));
  const orders = groupBy(shop.orders, ({ sessionId }) => sessionId);
  return shoppers.flatMap(({ key, checkout, toldPaid, cancelled }) => {
    const row = checkout && bySession.get(checkout.sessionId);
    if (!row) return []; // said by checkoutLosses
    const losses: Loss[] = [];
    if (toldPaid && !PAID.has(row.paymentStatus)) {
      losses.push({ kind: "TOLD_PAID", subject: key, detail: `told PAID, is ${row.paymentStatus}` });
    }
    // Unpaid, a checkout is cancelled as a whole. An order may have been over already, as its window was.
    const isWhole = cancelled.length > 0 && !PAID.has(row.paymentStatus);
    const over = (orders.get(row.sessionId) ?? []).filter(({ id }) => isWhole || cancelled.includes(id));
    const kept = over.filter(({ status }) => status !== "CANCELLED");
    if (kept.length > 0) {
      losses.push({ kind: "TOLD_CANCELLED", subject: key, detail: `told CANCELLED, is ${kept[0]?.status}` });
    }
    return losses;
  });
}

/** The gateway's rupiah and ours, transaction by transaction and in sum. */
function moneyLosses({ shop, gateway, shoppers }: ThreeBooks): Loss[] {
  const losses: Loss[] = [];
  const ours = groupBy(shop.transactions, ({ paymentId }) => paymentId);
  const paymentOf = new Map(shop.transactions.map((row) => [row.gatewayOrderId, row.paymentId]));
  const theirs = groupBy(gateway.transactions, ({ orderId }) => paymentOf.get(orderId) ?? "");
  const orders = groupBy(shop.orders, ({ sessionId }) => sessionId);
  for (const { sessionId, paymentId, paymentStatus, covering, amount } of shop.checkouts) {
    const rows = ours.get(paymentId) ?? [];
    const bought = (orders.get(sessionId) ?? []).filter(({ isPaid, status }) => isPaid && status !== "CANCELLED");
    const worth = bought.reduce((total, order) => total + order.total, 0);
    const back = rows.reduce((total, row) => total + row.refunds, 0);
    const goodwill = rows.reduce((total, row) => total + row.goodwill, 0);
    const taken = (theirs.get(paymentId) ?? []).reduce((total, row) => total + row.captured, 0);
    const isCase = rows.some((row) => row.openCases > 0);
    const detail =
      `${paymentStatus} of ${amount} by ${covering}: worth ${worth} in orders, owed or given back ${back}; ` +
      `the gateway took ${taken}`;
    if (taken > worth + back && !isCase) losses.push({ kind: "MONEY_LOST", subject: paymentId, detail });
    const covers = gateway.transactions.filter(({ orderId }) => orderId === covering);
    const isInvented = PAID.has(paymentStatus) && !covers.some((row) => row.captured === amount);
    if (taken < worth + back - goodwill || isInvented)
      losses.push({ kind: "MONEY_INVENTED", subject: paymentId, detail });
  }
  const sum = gateway.transactions.reduce((total, row) => total + (row.isVoided ? 0 : row.captured), 0);
  const gone = gateway.transactions.reduce((total, row) => total + (row.isVoided ? 0 : row.refunded), 0);
  const { count, captured, refunded } = gateway.totals;
  if (sum !== captured || gone !== refunded || gateway.transactions.length !== count) {
    const known = `${gateway.transactions.length} transactions of ${sum} are known here, with ${gone} given back`;
    const held = `took ${captured} in ${count} and gave ${refunded} back`;
    losses.push({ kind: "MONEY_UNKNOWN", subject: "the gateway", detail: `${held}; ${known}` });
  }
  const acknowledged = shoppers.flatMap((book) => book.paid.map((paid) => ({ key: book.key, ...paid })));
  for (const { key, gatewayOrderId, amount } of acknowledged) {
    const isHeld = gateway.transactions.some((row) => row.orderId === gatewayOrderId && row.captured === amount);
    if (!isHeld) losses.push({ kind: "GATEWAY_LOST", subject: key, detail: `took ${amount}, and holds it no more` });
  }
  return losses;
}

/** Pieces: on the shelf is what was there, less what orders hold; and the movements say the same. */
const goodsLosses = ({ shop }: ThreeBooks): Loss[] =>
  shop.goods
    .filter(({ opening, stock, movements, held }) => stock !== opening - held || stock !== opening + movements)
    .map(({ productId, opening, stock, movements, held }) => ({
      kind: "STOCK",
      subject: productId,
      detail: `opening ${opening}, held by orders ${held}, movements ${movements}, on the shelf ${stock}`,
    }));

/** One invoice for each order that was paid; one mail for each payment, of thanks or of money that is owed back. */
function paperLosses({ shop }: ThreeBooks): Loss[] {
  const invoices = shop.orders
    .filter(({ isPaid, invoices }) => invoices !== (isPaid ? 1 : 0))
    .map(({ number, invoices }) => ({ kind: "INVOICE", subject: number, detail: `${invoices} invoices` }));
  const mails = shop.checkouts
    .filter(({ status, paymentStatus, paidNotices, owedNotices }) => {
      const isOrphan = PAID.has(paymentStatus) && status !== "PAID";
      return paidNotices !== (status === "PAID" ? 1 : 0) || (isOrphan && owedNotices !== 1);
    })
    .map(({ paymentId, status, paymentStatus, paidNotices, owedNotices }) => ({
      kind: "NOTICE",
      subject: paymentId,
      detail: `${paymentStatus}, checkout ${status}: ${paidNotices} mails of thanks, ${owedNotices} of money owed back`,
    }));
  return [...invoices, ...mails];
}

/** Rupiah that came by each method, here and there. */
function byMethod({ shop, gateway }: Omit<ThreeBooks, "shoppers">) {
  const methodOf = new Map(shop.transactions.map(({ gatewayOrderId, method }) => [gatewayOrderId, method]));
  const sums: Record<string, { here: number; there: number }> = {};
  const add = (method: string, here: number, there: number) => {
    const sum = sums[method] ?? { here: 0, there: 0 };
    sums[method] = { here: sum.here + here, there: sum.there + there };
  };
  for (const { method, captured } of shop.transactions) add(method, captured, 0);
  for (const { orderId, captured } of gateway.transactions) add(methodOf.get(orderId) ?? "UNKNOWN", 0, captured);
  return sums;
}

/** Each method's money is the same here and at the gateway. */
const methodLosses = (books: ThreeBooks): Loss[] =>
  Object.entries(byMethod(books))
    .filter(([, { here, there }]) => here !== there)
    .map(([method, { here, there }]) => ({
      kind: "METHOD",
      subject: method,
      detail: `${here} came by it here, ${there} at the gateway`,
    }));

/** A subscription is at the gateway once, and each of its charges is a payment here, for a month of its own. */
function subscriptionLosses({ shop, gateway, shoppers }: ThreeBooks): Loss[] {
  const losses: Loss[] = [];
  const remotes = groupBy(gateway.subscriptions, ({ name }) => name);
  const captured = new Map(gateway.transactions.map((row) => [row.transactionId, row.captured]));
  for (const { number, state, charges } of shop.subscriptions) {
    const lose = (kind: string, detail: string) =>
      losses.push({ kind, subject: number, detail: `${state}: ${detail}` });
    const there = remotes.get(number) ?? [];
    if (there.length > 1) lose("SUBSCRIPTION_TWICE", `the gateway has ${there.length}`);
    const isOver = state === "CANCELLED" || state === "SUSPENDED" || state === "REFUSED";
    if (isOver && there.some(({ isActive }) => isActive))
      lose("SUBSCRIPTION_OVER", "the gateway would charge it again");
    const made = there.flatMap(({ transactionIds }) => transactionIds);
    const booked = new Set(charges.map(({ transactionId }) => transactionId));
    const missing = made.filter((id) => !booked.has(id));
    if (missing.length > 0) lose("CHARGE_LOST", `the gateway charged ${missing.join(", ")}, which is not booked`);
    const invented = charges.filter(({ transactionId }) => !made.includes(transactionId));
    if (invented.length > 0) lose("CHARGE_INVENTED", `${invented.length} charges are booked that were not made`);
    const paid = charges.filter(({ status }) => PAID.has(status));
    const taken = charges.filter(({ transactionId }) => (captured.get(transactionId) ?? 0) > 0);
    if (paid.length !== taken.length) lose("CHARGE_MONEY", `${taken.length} were taken, ${paid.length} are paid`);
    const months = new Set(paid.flatMap(({ period }) => (period === null ? [] : [period])));
    if (months.size !== paid.length) lose("CHARGE_MONTH", `${paid.length} charges pay for ${months.size} months`);
  }
  const rows = new Map(shop.subscriptions.map((row) => [row.id, row]));
  for (const { key, subscription: told } of shoppers) {
    const row = told && rows.get(told.id);
    const lose = (kind: string, detail: string) => losses.push({ kind, subject: key, detail });
    if (told && !row) lose("SUBSCRIPTION_LOST", `${told.number} was answered, and is gone`);
    if (told && row && told.taken > row.charges.length) lose("CHARGE_LOST", `told of ${told.taken} charges`);
    if (told?.toldCancelled && row?.state !== "CANCELLED") lose("TOLD_CANCELLED", `${told.number} is ${row?.state}`);
  }
  return losses;
}

const unfinishedLosses = ({ shop }: ThreeBooks): Loss[] =>
  shop.unfinished.map((what) => ({ kind: "UNFINISHED", subject: what, detail: "still to be done after the quiet" }));

/** Each says what one kind of books is missing. A part of the shop adds its own. */
const FINDERS: readonly ((books: ThreeBooks) => Loss[])[] = [
  checkoutLosses,
  wordLosses,
  moneyLosses,
  methodLosses,
  subscriptionLosses,
  ({ shop, gateway }) => parcelLosses(shop.shipments, gateway.bookings),
  ({ shop, gateway, shoppers }) => {
    const captured = shop.transactions.map(({ gatewayOrderId, captured: came }) => [gatewayOrderId, came] as const);
    return refundLosses(shop.refunds, gateway.transactions, shoppers, new Map(captured));
  },
  goodsLosses,
  paperLosses,
  unfinishedLosses,
];

/**
 * Holds the shop's rows, the gateway's books and what shoppers were told against each other, when all is at rest.
 *
 * @returns what was lost, doubled or invented; none where every rupiah and piece is accounted for
 */
export const reconcile = (books: ThreeBooks): Loss[] => FINDERS.flatMap((find) => find(books));

/** The sums of a reconciliation, for people to read. */
export function sumsOf({ shop, gateway, shoppers }: ThreeBooks) {
  const paid = shop.checkouts.filter(({ paymentStatus }) => PAID.has(paymentStatus));
  const add = <T>(rows: readonly T[], of: (row: T) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  return {
    shoppers: shoppers.length,
    answered: shoppers.filter(({ checkout }) => checkout !== null).length,
    checkouts: shop.checkouts.length,
    orders: shop.orders.length,
    paid: paid.length,
    rupiahPaid: add(paid, ({ amount }) => amount),
    rupiahOwedBack: add(shop.transactions, ({ refunds }) => refunds),
    refunds: shop.refunds.filter(({ status }) => status === "SUCCEEDED").length,
    rupiahRefunded: add(shop.refunds, ({ status, amount }) => (status === "SUCCEEDED" ? amount : 0)),
    refundsByHand: shop.refunds.filter(({ settledBy }) => settledBy !== null).length,
    rupiahAtGateway: gateway.totals.captured - gateway.totals.refunded,
    openCases: shop.transactions.filter(({ openCases }) => openCases > 0).length,
    piecesOpening: add(shop.goods, ({ opening }) => opening),
    piecesHeld: add(shop.goods, ({ held }) => held),
    piecesNow: add(shop.goods, ({ stock }) => stock),
    invoices: add(shop.orders, ({ invoices }) => invoices),
    paidNotices: add(shop.checkouts, ({ paidNotices }) => paidNotices),
    subscriptions: shop.subscriptions.length,
    parcels: shop.shipments.length,
    arrived: shop.shipments.filter(({ status }) => status === "DELIVERED").length,
    monthsPaid: add(shop.subscriptions, ({ charges }) => charges.filter(({ status }) => PAID.has(status)).length),
    byMethod: Object.fromEntries(Object.entries(byMethod({ shop, gateway })).map(([name, { here }]) => [name, here])),
  };
}
