import DataLoader from "dataloader";
import type { App } from "../../domain/app.ts";
import {
  type CourseView,
  type PackageView,
  type ProductView,
  readCourses,
  readPackages,
  readProducts,
  readStores,
  type StoreView,
} from "../../domain/catalog/catalogue.queries.ts";
import { type CreditNote, creditNotesOf } from "../../domain/checkout/creditNote.queries.ts";
import { type Invoice, invoicesOfOrders } from "../../domain/checkout/invoice.queries.ts";
import type { PlacedCheckout } from "../../domain/checkout/placed.rules.ts";
import {
  type EnrollmentView,
  type PurchaseView,
  readEnrollmentsOf,
  readPurchases,
} from "../../domain/enrollment/enrollment.queries.ts";
import { type GrantView, readGrantsOf } from "../../domain/enrollment/learningDesk.queries.ts";
import { readSameProofs } from "../../domain/enrollment/proof.queries.ts";
import {
  readEventsOf,
  readShipmentsOf,
  type ShipmentEventView,
  type ShipmentView,
} from "../../domain/fulfilment/shipment.queries.ts";
import { readUsers, type User } from "../../domain/identity/user.queries.ts";
import type {
  CourseId,
  EnrollmentId,
  OrderId,
  OrderItemId,
  PackageId,
  PaymentId,
  ProductId,
  RefundId,
  SessionId,
  ShipmentId,
  StoreId,
  UserId,
} from "../../domain/kernel/ids.ts";
import type { Page } from "../../domain/kernel/page.ts";
import {
  type OrderItemView,
  type OrderView,
  readHistory,
  readItems,
  readOrders,
  readOrdersOfSessions,
  type StatusChangeView,
} from "../../domain/order/order.queries.ts";
import {
  type PaymentView,
  readPayments,
  readTransactions,
  type TransactionView,
} from "../../domain/payment/payment.queries.ts";
import { readChargesOf } from "../../domain/payment/subscription.queries.ts";
import { type MethodEquation, readMethods } from "../../domain/reconciliation/reconciliation.queries.ts";
import {
  type RefundAttemptView,
  type RefundView,
  readAttempts,
  readRefundsOfOrders,
  readRefundsOfPayments,
} from "../../domain/refund/refund.queries.ts";
import {
  type ItemReview,
  type ReviewView,
  readItemReviews,
  readReviewsOf,
} from "../../domain/review/review.queries.ts";

/**
 * Rows in the order of their ids, as a DataLoader wants them.
 *
 * @throws Error for an id without a row: only ids that other rows refer to are loaded
 */
export function inOrderOf<I extends string, T extends { readonly id: I }>(ids: readonly I[], rows: readonly T[]): T[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = byId.get(id);
    if (!row) throw new Error(`nothing has the id ${id}`);
    return row;
  });
}

/** Rows grouped by what they belong to, in the order of the keys. */
function groupedBy<K, T>(keys: readonly K[], rows: readonly T[], keyOf: (row: T) => K): T[][] {
  const groups = new Map<K, T[]>(keys.map((key) => [key, []]));
  for (const row of rows) groups.get(keyOf(row))?.push(row);
  return keys.map((key) => groups.get(key) ?? []);
}

/** A page of one product's reviews. */
interface ReviewsWanted {
  readonly productId: ProductId;
  readonly first: number;
  readonly after: string | null;
}

/** One statement for all that ask for the same page; a query has few pages, whatever it lists. */
async function readWantedReviews(app: Pick<App, "db">, wanted: readonly ReviewsWanted[]): Promise<Page<ReviewView>[]> {
  const pageKey = ({ first, after }: ReviewsWanted) => `${first} ${after ?? ""}`;
  const found = new Map<ReviewsWanted, Page<ReviewView>>();
  for (const group of Map.groupBy(wanted, pageKey).values()) {
    const page = group[0] as ReviewsWanted;
    const ids = group.map(({ productId }) => productId);
    const pages = await readReviewsOf(app.db, ids, page);
    for (const [at, each] of group.entries()) found.set(each, pages[at] as Page<ReviewView>);
  }
  return wanted.map((each) => found.get(each) as Page<ReviewView>);
}

const reviewLoaders = (app: Pick<App, "db">) => ({
  reviewsOf: new DataLoader<ReviewsWanted, Page<ReviewView>, string>((wanted) => readWantedReviews(app, wanted), {
    cacheKeyFn: ({ productId, first, after }) => `${productId} ${first} ${after ?? ""}`,
  }),
  /** What the buyer of an order's line says of it, and whether he may. */
  itemReviews: new DataLoader<OrderItemId, ItemReview>(async (ids) => {
    const byItem = new Map((await readItemReviews(app.db, ids)).map((each) => [each.orderItemId, each]));
    return ids.map((id) => byItem.get(id) ?? new Error(`no order has the line ${id}`));
  }),
});

const closeLoaders = (app: Pick<App, "db">) => ({
  /** A day's equation by method. */
  methodsOfDay: new DataLoader<string, MethodEquation[]>(async (days) =>
    groupedBy(days, await readMethods(app.db, days), (row) => row.day),
  ),
});

const learningLoaders = (app: Pick<App, "db">) => ({
  /** Packages and courses that something refers to, withdrawn ones too. */
  packages: new DataLoader<PackageId, PackageView>(async (ids) => inOrderOf(ids, await readPackages(app.db, ids))),
  courses: new DataLoader<CourseId, CourseView>(async (ids) => inOrderOf(ids, await readCourses(app.db, ids))),
  /** What a payment for courses is for; null for any other. */
  purchases: new DataLoader<PaymentId, PurchaseView | null>(async (ids) => {
    const byPayment = new Map((await readPurchases(app.db, ids)).map((each) => [each.paymentId, each]));
    return ids.map((id) => byPayment.get(id) ?? null);
  }),
  /** Other payments that show the same proof, the earliest first. */
  sameProofs: new DataLoader<PaymentId, PaymentId[]>(async (ids) =>
    groupedBy(ids, await readSameProofs(app.db, ids), (row) => row.paymentId).map((rows) =>
      rows.map(({ usedBy }) => usedBy),
    ),
  ),
  enrollmentsOf: new DataLoader<PaymentId, { givenBy: PaymentId; enrollment: EnrollmentView }[]>(async (ids) =>
    groupedBy(ids, await readEnrollmentsOf(app.db, ids), (row) => row.givenBy),
  ),
  /** What an enrolment stands on, the oldest first. */
  grantsOf: new DataLoader<EnrollmentId, GrantView[]>(async (ids) =>
    groupedBy(ids, await readGrantsOf(app.db, ids), (row) => row.enrollmentId),
  ),
});

/**
 * Batches what the list fields of one request ask for: made anew for every request, so nothing is shared between
 * callers.
 */
export function createLoaders(app: Pick<App, "db">) {
  return {
    /** Products that something refers to, withdrawn ones too. */
    products: new DataLoader<ProductId, ProductView>(async (ids) => inOrderOf(ids, await readProducts(app.db, ids))),
    /** Stores that something refers to, closed ones too. */
    stores: new DataLoader<StoreId, StoreView>(async (ids) => inOrderOf(ids, await readStores(app.db, ids))),
    users: new DataLoader<UserId, User>(async (ids) => inOrderOf(ids, [...(await readUsers(app, ids)).values()])),
    payments: new DataLoader<PaymentId, PaymentView>(async (ids) => inOrderOf(ids, await readPayments(app.db, ids))),
    /** The payments of a subscription's latest charges, newest first. */
    charges: new DataLoader<string, PaymentId[]>(async (ids) => {
      const charges = await readChargesOf(app, ids);
      return ids.map((id) => charges.get(id) ?? []);
    }),
    /** The tries of a payment, oldest first. */
    transactions: new DataLoader<PaymentId, TransactionView[]>(async (ids) =>
      groupedBy(ids, await readTransactions(app.db, ids), (row) => row.paymentId),
    ),
    /** Orders that something refers to; whoever loads them leaves out what the caller may not read. */
    orders: new DataLoader<OrderId, OrderView>(async (ids) => inOrderOf(ids, await readOrders(app.db, ids))),
    /** The orders of a checkout; whoever loads them leaves out what the caller may not read. */
    ordersOfSession: new DataLoader<SessionId, OrderView[]>(async (ids) =>
      groupedBy(ids, await readOrdersOfSessions(app.db, ids), (row) => row.sessionId),
    ),
    items: new DataLoader<OrderId, OrderItemView[]>(async (ids) =>
      groupedBy(ids, await readItems(app.db, ids), (row) => row.orderId),
    ),
    history: new DataLoader<OrderId, StatusChangeView[]>(async (ids) =>
      groupedBy(ids, await readHistory(app.db, ids), (row) => row.orderId),
    ),
    /** The shipment of an order that lives, else the last that was cancelled. */
    shipments: new DataLoader<OrderId, ShipmentView | null>(async (ids) => {
      const byOrder = new Map((await readShipmentsOf(app.db, ids)).map((shipment) => [shipment.orderId, shipment]));
      return ids.map((id) => byOrder.get(id) ?? null);
    }),
    /** What goes back of an order, oldest first. */
    refundsOfOrder: new DataLoader<OrderId, RefundView[]>(async (ids) =>
      groupedBy<OrderId | null, RefundView>(ids, await readRefundsOfOrders(app.db, ids), (row) => row.orderId),
    ),
    refundsOfPayment: new DataLoader<PaymentId, RefundView[]>(async (ids) =>
      groupedBy(ids, await readRefundsOfPayments(app.db, ids), (row) => row.paymentId),
    ),
    creditNotes: new DataLoader<RefundId, CreditNote | null>(async (ids) => {
      const byRefund = new Map((await creditNotesOf(app.db, ids)).map((note) => [note.refundId, note]));
      return ids.map((id) => byRefund.get(id) ?? null);
    }),
    refundAttempts: new DataLoader<RefundId, RefundAttemptView[]>(async (ids) =>
      groupedBy(ids, await readAttempts(app.db, ids), (row) => row.refundId),
    ),
    shipmentEvents: new DataLoader<ShipmentId, ShipmentEventView[]>(async (ids) =>
      groupedBy(ids, await readEventsOf(app.db, ids), (row) => row.shipmentId),
    ),
    ...reviewLoaders(app),
    ...learningLoaders(app),
    ...closeLoaders(app),
    invoices: new DataLoader<OrderId, Invoice | null>(async (ids) => {
      const byOrder = new Map((await invoicesOfOrders(app.db, ids)).map((invoice) => [invoice.orderId, invoice]));
      return ids.map((id) => byOrder.get(id) ?? null);
    }),
  };
}

export type Loaders = ReturnType<typeof createLoaders>;

/** Gives the loaders of a request what it has just written itself: its answer then reads none of it. */
export function primeCheckout(loaders: Loaders, { session, payment, orders }: PlacedCheckout): void {
  loaders.payments.prime(payment.id, payment);
  loaders.ordersOfSession.prime(
    session.id,
    orders.map(({ order }) => order),
  );
  for (const { order, items } of orders) {
    loaders.orders.prime(order.id, order);
    loaders.items.prime(order.id, [...items]);
  }
}
