import { z } from "zod";
import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { readCartLines } from "../catalog/cart.queries.ts";
import { emptyCart } from "../catalog/emptyCart.ts";
import { lockProducts } from "../catalog/lockProducts.ts";
import { type Line, requireStock, sumDemand } from "../catalog/stock.rules.ts";
import { normalizePhone } from "../identity/account.rules.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, keepRefusal, requireKey, takeKey } from "../kernel/idempotency.ts";
import type { PaymentId, SessionId, StoreId, TransactionId, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { type ChosenMethod, chooseMethod } from "../payment/chooseMethod.ts";
import { finishStartWithin } from "../payment/finishStart.ts";
import { PAYMENT_METHODS } from "../payment/methods.rules.ts";
import { firstToken } from "../payment/paymentToken.ts";
import { bindStart, NOWHERE, type Origin, screenStart } from "../payment/screenStart.ts";
import { CHARGES_CARD, requireMethod } from "../payment/startPayment.ts";
import type { Destination } from "../shipping/shippingGateway.ts";
import { type ChosenRate, priceOrders, totalOf } from "./checkout.rules.ts";
import type { PlacedCheckout } from "./placed.rules.ts";
import { placeOrders } from "./placeOrders.ts";
import { quoteChoices, type ShippingChoice } from "./quoteChoices.ts";
import { reserveSerials, type Serials } from "./reserveSerials.ts";

/**
 * A checkout that names a method waits this long for the gateway; then the worker finishes the start. What is left of a
 * second is for the checkout itself, on a busy machine.
 */
const GATEWAY_WAIT_MS = 600;

/** Free text of an address: long enough for any, without control characters that break labels. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u);

const inputForm = z.object({
  lines: z.array(z.object({ productId: z.string().max(64), quantity: z.number() })).nullish(),
  address: z.object({
    recipient: line(100),
    phone: z.string().max(30),
    line: line(300),
    destinationId: z.number().int().positive(),
    note: line(200).nullish().or(z.literal("")),
  }),
  shipping: z
    .array(z.object({ storeId: z.string().max(64), courier: z.string().max(32), service: z.string().max(64) }))
    .min(1)
    .max(100),
  method: z.enum(PAYMENT_METHODS).nullish(),
  savedCardToken: z.string().max(255).nullish(),
  expectedTotal: z.number().int().nonnegative().nullish(),
  idempotencyKey: z.string(),
});
export type CheckoutInput = z.input<typeof inputForm>;
type Checked = z.output<typeof inputForm>;

function check(input: CheckoutInput): Checked {
  const form = inputForm.safeParse(input);
  if (!form.success) {
    throw invalidInput(
      Object.fromEntries(form.error.issues.map(({ path, message }) => [`input.${path.join(".")}`, message])),
    );
  }
  requireKey(form.data.idempotencyKey);
  const phone = normalizePhone(form.data.address.phone);
  if (!phone) throw invalidInput({ "input.address.phone": "an Indonesian number, such as 0812-3456-7890" });
  if (form.data.savedCardToken && !form.data.method)
    throw invalidInput({ "input.method": "CREDIT_CARD, which a saved card is charged by" });
  const stores = form.data.shipping.map(({ storeId }) => storeId);
  if (new Set(stores).size !== stores.length) throw invalidInput({ "input.shipping": "one choice a store" });
  return { ...form.data, address: { ...form.data.address, phone } };
}

interface Plan {
  readonly userId: UserId;
  readonly ids: { readonly sessionId: SessionId; readonly paymentId: PaymentId };
  readonly input: Checked;
  readonly demand: readonly Line[];
  readonly isCart: boolean;
  readonly destination: Destination;
  readonly rates: ReadonlyMap<StoreId, ChosenRate>;
  readonly serials: Serials;
  /** null: the customer chooses later. */
  readonly chosen: ChosenMethod | null;
  /** The key of a start that was let through before; null: it is a new one. */
  readonly keptStart: string | null;
}

/** What is decided before the transaction: what is wanted, where it goes, what its couriers ask, who may start. */
async function prepare(app: App, userId: UserId, input: Checked, origin: Origin): Promise<Plan> {
  const isCart = !input.lines;
  const lines = input.lines ?? (await readCartLines(app.db, userId));
  if (isCart && lines.length === 0) throw new Refusal("CART_EMPTY", "The cart is empty");
  const demand = sumDemand(lines);
  const { destination, rates, expected } = await quoteChoices(
    app,
    demand,
    input.address.destinationId,
    input.shipping as ShippingChoice[],
  );
  const ids = { sessionId: app.ids.next<"checkoutSession">(), paymentId: app.ids.next<"payment">() };
  const { method, savedCardToken = null, idempotencyKey } = input;
  const chosen = method ? await chooseMethod(app, userId, { method, savedCardToken }) : null;
  let keptStart: string | null = null;
  if (method && chosen) {
    requireMethod(chosen.method, expected);
    const start = {
      userId,
      paymentId: ids.paymentId,
      method,
      amount: expected,
      maskedCard: chosen.card?.maskedCard,
      key: `checkout:${idempotencyKey}:${expected}`,
    };
    if (await screenStart(app, origin, start)) keptStart = start.key;
  }
  const serials = await reserveSerials(app.db, rates.size);
  return { userId, ids, input, demand, isCart, destination, rates, serials, chosen, keptStart };
}

const sameLines = (a: readonly Line[], b: readonly Line[]): boolean =>
  a.length === b.length && a.every((one, i) => one.productId === b[i]?.productId && one.quantity === b[i]?.quantity);

/** The cart is emptied by the checkout that sells it: of two at once, the second finds it empty. */
async function takeCart(tx: Tx, { userId, demand }: Plan, now: Date): Promise<void> {
  const taken = await emptyCart(tx, userId, now, "ordered");
  if (taken.length === 0) throw new Refusal("CART_EMPTY", "The cart is empty");
  if (!sameLines(taken, demand)) throw new Refusal("CONFLICT", "The cart was changed meanwhile; look at it again");
}

interface Placed {
  readonly sessionId: SessionId;
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId | null;
  /** The next two are null where an earlier one with the same key made it. */
  readonly paymentToken: string | null;
  readonly written: PlacedCheckout | null;
}

/** Its rows and its token are to be read, and its try is its own to finish. */
const OF_TWIN = { transactionId: null, paymentToken: null, written: null } as const;

/** A request under its key. */
interface Asked {
  readonly use: IdempotencyKey;
  readonly began: Date;
}

async function buy(tx: Tx, app: App, plan: Plan, { use, began }: Asked): Promise<Placed> {
  const now = app.clock.now();
  const { ids } = plan;
  const earlier = await takeKey(tx, now, use, ids, began);
  if (earlier) return { ...earlier, ...OF_TWIN };
  killPoint("checkout.key-taken");
  if (plan.isCart) await takeCart(tx, plan, now);
  const products = await lockProducts(
    tx,
    plan.demand.map(({ productId }) => productId),
    now,
  );
  requireStock(plan.demand, products);
  const orders = priceOrders(plan.demand, products, plan.rates);
  const total = totalOf(orders);
  const { expectedTotal, address } = plan.input;
  const { chosen } = plan;
  if (expectedTotal !== undefined && expectedTotal !== null && expectedTotal !== total) {
    throw new Refusal("TOTAL_CHANGED", "The total has changed", { total });
  }
  if (chosen) requireMethod(chosen.method, total);
  const { destinationId: _, note, ...where } = address;
  const made = await placeOrders(
    tx,
    app,
    {
      userId: plan.userId,
      ...ids,
      orders,
      address: { ...where, note: note || null, destination: plan.destination },
      method: chosen?.method ?? null,
      serials: plan.serials,
    },
    now,
  );
  if (chosen?.card) await tx.sql(CHARGES_CARD, [made.transactionId, chosen.card.id]);
  if (plan.keptStart) await bindStart(tx, { userId: plan.userId, key: plan.keptStart, paymentId: ids.paymentId });
  killPoint("checkout.rows-written");
  return { ...ids, ...made };
}

interface Bought {
  readonly sessionId: SessionId;
  readonly paymentToken: string | null;
  /** The rows as they were committed; null where something may have changed them since: then they are to be read. */
  readonly written: PlacedCheckout | null;
}

async function place(app: App, asked: Asked, checked: Checked, origin: Origin): Promise<Placed> {
  const plan = await prepare(app, asked.use.userId, checked, origin);
  killPoint("checkout.couriers-asked");
  return inTransaction(app.db, (tx) => buy(tx, app, plan, asked));
}

/** What a twin has bought; null where there is none. Then none that came before will buy any more. */
async function refuse(app: App, { use, began }: Asked, why: Refusal): Promise<Placed | null> {
  const twin = await keepRefusal<Plan["ids"]>(app.db.sql, app.clock.now(), use, why, began);
  return twin && { ...twin, ...OF_TWIN };
}

/**
 * Buys: one order a store, one payment for all of them, in one transaction with the stock. What couriers ask is found
 * out before it, and a gateway's failure after it fails nothing. The same key and input give the same checkout; what
 * was refused is free to be asked for again, but for who asked before he could know.
 *
 * @returns the session, the payment's single-use token, and what was written, for an answer that need not read it
 * @throws Refusal INVALID_INPUT | CART_EMPTY | NOT_FOUND (a product, or a card that is not the caller's) |
 * OUT_OF_STOCK (productId, available) | TOTAL_CHANGED (total) | SHIPPING_UNAVAILABLE | PAYMENT_METHOD_UNAVAILABLE |
 * AMOUNT_OUT_OF_RANGE | PAYMENT_REFUSED | CONFLICT | IDEMPOTENCY_KEY_REUSED | IN_PROGRESS
 */
export async function checkout(
  app: App,
  actor: Actor,
  input: CheckoutInput,
  origin: Origin = NOWHERE,
): Promise<Bought> {
  requireRight(actor, "own.orders");
  const { userId } = actor;
  if (!userId) throw new Refusal("FORBIDDEN", "Only people buy");
  const checked = check(input);
  const { idempotencyKey: key, ...rest } = checked;
  const asked: Asked = { use: { userId, operation: "checkout", key, input: rest }, began: app.clock.now() };
  const placed = await place(app, asked, checked, origin).catch(async (error: unknown) => {
    // What was bought is not for sale any more, or the cart is empty since: an earlier answer of this key counts first.
    const twin = error instanceof Refusal ? await refuse(app, asked, error) : null;
    if (twin) return twin;
    throw error;
  });
  killPoint("checkout.stored");
  if (placed.transactionId) await finishStartWithin(app, placed.transactionId, GATEWAY_WAIT_MS);
  killPoint("checkout.page-awaited");
  return {
    sessionId: placed.sessionId,
    written: placed.transactionId ? null : placed.written,
    paymentToken: placed.paymentToken ?? (await firstToken(app, placed.paymentId)),
  };
}
