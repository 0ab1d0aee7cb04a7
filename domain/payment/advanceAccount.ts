import type { Tx } from "../../platform/db.ts";
import { currentRequestId } from "../../platform/log.ts";
import type { UserId } from "../kernel/ids.ts";
import type { Verdict } from "../kernel/stateTable.ts";
import { nextAccountLook } from "./linkedAccount.rules.ts";
import {
  isOverAccount,
  type LinkedAccountEvent,
  type LinkedAccountState,
  linkedAccountStates,
} from "./linkedAccount.states.ts";
import type { AccountRow } from "./lockAccount.ts";

export interface AccountCause {
  readonly source: "CUSTOMER" | "MIDTRANS" | "SYSTEM";
  readonly actorId: UserId | null;
  readonly now: Date;
}

/** Appends to an account's log. */
export async function logAccount(
  tx: Tx,
  id: AccountRow["id"],
  step: { readonly from: LinkedAccountState | null; readonly to: LinkedAccountState; readonly event: string },
  cause: AccountCause,
): Promise<void> {
  await tx.sql(
    `insert into linked_account_logs (linked_account_id, from_state, to_state, event, source, actor_id, request_id, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, step.from, step.to, step.event, cause.source, cause.actorId, currentRequestId(), cause.now],
  );
}

/** What is written with a move, where it has it. */
interface AccountFacts {
  readonly gatewayAccountId?: string;
  readonly linksSealed?: string;
  readonly refusal?: string;
}

/**
 * Applies one event to a locked account by the total table. The one writer of its state; each move is logged, and what
 * a state has no use for is forgotten: links that were opened, and the token of an account that is over.
 */
export async function advanceAccount(
  tx: Tx,
  row: AccountRow,
  event: LinkedAccountEvent,
  cause: AccountCause,
  facts: AccountFacts = {},
): Promise<Verdict<LinkedAccountState>> {
  const verdict = linkedAccountStates.verdict(row.state, event);
  if (verdict.kind === "never") throw new Error(`linked account ${row.id} is ${row.state}: ${event} cannot be`);
  if (verdict.kind === "same") return verdict;
  const { next } = verdict;
  const written = await tx.sql(
    `update linked_accounts
        set state = $3, updated_at = $4, next_look_at = $5, refusal = $6, links_sealed = $7,
            gateway_account_id = coalesce($8, gateway_account_id),
            token_sealed = case when $3 in ('LINKED', 'UNLINKING') then token_sealed end,
            linked_at = case when $3 = 'LINKED' then $4 else linked_at end,
            ended_at = case when $9 then $4 end
      where id = $1 and state = $2 returning id`,
    [
      row.id,
      row.state,
      next,
      cause.now,
      nextAccountLook(next, row.createdAt, cause.now),
      facts.refusal ?? null,
      facts.linksSealed ?? null,
      facts.gatewayAccountId ?? null,
      isOverAccount(next),
    ],
  );
  if (written.length !== 1) throw new Error(`linked account ${row.id} moved without its lock`);
  await logAccount(tx, row.id, { from: row.state, to: next, event }, cause);
  return verdict;
}
