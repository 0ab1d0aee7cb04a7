import type { Tx } from "../../platform/db.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import type { FulfilmentHold } from "../payment/fulfilment.rules.ts";

/** A hold that a person ends is looked at so often: nobody waits longer for courses that are his. */
const LOOK_MS = 10 * MINUTE_MS;

/** Has a job look again at what holds a payment for courses: when it ends, or soon where a person must end it. */
export async function lookAgain(
  tx: Tx,
  now: Date,
  paymentId: PaymentId,
  { until }: Pick<FulfilmentHold, "until">,
): Promise<void> {
  const dueAt = until ?? later(now, LOOK_MS);
  await send(tx, now, "enrollment.held", { paymentId }, { key: `${paymentId}:${dueAt.getTime()}`, dueAt });
}
