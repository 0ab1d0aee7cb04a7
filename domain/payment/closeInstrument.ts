import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import { finishStart } from "./finishStart.ts";
import { readPayment, type TransactionRow } from "./lockPayment.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import type { PaymentId } from "../kernel/ids.ts";

/** A race with the customer's own click is decided by the gateway within this many looks. */
const LOOKS_MAX = 4;

/** Statuses at which nothing can be closed any more: what the report says is the truth to apply. */
const isOver = (report: PaymentReport): boolean => report.status !== "pending" && report.status !== "authorize";

/**
 * Makes sure at the gateway that a live try cannot be paid any more, or learns that it was paid. No transaction is open
 * and nothing of ours changes.
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
  for (let look = 1; look <= LOOKS_MAX; look++) {
    const report = await app.payments.fetchStatus(id);
    // A refusal inside a hosted page leaves the page usable: it is closed as one on which nothing was chosen.
    const isPageOpen = report === null || (transaction.method === "SNAP" && report.status === "deny");
    if (report && isOver(report) && !isPageOpen) return report;
    if (report && !isPageOpen) {
      await (how === "CANCEL" ? app.payments.cancel(id) : app.payments.expire(id));
      continue; // done or refused: the next look tells which, and a refusal may mean that it was just paid
    }
    if ((await closePage(app, paymentId, transaction)) !== "refused") return report;
  }
  throw new GatewayUnavailable("midtrans", `the state of ${id} does not come to rest`, "unknown");
}

/** A page whose address never reached us is opened again first: the new one replaces it, and can be closed. */
async function closePage(app: App, paymentId: PaymentId, transaction: TransactionRow): Promise<"done" | "refused" | "none"> {
  const known = transaction.instructions["snapToken"];
  if (known) return app.payments.closePage(known);
  await finishStart(app, { transactionId: transaction.id });
  const now = await readPayment(app.db, paymentId);
  const token = now?.transactions.find(({ id }) => id === transaction.id)?.instructions["snapToken"];
  return token ? app.payments.closePage(token) : "none";
}
