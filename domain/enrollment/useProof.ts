import type { Tx } from "../../platform/db.ts";
import { invalidInput } from "../kernel/errors.ts";
import type { PaymentId, UserId } from "../kernel/ids.ts";

/**
 * Gives an uploaded proof to the payment that shows it, once: of two payments at once one gets it.
 *
 * @throws Refusal INVALID_INPUT (proofUrl), the same for another's, one that is used, and none
 */
export async function useProof(
  tx: Tx,
  now: Date,
  use: { readonly uploadId: string; readonly userId: UserId; readonly paymentId: PaymentId },
): Promise<void> {
  const { uploadId, userId, paymentId } = use;
  const taken = await tx.sql(
    `update uploads set payment_id = $3, used_at = $4
      where id = $1 and owner_id = $2 and payment_id is null returning id`,
    [uploadId, userId, paymentId, now],
  );
  if (taken.length === 0) throw invalidInput({ proofUrl: "a proof that you sent and that no payment shows yet" });
}
