import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { RefundId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { lockOwed } from "./lockOwed.ts";
import { canSetAccount } from "./refund.access.ts";
import { ACCOUNT_CONTEXT, maskAccount, readAccount } from "./refundAccount.rules.ts";

export interface RefundAccountInput {
  readonly bankCode: string;
  readonly accountNumber: string;
  readonly accountName: string;
}

const KEEP = `
  insert into refund_accounts (id, refund_id, bank_code, account_sealed, masked, set_by, set_at)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (refund_id) do update
     set bank_code = excluded.bank_code, account_sealed = excluded.account_sealed, masked = excluded.masked,
         set_by = excluded.set_by, set_at = excluded.set_at`;

/**
 * The customer says where a refund goes that no API can pay. Number and name are sealed; until somebody approves it,
 * another account may take its place. A second run with the same account changes nothing that anybody can see.
 *
 * @throws Refusal INVALID_INPUT | NOT_FOUND for a refund that is not the caller's; ILLEGAL_TRANSITION where people
 * do not pay it, or it is approved
 */
export async function setRefundAccount(
  app: Pick<App, "db" | "clock" | "ids" | "sealer" | "effects">,
  actor: Actor,
  input: { readonly refundId: string; readonly account: RefundAccountInput },
): Promise<RefundId> {
  requireRight(actor, "own.payments");
  const account = readAccount(input.account);
  return inTransaction(app.db, async (tx) => {
    const { refund } = await lockOwed(tx, app, input.refundId, (owner) => canSetAccount(actor, owner));
    const { id, status, approvedBy } = refund;
    if (status !== "MANUAL" && status !== "FAILED")
      throw new Refusal("ILLEGAL_TRANSITION", "This refund needs no account", { status });
    if (approvedBy !== null)
      throw new Refusal("ILLEGAL_TRANSITION", "This refund is on its way to the account that was given", { status });
    const { bankCode, accountNumber, accountName } = account;
    const sealed = app.sealer.seal(JSON.stringify({ accountNumber, accountName }), ACCOUNT_CONTEXT);
    const values = [app.ids.next<"refundAccount">(), id, bankCode, sealed, maskAccount(account)];
    await tx.sql(KEEP, [...values, actor.userId, app.clock.now()]);
    killPoint("refund.account-kept");
    return id;
  });
}
