import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later } from "../kernel/time.ts";
import { askOlder, isPayable } from "./askGateway.ts";
import { startLeaseMs } from "./beginTransaction.ts";
import { finishStart } from "./finishStart.ts";
import { readPayment, type TransactionRow } from "./lockPayment.ts";
import { usesPage } from "./methods.rules.ts";
import { isDead } from "./payment.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";

/** A race with the customer's own click is decided by the gateway within this many looks. */
const LOOKS_MAX = 6;

/**
 * Makes sure at the gateway that a live try cannot be paid any more, or learns that it was paid. On a hosted page that
 * is two things: the method that was chosen, and the page, on which another one could be. No transaction is open; our
 * records only learn a page's address that had not reached them.
 *
 * @returns the gateway's last word; null when no method was ever chosen and the page is closed
 * @throws GatewayUnavailable when it could not be made sure
 */
export async function closeInstrument(
  app: App,
  paymentId: PaymentId,
  transaction: TransactionRow,
  how: "CANCEL" | "EXPIRE",
): Promise<PaymentReport | null> {
  const id = transaction.gatewayOrderId;
  let isOtherWay = false;
  const end = async (what: string) => {
    const answer = await ((how === "CANCEL") === isOtherWay ? app.payments.expire(what) : app.payments.cancel(what));
    // Some wallets know no expiry, others no cancel: what one way does not end, the other may.
    if (answer !== "done") isOtherWay = !isOtherWay;
    killPoint("close.method-ended");
  };
  let refusals = 0;
  for (let look = 1; look <= LOOKS_MAX; look++) {
    const askedAt = app.clock.now();
    const report = await app.payments.fetchStatus(id);
    if (report && !isPayable(report) && !isDead(report)) return report;
    if (report && isPayable(report)) {
      // Done or refused: the next look tells which, and a refusal may mean that it was just paid.
      await end(id);
      continue;
    }
    if (!usesPage(transaction.method)) {
      if (!report) await requireUncharged(app, transaction, askedAt);
      return report;
    }
    const [older] = await askOlder(app, id, report);
    if (older && !isPayable(older)) return older;
    if (older) {
      await end(older.gatewayTransactionId);
      continue;
    }
    const isClosed = (await closePage(app, paymentId, transaction)) !== "refused";
    killPoint("close.page-closed");
    // A page that will not close although its transaction is over, and still is at the next look, has nothing to pay
    // on.
    if (isClosed || (report && refusals > 0)) return report;
    refusals += report ? 1 : 0;
  }
  throw new GatewayUnavailable("midtrans", `the state of ${id} does not come to rest`, "unknown");
}

/**
 * A charge that the gateway does not know was never sent, or never arrived.
 *
 * @throws GatewayUnavailable while it may still arrive, and for one that the gateway knew before
 */
async function requireUncharged(app: App, transaction: TransactionRow, askedAt: Date): Promise<void> {
  const { id, method, gatewayOrderId, gatewayTransactionId } = transaction;
  const [row] = await app.db.sql<{ chargeSentAt: Date | null }>(
    "select charge_sent_at from payment_transactions where id = $1",
    [id],
  );
  const sentAt = row?.chargeSentAt ?? null;
  if (gatewayTransactionId === null && (!sentAt || askedAt >= later(sentAt, startLeaseMs(app, method)))) return;
  throw new GatewayUnavailable("midtrans", `nobody knows yet what became of ${gatewayOrderId}`, "unknown");
}

/** A page whose address never reached us is opened again first: the new one replaces it, and can be closed. */
async function closePage(
  app: App,
  paymentId: PaymentId,
  transaction: TransactionRow,
): Promise<"done" | "refused" | "none"> {
  const known = transaction.instructions["snapToken"];
  if (known) return app.payments.closePage(known);
  await finishStart(app, { transactionId: transaction.id });
  const now = await readPayment(app.db, paymentId);
  const opened = now?.transactions.find(({ id }) => id === transaction.id)?.instructions;
  const token = opened?.["snapToken"] ?? opened?.["formerSnapToken"];
  return token ? app.payments.closePage(token) : "none";
}
