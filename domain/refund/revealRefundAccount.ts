import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId } from "../kernel/ids.ts";
import type { RefundStatus } from "./refund.states.ts";
import { ACCOUNT_CONTEXT, type BankAccount } from "./refundAccount.rules.ts";

type Kept = Pick<BankAccount, "bankCode"> & { readonly accountSealed: string; readonly masked: string };

/**
 * The account of a refund in full, for whoever transfers the money. That he has read it is on the audit log before he
 * has; a second time is another line there.
 *
 * @throws Refusal FORBIDDEN without refund.account.read | NOT_FOUND | REFUND_ACCOUNT_MISSING; ILLEGAL_TRANSITION where
 * nothing is to be transferred there, and nothing was
 */
export async function revealRefundAccount(
  app: Pick<App, "db" | "clock" | "sealer">,
  actor: Actor,
  input: { readonly refundId: string },
): Promise<BankAccount> {
  requireRight(actor, "refund.account.read");
  const { refundId } = input;
  const kept = await inTransaction(app.db, async (tx) => {
    const [refund] = isId(refundId)
      ? await tx.sql<{ status: RefundStatus; settledBy: string | null }>(
          "select status, settled_by from refunds where id = $1",
          [refundId],
        )
      : [];
    if (!refund) throw new Refusal("NOT_FOUND", "There is no such refund");
    const { status, settledBy } = refund;
    if (status !== "MANUAL" && status !== "FAILED" && settledBy === null)
      throw new Refusal("ILLEGAL_TRANSITION", "Nothing of this refund is transferred by hand", { status });
    const [row] = await tx.sql<Kept>(
      "select bank_code, account_sealed, masked from refund_accounts where refund_id = $1",
      [refundId],
    );
    if (!row) throw new Refusal("REFUND_ACCOUNT_MISSING", "The customer has not said where it goes");
    await recordAudit(tx, app.clock.now(), actor, {
      permission: "refund.account.read",
      entity: "refund",
      entityId: refundId,
      after: { masked: row.masked },
    });
    return row;
  });
  const opened = JSON.parse(app.sealer.open(kept.accountSealed, ACCOUNT_CONTEXT)) as Omit<BankAccount, "bankCode">;
  return { bankCode: kept.bankCode, ...opened };
}
