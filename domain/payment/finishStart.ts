import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import type { PaymentId, TransactionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { send } from "../messages.ts";
import { logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import { chargeTry } from "./chargeTry.ts";
import { lockPayment } from "./lockPayment.ts";
import { methodInfo, usesPage } from "./methods.rules.ts";
import { isDead } from "./payment.rules.ts";
import type { PageRequest, PaymentGateway } from "./paymentGateway.ts";
import { recordAnswer } from "./pollPayments.ts";
import { readStart, requestOf, type Start } from "./readStart.ts";
import { refuseStart } from "./refuseStart.ts";

type Page = Awaited<ReturnType<PaymentGateway["openPage"]>>;

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: null };

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

/** The page that was to be replaced lives on where no other one may be opened. @throws GatewayUnavailable */
async function closeFormer(app: App, { formerPage, gatewayOrderId }: Start): Promise<void> {
  if (formerPage === null || (await app.payments.closePage(formerPage)) !== "refused") return;
  throw new GatewayUnavailable("midtrans", `something is under way on the page of ${gatewayOrderId}`, "unknown");
}

/** An order id that is used already is refused, too: a method was chosen on an earlier page of it, and lives on. */
async function settleRefusal(app: App, start: Start, why: string): Promise<void> {
  const report = await app.payments.fetchStatus(start.gatewayOrderId);
  killPoint("page.refusal-checked");
  if (!report || isDead(report)) {
    await closeFormer(app, start);
    return refuseStart(app, start, why);
  }
  const outcome = await inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, start.paymentId);
    return locked && recordAnswer(tx, app, locked, { gatewayOrderId: start.gatewayOrderId, report }, CAUSE);
  });
  // Not ours, or not as asked: a person looks at it, and the customer may begin another try.
  if (outcome === "held") await refuseStart(app, start, why);
}

/** Opens the page until its address is kept, or somebody else's is. */
async function openPage(app: App, start: Start): Promise<void> {
  const { transactionId, paymentId, gatewayOrderId } = start;
  try {
    const request: PageRequest = {
      ...requestOf(app, start),
      only: methodInfo(start.method).pageOnly,
      saveCardFor: start.userId,
    };
    let replaces: string | null = null;
    for (let pages = 1; pages <= PAGES_MAX; pages++) {
      killPoint("page.to-be-asked");
      const page = await app.payments.openPage(request);
      killPoint("page.answered");
      replaces = await recordPage(app, transactionId, paymentId, page, replaces);
      killPoint("page.address-stored");
      if (replaces === null) return;
    }
    throw new GatewayUnavailable("midtrans", `the page of ${gatewayOrderId} does not come to rest`, "unknown");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await settleRefusal(app, start, error.message);
  }
}

/**
 * Begins at the gateway a try that is written: opens its hosted page and keeps the address, or charges it (chargeTry).
 * A second run is harmless: the gateway replaces a page on which nothing was chosen, a charge is sent once, and a try
 * that has begun is left alone. Of two runs at once the one that ends later opens one more page, which is later than
 * both.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function finishStart(app: App, message: { transactionId: TransactionId }): Promise<void> {
  const start = await readStart(app, message.transactionId);
  if (!start || app.clock.now() >= start.expiresAt) return;
  if (!usesPage(start.method)) return chargeTry(app, start);
  if (start.state === "STARTING") await openPage(app, start);
}

/**
 * As finishStart, but waits no longer than `waitMs`: what is not finished by then, or failed, the worker finishes.
 * Never throws for a gateway's failure, so a committed checkout never fails because of one.
 */
export async function finishStartWithin(app: App, transactionId: TransactionId, waitMs: number): Promise<void> {
  const work = finishStart(app, { transactionId })
    .catch(async (error: unknown) => {
      if (!(error instanceof GatewayUnavailable)) app.log.error({ err: error, transactionId }, "a start failed");
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
