import type { Tx } from "../../platform/db.ts";
import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import type { PaymentId, TransactionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { rupiah } from "../kernel/money.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import { lockPayment } from "./lockPayment.ts";
import { isDead } from "./payment.rules.ts";
import type { PageRequest, PaymentGateway } from "./paymentGateway.ts";
import { recordAnswer } from "./pollPayments.ts";

type Page = Awaited<ReturnType<PaymentGateway["openPage"]>>;

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: null };

interface Start {
  readonly paymentId: PaymentId;
  readonly gatewayOrderId: string;
  readonly amount: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly items: PageRequest["items"];
  readonly address:
    | (NonNullable<PageRequest["address"]> & { destination: { city: string; postalCode: string } })
    | null;
}

// Everything a hosted page needs, in one read: the lines are the orders' items and their shipping.
const READ_START = `
  select p.id as payment_id, t.gateway_order_id, t.amount, t.created_at, p.expires_at, u.name, u.email, u.phone,
         (select shipping_address from orders o where o.session_id = p.session_id order by o.id limit 1) as address,
         (select jsonb_agg(line order by position, line->>'id') from (
            select 1 as position, jsonb_build_object('id', i.product_id, 'name', i.product_name, 'price', i.unit_price,
                                                     'quantity', i.quantity) as line
              from orders o join order_items i on i.order_id = o.id where o.session_id = p.session_id
            union all
            select 2, jsonb_build_object('id', 'SHIP-' || o.number, 'price', o.shipping_cost, 'quantity', 1,
                     'name', 'Ongkir ' || (o.shipping_quote->>'courier') || ' ' || (o.shipping_quote->>'service'))
              from orders o where o.session_id = p.session_id and o.shipping_cost > 0) lines) as items
    from payment_transactions t join payments p on p.id = t.payment_id join users u on u.id = p.user_id
   where t.id = $1 and t.state = 'STARTING' and p.status = 'PENDING'`;

/** Whose page lives is settled within this many of our own; more processes never open one page at a time. */
const PAGES_MAX = 4;

/**
 * Keeps the page that was opened, if the try still waits for one. The gateway keeps the last page of an order id alone,
 * and when another process kept one meanwhile, nobody can say which of the two that is: then nothing is kept.
 *
 * @param replaces the token of the page that this one is known to be later than
 * @returns the token of the other process's page; null where there is nothing more to do
 */
async function recordPage(
  app: App,
  transactionId: TransactionId,
  paymentId: PaymentId,
  page: Page,
  replaces: string | null,
): Promise<string | null> {
  return inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, paymentId);
    const transaction = locked?.transactions.find(({ id }) => id === transactionId);
    const isUnused =
      transaction?.state === "STARTING" || (transaction?.state === "LIVE" && transaction.gatewayStatus === null);
    if (!isUnused) return null;
    const kept = transaction.instructions["snapToken"] ?? null;
    if (kept !== replaces) return kept;
    const now = app.clock.now();
    await tx.sql("update payment_transactions set state = 'LIVE', instructions = $2, updated_at = $3 where id = $1", [
      transactionId,
      JSON.stringify({ snapToken: page.token, redirectUrl: page.redirectUrl }),
      now,
    ]);
    await logPaymentStep(tx, now, CAUSE, { paymentId, transactionId, step: "pageOpened" });
    killPoint("page.address-written");
    return null;
  });
}

/** The gateway will never open this page: the try is over, the payment is not. */
async function recordRefusedStart(app: App, transactionId: TransactionId, start: Start, why: string) {
  await inTransaction(app.db, async (tx: Tx) => {
    const locked = await lockPayment(tx, app, start.paymentId);
    if (locked?.transactions.find(({ id }) => id === transactionId)?.state !== "STARTING") return;
    const now = app.clock.now();
    await tx.sql(
      "update payment_transactions set state = 'CLOSED', next_poll_at = null, updated_at = $2 where id = $1",
      [transactionId, now],
    );
    await logPaymentStep(tx, now, CAUSE, {
      paymentId: start.paymentId,
      transactionId,
      step: "pageRefused",
      detail: { why },
    });
    const message = `The gateway refuses to open a page for ${start.gatewayOrderId}: ${why}`;
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      { kind: "PAGE_REFUSED", subject: start.gatewayOrderId, severity: "WARNING", message },
    );
  });
}

/** An order id that is used already is refused, too: a method was chosen on an earlier page of it, and lives on. */
async function settleRefusal(app: App, transactionId: TransactionId, start: Start, why: string): Promise<void> {
  const report = await app.payments.fetchStatus(start.gatewayOrderId);
  killPoint("page.refusal-checked");
  if (!report || isDead(report)) return recordRefusedStart(app, transactionId, start, why);
  const outcome = await inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, start.paymentId);
    return locked && recordAnswer(tx, app, locked, { gatewayOrderId: start.gatewayOrderId, report }, CAUSE);
  });
  // Not ours, or not as asked: a person looks at it, and the customer may begin another try.
  if (outcome === "held") await recordRefusedStart(app, transactionId, start, why);
}

/**
 * Opens the hosted page of a try that is STARTING and keeps its address. A second run is harmless: the gateway replaces
 * a page on which nothing was chosen, and a try that is not STARTING any more is left alone. Of two runs at once the
 * one that ends later opens one more page, which is later than both.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function finishStart(app: App, message: { transactionId: TransactionId }): Promise<void> {
  const [start] = await app.db.sql<Start>(READ_START, [message.transactionId]);
  if (!start || app.clock.now() >= start.expiresAt) return;
  const { address } = start;
  const request: PageRequest = {
    gatewayOrderId: start.gatewayOrderId,
    amount: rupiah(start.amount),
    items: start.items,
    customer: { name: start.name, email: start.email, phone: start.phone },
    address: address && { ...address, city: address.destination.city, postalCode: address.destination.postalCode },
    returnUrl: `${app.settings.publicUrl}/payments/${start.paymentId}/result`,
    startsAt: start.createdAt,
    expiresAt: start.expiresAt,
  };
  try {
    let replaces: string | null = null;
    for (let pages = 1; pages <= PAGES_MAX; pages++) {
      killPoint("page.to-be-asked");
      const page = await app.payments.openPage(request);
      killPoint("page.answered");
      replaces = await recordPage(app, message.transactionId, start.paymentId, page, replaces);
      killPoint("page.address-stored");
      if (replaces === null) return;
    }
    throw new GatewayUnavailable("midtrans", `the page of ${start.gatewayOrderId} does not come to rest`, "unknown");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await settleRefusal(app, message.transactionId, start, error.message);
  }
}

/**
 * As finishStart, but waits no longer than `waitMs`: what is not finished by then, or failed, the worker finishes.
 * Never throws for a gateway's failure, so a committed checkout never fails because of one.
 */
export async function finishStartWithin(app: App, transactionId: TransactionId, waitMs: number): Promise<void> {
  const work = finishStart(app, { transactionId })
    .catch(async (error: unknown) => {
      if (!(error instanceof GatewayUnavailable)) app.log.error({ err: error, transactionId }, "opening a page failed");
      // The worker need not wait for the lease of a call that has ended already.
      await inTransaction(app.db, (tx) =>
        send(tx, app.clock.now(), "payment.starting", { transactionId }, { key: transactionId }),
      );
    })
    // The job that was written with the try is due at the end of its lease in any case.
    .catch((error: unknown) => app.log.error({ err: error, transactionId }, "a failed start could not be handed over"));
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
