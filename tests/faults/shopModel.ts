import type { Actor } from "../../domain/kernel/actor.ts";
import type { PaymentId, ProductId, StoreId } from "../../domain/kernel/ids.ts";

/** One try at the gateway. `dead`: the chosen method is over and the page lives. `closed`: neither can be paid on. */
export interface Try {
  readonly gatewayOrderId: string;
  at: "none" | "pending" | "dead" | "closed" | "paid";
  /** A transaction was ever begun on its page. */
  hasTransaction: boolean;
  /** The one that the shop sends its customer to. */
  isLive: boolean;
  /** The shop knows that it is paid. */
  isHeard: boolean;
  /** The poll still asks about it. */
  isWatched: boolean;
}

export interface Payment {
  readonly paymentId: PaymentId;
  readonly buyer: Actor;
  readonly product: Product;
  readonly quantity: number;
  readonly amount: number;
  readonly expiresAt: number;
  readonly tries: Try[];
  status: "PENDING" | "PAID" | "CANCELLED" | "EXPIRED";
  /** Its order ended without money: what comes now is owed back. */
  isOrderOver: boolean;
}

export interface Product {
  readonly productId: ProductId;
  readonly storeId: StoreId;
  stock: number;
}

/** What the shop should be, as a few numbers and words. */
export interface Model {
  readonly buyers: readonly Actor[];
  readonly products: readonly Product[];
  readonly payments: Payment[];
}

const DAY = 24 * 60 * 60_000;

export const freshTry = (gatewayOrderId: string): Try => ({
  gatewayOrderId,
  at: "none",
  hasTransaction: false,
  isLive: true,
  isHeard: false,
  isWatched: true,
});

export const liveTry = ({ tries }: Payment): Try => tries.at(-1) as Try;

/** The shop is told how a try stands. Money counts once a try, and pays an order that still wants it. */
export function hear(payment: Payment, one: Try, now: number): void {
  if (one.isLive) one.isWatched = now < payment.expiresAt + DAY;
  if (one.at !== "paid" || one.isHeard) return;
  one.isHeard = true;
  one.isLive = false;
  if (payment.status !== "PAID") payment.isOrderOver = payment.status !== "PENDING";
  payment.status = "PAID";
}

/** The shop closes the live try at the gateway, unless it was paid; true when it could. */
export function close(payment: Payment, now: number): boolean {
  const live = liveTry(payment);
  if (live.at === "paid") {
    hear(payment, live, now);
    return false;
  }
  live.at = "closed";
  live.isLive = false;
  return true;
}

/** An unpaid payment ends: nothing can be paid on any more, and its pieces are back. */
export function end(payment: Payment, as: "CANCELLED" | "EXPIRED", now: number): void {
  if (payment.status !== "PENDING" || !close(payment, now)) return;
  payment.status = as;
  payment.product.stock += payment.quantity;
}

/** Every window that is over by now. */
export function endWindows(model: Model, now: number): void {
  for (const payment of model.payments) if (payment.expiresAt <= now) end(payment, "EXPIRED", now);
}

/** What the poll finds out. */
export function poll(model: Model, now: number): void {
  for (const payment of model.payments) {
    for (const one of payment.tries) if (one.isLive && one.isWatched) hear(payment, one, now);
  }
}

/** Whole rupiah that came, and that are to go back. */
export function moneyOf(payment: Payment): { captured: number; owed: number } {
  const captured = payment.tries.filter(({ isHeard }) => isHeard).length * payment.amount;
  return { captured, owed: captured === 0 || payment.isOrderOver ? captured : captured - payment.amount };
}

/** Why a customer who wants to end or begin something is refused; null where he is not. */
export function refusalOf(payment: Payment, wants: "end" | "again"): string | null {
  if (payment.status === "PAID") return "ALREADY_PAID";
  if (payment.status === "PENDING") return liveTry(payment).at === "paid" ? "ALREADY_PAID" : null;
  return wants === "again" ? "PAYMENT_WINDOW_OVER" : null;
}
