import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { normalizePhone } from "../identity/account.rules.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, invalidInput, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, readAnswer, requireKey, takeKey } from "../kernel/idempotency.ts";
import type { LinkedAccountId, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, SECOND_MS } from "../kernel/time.ts";
import type { AccountLink, LinkRefusal } from "./accountGateway.ts";
import { advanceAccount, logAccount } from "./advanceAccount.ts";
import { maskPhone, WALLET } from "./linkedAccount.rules.ts";
import { ACCOUNT_LINKS_CONTEXT, lockAccount } from "./lockAccount.ts";

export interface LinkGopayInput {
  /** Of the wallet; left out: the caller's own. */
  readonly phone?: string | null;
  readonly idempotencyKey: string;
}

/** Accounts of one customer that are linked or to be linked: nobody has more wallets. */
const OPEN_MAX = 5;
/** Beyond one call to the gateway: then its answer is lost, and the row is ended. */
const ANSWER_WITHIN_MS = 35 * SECOND_MS;

/** SQLSTATE unique_violation. */
const UNIQUE_VIOLATION = "23505";

async function phoneOf(app: App, userId: UserId, input: LinkGopayInput): Promise<string> {
  const own = "select phone from users where id = $1";
  const text = input.phone ?? (await app.db.sql<{ phone: string | null }>(own, [userId]))[0]?.phone;
  const phone = text ? normalizePhone(text) : null;
  if (phone) return phone;
  throw invalidInput({ phone: `the number of the ${WALLET} account, such as 0812-3456-7890` });
}

/** Writes that a link is asked for. @returns the id that the same key had before, null where it had none */
async function write(app: App, userId: UserId, id: LinkedAccountId, phone: string, use: IdempotencyKey) {
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const earlier = await takeKey(tx, now, use, { linkedAccountId: id });
    if (earlier) return earlier.linkedAccountId;
    // Of two at once the second one counts the first. The key's own row has locked the user's for its being there.
    await tx.sql("select from users where id = $1 for no key update", [userId]);
    const [open] = await tx.sql<{ n: number }>(
      `select count(*)::int as n from linked_accounts
        where user_id = $1 and state in ('LINKING', 'PENDING', 'LINKED', 'UNLINKING')`,
      [userId],
    );
    if ((open?.n ?? 0) >= OPEN_MAX) {
      throw new Refusal("CONFLICT", "Too many accounts are linked or wait for it; unlink one first", { max: OPEN_MAX });
    }
    await tx.sql(
      `insert into linked_accounts (id, user_id, state, masked_phone, next_look_at, created_at, updated_at)
       values ($1, $2, 'LINKING', $3, $4, $5, $5)`,
      [
        id,
        userId,
        maskPhone(phone),
        later(now, Math.max(ANSWER_WITHIN_MS, 2 * (app.settings.gatewayTimeoutMs ?? 0))),
        now,
      ],
    );
    const cause = { source: "CUSTOMER", actorId: userId, now } as const;
    await logAccount(tx, id, { from: null, to: "LINKING", event: "asked" }, cause);
    return null;
  });
}

/** Keeps what the gateway said: where the customer agrees, or why he cannot. */
async function record(app: App, id: LinkedAccountId, answer: AccountLink | LinkRefusal): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const row = await lockAccount(tx, id);
    const cause = { source: "MIDTRANS", actorId: null, now: app.clock.now() } as const;
    if (typeof answer === "string") {
      await advanceAccount(tx, row, "refused", cause, { refusal: answer });
      return;
    }
    const { accountId, linkUrl, deeplinkUrl } = answer;
    const linksSealed = app.sealer.seal(JSON.stringify({ linkUrl, deeplinkUrl }), ACCOUNT_LINKS_CONTEXT);
    await advanceAccount(tx, row, "answered", cause, { gatewayAccountId: accountId, linksSealed });
  });
}

/** Asks the gateway and keeps its answer. One that is lost gave the link to nobody: another one may be asked for. */
async function ask(app: App, id: LinkedAccountId, phone: string): Promise<void> {
  try {
    const answer = await app.accounts.link({ phone, returnUrl: `${app.settings.publicUrl}/account/saved` });
    killPoint("link.answered");
    await record(app, id, answer).catch((error: unknown) => {
      // Whoever had this account first proved that the wallet is his. Nobody else gets it by knowing its number.
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      return record(app, id, "ALREADY_LINKED");
    });
  } catch (error) {
    if (!(error instanceof GatewayUnavailable)) throw error;
    app.log.warn({ err: error, linkedAccountId: id }, "no link was given");
    await inTransaction(app.db, async (tx) => {
      const cause = { source: "SYSTEM", actorId: null, now: app.clock.now() } as const;
      await advanceAccount(tx, await lockAccount(tx, id), "noAnswer", cause);
    });
  }
}

/**
 * Asks for a link of the caller's GoPay account: he agrees at GoPay, and until then nothing can be charged. A gateway
 * that does not answer leaves it EXPIRED, for its link was given to nobody; another key asks again. The same key gives
 * the same account, and asks the gateway once.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | INVALID_INPUT | CONFLICT (too many are open) | IDEMPOTENCY_KEY_REUSED |
 * IN_PROGRESS
 */
export async function linkGopay(app: App, actor: Actor, input: LinkGopayInput): Promise<LinkedAccountId> {
  requireRight(actor, "own.payments");
  const { userId } = actor;
  if (!userId) throw new Refusal("FORBIDDEN", "Only people link accounts");
  requireKey(input.idempotencyKey);
  const { idempotencyKey: key, ...rest } = input;
  const use: IdempotencyKey = { userId, operation: "linkGopay", key, input: rest };
  const before = await readAnswer<{ linkedAccountId: LinkedAccountId }>(app.db.sql, use);
  if (before) return before.linkedAccountId;
  const phone = await phoneOf(app, userId, input);
  const id = app.ids.next<"linkedAccount">();
  const earlier = await write(app, userId, id, phone, use);
  if (earlier) return earlier;
  killPoint("link.asked-for");
  await ask(app, id, phone);
  killPoint("link.stored");
  return id;
}
