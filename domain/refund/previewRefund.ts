import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { type ErrorCode, Refusal } from "../kernel/errors.ts";
import { isId, type OrderItemId, type PaymentId } from "../kernel/ids.ts";
import { type MoneyBack, moneyBackOf } from "./moneyBack.rules.ts";
import { type Refundable, readRefundable } from "./refundable.queries.ts";
import { type RefundPaymentInput, readWish } from "./refundPayment.ts";
import {
  orderOf,
  type RefundRange,
  type RefundWish,
  rangeOf,
  refundableOf,
  requireAnothers,
  requireInRange,
  restockableOf,
} from "./refundPlan.rules.ts";
import type { Shares } from "./refundShares.rules.ts";

export interface PreviewRefundInput extends Pick<RefundPaymentInput, "paymentId" | "orderId" | "items"> {
  /** Left out: what is suggested. */
  readonly amount?: number | null;
}

/** What a refund would be. Whole rupiah. */
export interface RefundPreview {
  /** The amount that was asked about, or the suggested one. */
  readonly amount: number;
  readonly suggested: number;
  /** The most that it may be; 0 where it is refused. */
  readonly max: number;
  /** What is left of this order's money, or of the payment's. */
  readonly left: number;
  /** What the items stand for; null: none were named. */
  readonly shares: Shares | null;
  readonly items: readonly {
    readonly orderItemId: OrderItemId;
    readonly productName: string;
    readonly refundable: number;
    readonly restockable: number;
  }[];
  /** null: it is refused. */
  readonly moneyBack: MoneyBack | null;
  readonly refusal: { readonly code: ErrorCode; readonly message: string } | null;
}

/** What a rule answers, or why it refuses. */
function attempt<T>(rule: () => T): { readonly value: T | null; readonly refusal: RefundPreview["refusal"] } {
  try {
    return { value: rule(), refusal: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { value: null, refusal: { code: error.code, message: error.message } };
  }
}

function itemsOf(facts: Refundable, wish: RefundWish): RefundPreview["items"] {
  const order = attempt(() => orderOf(facts, wish.orderId)).value;
  if (!order) return [];
  return order.items.map((item) => ({
    orderItemId: item.id,
    productName: item.productName,
    refundable: refundableOf(item),
    restockable: restockableOf(order, item),
  }));
}

const within = (range: RefundRange, amount: number) => attempt(() => requireInRange(range, amount)).refusal;

/**
 * What refundPayment would do now, by the same rules: what the items stand for with their shares of discount, shipping
 * and PPN, how much it may be, and how the money would go back. Changes nothing.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND | INVALID_INPUT
 */
export async function previewRefund(
  app: Pick<App, "db" | "clock" | "settings">,
  actor: Actor,
  input: PreviewRefundInput,
): Promise<RefundPreview> {
  requireRight(actor, "refund.request");
  const { paymentId } = input;
  const wish = readWish(input);
  const facts = isId(paymentId) ? await readRefundable(app.db, paymentId as PaymentId) : null;
  if (!facts) throw new Refusal("NOT_FOUND", "There is no such payment");
  const items = itemsOf(facts, wish);
  const { value: range, refusal } = attempt(() => {
    requireAnothers(facts, actor);
    return rangeOf(facts, wish);
  });
  if (!range) return { amount: 0, suggested: 0, max: 0, left: 0, shares: null, items, moneyBack: null, refusal };
  const { suggested, max, left, shares, transaction } = range;
  const amount = input.amount ?? suggested;
  const refused = within(range, amount);
  const { reversalHoldMs } = app.settings;
  return {
    amount,
    suggested,
    max,
    left,
    shares,
    items,
    moneyBack: refused ? null : moneyBackOf(transaction, amount, reversalHoldMs, app.clock.now()),
    refusal: refused,
  };
}
