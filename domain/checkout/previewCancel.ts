import type { App } from "../app.ts";
import { HELD } from "../catalog/releaseStock.ts";
import type { Actor } from "../kernel/actor.ts";
import { type ErrorCode, Refusal } from "../kernel/errors.ts";
import type { OrderId, OrderItemId } from "../kernel/ids.ts";
import { type OrderStatus, orderStates } from "../order/order.states.ts";
import { type MoneyBack, moneyBackOf } from "../refund/moneyBack.rules.ts";
import { readOwedForOrder } from "../refund/oweForOrder.ts";
import { type CancellableOrder, readCancellable, requireCancellable } from "./cancel.queries.ts";

/** Pieces that would be on the shelf again. */
export interface StockBack {
  readonly orderItemId: OrderItemId;
  readonly productName: string;
  readonly quantity: number;
}

export interface CancelPreview {
  readonly orderId: OrderId;
  /** What the order would be then; null where a cancel is refused. */
  readonly becomes: OrderStatus | null;
  /** Which orders would be cancelled: all of an unpaid checkout, else this one; none where nothing would change. */
  readonly orderIds: readonly OrderId[];
  readonly stock: readonly StockBack[];
  /** null: no money would go back. */
  readonly moneyBack: MoneyBack | null;
  /** Why it is refused; null where it is not. */
  readonly refusal: { readonly code: ErrorCode; readonly message: string } | null;
}

interface Facts {
  readonly isBooked: boolean;
  readonly isInReview: boolean;
  /** Those of the checkout that are unpaid. */
  readonly unpaidIds: readonly OrderId[];
}

async function readFacts({ db }: Pick<App, "db">, { id, sessionId }: CancellableOrder): Promise<Facts> {
  const [row] = await db.sql<Facts>(
    `select exists (select from shipments where order_id = $1 and status <> 'CANCELLED') as is_booked,
            exists (select from payments where session_id = $2 and status = 'CHALLENGED') as is_in_review,
            array(select id from orders
                   where session_id = $2 and status = 'PENDING_PAYMENT' order by id) as unpaid_ids`,
    [id, sessionId],
  );
  return row as Facts;
}

/** What releaseStock would give back. */
const readStock = ({ db }: Pick<App, "db">, orderIds: readonly OrderId[]): Promise<StockBack[]> =>
  db.sql<StockBack>(`select id as order_item_id, product_name, quantity from (${HELD}) held order by id`, [orderIds]);

function refusalOf(status: OrderStatus, { isInReview }: Facts): CancelPreview["refusal"] {
  if (status === "PENDING_PAYMENT" && isInReview)
    return { code: "PAYMENT_IN_REVIEW", message: "The bank is checking this payment" };
  try {
    requireCancellable(status);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, message: error.message };
  }
}

/**
 * What cancelOrder would do now, by what is known here: it changes nothing and asks no gateway, so that money which
 * came a second ago may still make it another.
 *
 * @throws Refusal NOT_FOUND
 */
export async function previewCancel(
  app: Pick<App, "db" | "clock" | "settings">,
  actor: Actor,
  orderId: string,
): Promise<CancelPreview> {
  const order = await readCancellable(app, actor, orderId);
  const facts = await readFacts(app, order);
  const { status, id } = order;
  const nothing = { orderId: id, orderIds: [], stock: [], moneyBack: null };
  const refusal = refusalOf(status, facts);
  if (refusal) return { ...nothing, becomes: null, refusal };
  const verdict = orderStates.verdict(status, facts.isBooked ? "cancelAskedBooked" : "cancelAsked");
  if (verdict.kind !== "moved") return { ...nothing, becomes: status, refusal: null };
  const isUnpaid = status === "PENDING_PAYMENT";
  const orderIds = isUnpaid ? facts.unpaidIds : [id];
  const owed = isUnpaid ? null : await readOwedForOrder(app.db, id);
  return {
    orderId: id,
    becomes: verdict.next,
    orderIds,
    stock: await readStock(app, orderIds),
    moneyBack: owed && moneyBackOf(owed, owed.amount, app.settings.reversalHoldMs, app.clock.now()),
    refusal: null,
  };
}
