import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import { isId, type LinkedAccountId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { advanceAccount } from "./advanceAccount.ts";
import { lockAccount } from "./lockAccount.ts";
import { lookAtAccount } from "./lookAtAccount.ts";

/**
 * Unlinks an account of the caller's: its token is gone here at once, and it is ended at the gateway. While that is
 * away it is UNLINKING, and a worker goes on. Unlinking what is over already changes nothing.
 *
 * @throws Refusal NOT_FOUND | CONFLICT (subscriptions: their numbers) while one is charged to it: that is cancelled
 * first
 */
export async function unlinkGopay(app: App, actor: Actor, input: { id: string }): Promise<LinkedAccountId> {
  requireRight(actor, "own.payments");
  const isAsked = await inTransaction(app.db, async (tx) => {
    const [mine] = isId(input.id)
      ? await tx.sql<{ id: LinkedAccountId }>(
          "select id from linked_accounts where id = $1 and user_id = $2 for update",
          [input.id, actor.userId],
        )
      : [];
    if (!mine) throw new Refusal("NOT_FOUND", "There is no such account");
    const row = await lockAccount(tx, mine.id);
    const used = await tx.sql<{ number: string }>(
      `select number from subscriptions
        where linked_account_id = $1 and state not in ('SUSPENDED', 'CANCELLED', 'REFUSED') order by number`,
      [row.id],
    );
    if (used.length > 0) {
      throw new Refusal("CONFLICT", "A subscription is charged to this account; cancel that first", {
        subscriptions: used.map(({ number }) => number),
      });
    }
    const cause = { source: "CUSTOMER", actorId: actor.userId, now: app.clock.now() } as const;
    const { kind } = await advanceAccount(tx, row, "unlinkAsked", cause);
    await tx.sql("update linked_accounts set token_sealed = null where id = $1", [row.id]);
    return kind === "moved";
  });
  const id = input.id as LinkedAccountId;
  if (!isAsked) return id;
  killPoint("unlink.asked-for");
  await lookAtAccount(app, { accountId: id }).catch((error: unknown) => {
    if (!(error instanceof GatewayUnavailable)) throw error;
    app.log.warn({ err: error, linkedAccountId: id }, "an unlinking goes on in the worker");
  });
  return id;
}
