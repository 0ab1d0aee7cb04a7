import { createHash, createHmac } from "node:crypto";
import type { Tx } from "../../platform/db.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";

/** A token is good for this long. */
export const TOKEN_LIFE_MS = 5 * MINUTE_MS;

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

/** The token of a payment that was issued with this expiry: derived, so that a repeated answer repeats it. */
export function paymentTokenOf(app: Pick<App, "settings">, paymentId: PaymentId, expiresAt: Date): string {
  const mac = createHmac("sha256", app.settings.linkSecret).update(
    `payment-token\0${paymentId}\0${expiresAt.getTime()}`,
  );
  return `pt_${mac.digest("base64url")}`;
}

/** The row of a new token: its hash is kept, never the token. */
export function newToken(app: Pick<App, "settings">, paymentId: PaymentId, now: Date) {
  const expiresAt = later(now, TOKEN_LIFE_MS);
  const token = paymentTokenOf(app, paymentId, expiresAt);
  return { token, values: [hashOf(token), paymentId, expiresAt, now] as const };
}

/** Inserts the values of newToken. A renewal within the same millisecond is the same token. */
export const INSERT_TOKEN = `
  insert into payment_tokens (token_hash, payment_id, expires_at, created_at) values ($1, $2, $3, $4)
  on conflict (token_hash) do nothing`;

const refused = () => new Refusal("PAYMENT_TOKEN_INVALID", "This payment token is used, too old or not this payment's");

/** @throws Refusal PAYMENT_TOKEN_INVALID for a token that useToken would refuse; nothing is used up */
export async function requireToken(sql: Sql, paymentId: PaymentId, token: string, now: Date): Promise<void> {
  const good = await sql(
    "select 1 from payment_tokens where token_hash = $1 and payment_id = $2 and used_at is null and expires_at > $3",
    [hashOf(token), paymentId, now],
  );
  if (good.length === 0) throw refused();
}

/**
 * Uses a token up.
 *
 * @throws Refusal PAYMENT_TOKEN_INVALID unknown, another payment's, used already, or too old
 */
export async function useToken(tx: Tx, paymentId: PaymentId, token: string, now: Date): Promise<void> {
  const used = await tx.sql(
    `update payment_tokens set used_at = $3
      where token_hash = $1 and payment_id = $2 and used_at is null and expires_at > $3 returning token_hash`,
    [hashOf(token), paymentId, now],
  );
  if (used.length === 0) throw refused();
}

/** The token that a payment was first given, null where that was used or is too old to matter. */
export async function firstToken(app: Pick<App, "db" | "settings">, paymentId: PaymentId): Promise<string | null> {
  const [row] = await app.db.sql<{ expiresAt: Date }>(
    "select expires_at from payment_tokens where payment_id = $1 order by created_at limit 1",
    [paymentId],
  );
  return row ? paymentTokenOf(app, paymentId, row.expiresAt) : null;
}
