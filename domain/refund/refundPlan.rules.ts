import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import type { OrderStatus } from "../order/order.states.ts";
import type { Refundable, RefundableItem, RefundableOrder, RefundableTransaction } from "./refundable.queries.ts";
import { type Pieces, type Shares, sharesOf } from "./refundShares.rules.ts";

export interface RefundItemWish {
  readonly orderItemId: string;
  readonly quantity: number;
  /** Back on the shelf. */
  readonly restock: boolean;
}

/** What staff wants to give back, but for how much. */
export interface RefundWish {
  readonly orderId: string | null;
  /** Empty: an amount for no item. */
  readonly items: readonly RefundItemWish[];
}

/** What a wish may cost, in whole rupiah. */
export interface RefundRange {
  readonly transaction: RefundableTransaction;
  /** null: the payment pays for no order. */
  readonly order: RefundableOrder | null;
  /** What the items stand for; null: there are none. */
  readonly shares: Shares | null;
  /** Of this order's money, or of a payment that pays for no order. */
  readonly left: number;
  readonly max: number;
  /** What the items stand for, or all that is left. */
  readonly suggested: number;
  /** No piece of the order would be left. */
  readonly takesEveryPiece: boolean;
}

const notRefundable = (why: string, details: object) => new Refusal("NOT_REFUNDABLE", why, { ...details });

const PAID: ReadonlySet<string> = new Set(["PAID", "APPROVED", "PARTIALLY_REFUNDED"]);
/** Nothing has left the shop: giving everything back is a cancel. */
const BEFORE_SHIPPING: ReadonlySet<OrderStatus> = new Set(["PAID", "PROCESSING"]);

/** @throws Refusal SECOND_PERSON_NEEDED: nobody gives back what he paid himself */
export function requireAnothers({ userId }: Pick<Refundable, "userId">, actor: Pick<Actor, "userId">): void {
  if (userId === actor.userId)
    throw new Refusal("SECOND_PERSON_NEEDED", "Somebody else has to give your own money back");
}

/** The order that is meant. @throws Refusal INVALID_INPUT where several could be, or none is that one */
export function orderOf({ orders }: Refundable, orderId: string | null): RefundableOrder | null {
  const [first = null] = orders;
  if (orderId === null && orders.length <= 1) return first;
  const order = orders.find(({ id }) => id === orderId);
  if (!order) throw invalidInput({ "input.orderId": "one of the payment's orders" });
  return order;
}

function requireItem(order: RefundableOrder, wish: RefundItemWish): void {
  const item = order.items.find(({ id }) => id === wish.orderItemId);
  if (!item) throw invalidInput({ "input.items": "items of this order" });
  if (!Number.isInteger(wish.quantity) || wish.quantity < 1) throw invalidInput({ "input.items": "1 piece or more" });
  const { id: orderItemId } = item;
  const left = refundableOf(item);
  if (wish.quantity > left) throw notRefundable("So many pieces are not left to be refunded", { orderItemId, left });
  if (wish.restock && wish.quantity > restockableOf(order, item))
    throw notRefundable("So many pieces are not out of the shop: their stock is back", { orderItemId, left });
}

/** Pieces whose money was not given back yet. */
export const refundableOf = ({ quantity, refunded }: RefundableItem): number => quantity - refunded;

/** Pieces that a refund can put back on the shelf: a cancel has put all of them there. */
export const restockableOf = ({ status }: RefundableOrder, { quantity, restocked }: RefundableItem): number =>
  status === "CANCELLED" ? 0 : quantity - restocked;

const refundedOf = ({ items }: RefundableOrder): Pieces => new Map(items.map(({ id, refunded }) => [id, refunded]));

/** What the order asked for shipping and gave to nobody with the items that were refunded before. */
function undoneShipping(order: RefundableOrder): number {
  const { goods, discount } = sharesOf(order, new Map(), refundedOf(order));
  return Math.max(0, order.shippingCost - Math.max(0, order.givenForItems - (goods - discount)));
}

function sharesOfItems(order: RefundableOrder | null, items: readonly RefundItemWish[]): Shares | null {
  if (items.length === 0) return null;
  if (!order) throw invalidInput({ "input.items": "none: this payment pays for no order" });
  const pieces: Pieces = new Map(items.map(({ orderItemId, quantity }) => [orderItemId, quantity]));
  if (pieces.size !== items.length) throw invalidInput({ "input.items": "each item once" });
  for (const item of items) requireItem(order, item);
  return sharesOf(order, refundedOf(order), pieces);
}

/**
 * How much a wish may be, by what was paid and went back before. Pure.
 *
 * @throws Refusal NOT_REFUNDABLE: not paid, a cancel is under way, nothing is left, pieces went back before;
 * INVALID_INPUT
 */
export function rangeOf(facts: Refundable, wish: RefundWish): RefundRange {
  const { transaction, status } = facts;
  if (!transaction || !PAID.has(status)) throw notRefundable("No money of this payment is here", { status });
  const order = orderOf(facts, wish.orderId);
  if (order?.status === "CANCEL_REQUESTED")
    throw notRefundable("The courier is asked whether the order can be cancelled", { status: order.status });
  const shares = sharesOfItems(order, wish.items);
  const left = Math.max(0, Math.min(transaction.left, order ? order.total - order.taken : transaction.left));
  if (left === 0) throw notRefundable("All of this money went back, or is to go back", { left });
  const max = order && shares ? Math.min(left, shares.goods - shares.discount + undoneShipping(order)) : left;
  const wanted = new Map(wish.items.map(({ orderItemId, quantity }) => [orderItemId, quantity]));
  return {
    transaction,
    order,
    shares,
    left,
    max,
    suggested: Math.min(max, shares?.amount ?? left),
    takesEveryPiece:
      shares !== null && !!order?.items.every((item) => refundableOf(item) === (wanted.get(item.id) ?? 0)),
  };
}

/**
 * That `amount` is within a range.
 *
 * @throws Refusal REFUND_EXCEEDS_CAPTURED (left), INVALID_INPUT beyond what the items may be, USE_CANCEL_ORDER where
 * nothing would be left of an order that was not sent
 */
export function requireInRange({ order, left, max, takesEveryPiece }: RefundRange, amount: number): void {
  if (!Number.isSafeInteger(amount) || amount < 1) throw invalidInput({ "input.amount": `1 to ${max}` });
  if (amount > left) throw new Refusal("REFUND_EXCEEDS_CAPTURED", "Less than that is left of what was paid", { left });
  if (amount > max) throw invalidInput({ "input.amount": `1 to ${max}` });
  if (order && BEFORE_SHIPPING.has(order.status) && (amount === left || takesEveryPiece))
    throw new Refusal("USE_CANCEL_ORDER", "Nothing of this order would be left: cancel it", { status: order.status });
}
