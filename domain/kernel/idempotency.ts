import { hash } from "node:crypto";
import type { Tx } from "../../platform/db.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import { invalidInput, Refusal } from "./errors.ts";
import type { UserId } from "./ids.ts";

/** Names one act of a user: the same key with the same input has the same answer, however often it is sent. */
export interface IdempotencyKey {
  readonly userId: UserId;
  readonly operation: string;
  readonly key: string;
  /** Everything but the key that makes the act what it is. */
  readonly input: object;
}

const KEY = /^[\x21-\x7e]{8,64}$/;

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, canonical(inner)]),
  );
}

const hashOf = (input: object): string => hash("sha256", JSON.stringify(canonical(input)));

/** @throws Refusal INVALID_INPUT for a key that is not 8 to 64 visible characters */
export function requireKey(key: string): void {
  if (!KEY.test(key)) throw invalidInput({ idempotencyKey: "8 to 64 visible ASCII characters" });
}

/** What a refusal leaves under its key (keepRefusal). */
interface Refused {
  readonly refused: Pick<Refusal, "code" | "message" | "details">;
}

interface Row<T> {
  readonly inputHash: string;
  readonly result: T | Refused;
}

const isRefused = (result: unknown): result is Refused =>
  typeof result === "object" && result !== null && "refused" in result;

async function findRow<T>(sql: Sql, use: IdempotencyKey): Promise<Row<T> | null> {
  const [row] = await sql<Row<T>>(
    "select input_hash, result from idempotency_keys where user_id = $1 and operation = $2 and key = $3",
    [use.userId, use.operation, use.key],
  );
  return row ?? null;
}

/** @throws Refusal IDEMPOTENCY_KEY_REUSED for a row of another input */
function answerOf<T>(row: { readonly inputHash: string; readonly result: T }, use: IdempotencyKey): T {
  if (row.inputHash === hashOf(use.input)) return row.result;
  throw new Refusal("IDEMPOTENCY_KEY_REUSED", "This idempotency key was used for something else");
}

/**
 * The stored answer of a key; null where it was not used, or what it was used for was refused.
 *
 * @throws Refusal IDEMPOTENCY_KEY_REUSED when it was used with another input
 */
export async function readAnswer<T>(sql: Sql, use: IdempotencyKey): Promise<T | null> {
  const row = await findRow<T>(sql, use);
  if (!row || isRefused(row.result)) return null;
  return answerOf({ ...row, result: row.result }, use);
}

/** SQLSTATE lock_not_available: a twin with the same key is still running. */
const LOCK_NOT_AVAILABLE = "55P03";

const INSERT = `
  insert into idempotency_keys (user_id, operation, key, input_hash, result, created_at)
  values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning key`;

// Only from a refusal that is nothing to this request: of another input, or told before it began.
const TAKE_OVER = `
  update idempotency_keys set input_hash = $4, result = $5, created_at = $6
   where user_id = $1 and operation = $2 and key = $3
     and result ? 'refused' and (created_at <= $7 or input_hash <> $4)
  returning key`;

/** False where somebody else's row stays. @throws Refusal IN_PROGRESS */
async function write(sql: Sql, use: IdempotencyKey, result: string, now: Date, began: Date): Promise<boolean> {
  const { userId, operation, key, input } = use;
  const values = [userId, operation, key, hashOf(input), result, now];
  try {
    const inserted = await sql(INSERT, values);
    return inserted.length === 1 || (await sql(TAKE_OVER, [...values, began])).length === 1;
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new Refusal("IN_PROGRESS", "The same request is still being worked on; send it again in a moment");
  }
}

/**
 * Takes the key in the transaction that does the act, with the answer that it will have. A twin that runs at the same
 * time waits here: it gets the first one's answer when that commits, and takes the key when that rolls back, as a
 * refusal does.
 *
 * @param began when this request came: what was refused since then stays refused (keepRefusal)
 * @returns null when the key is taken now, else the answer that an earlier one had
 * @throws Refusal IDEMPOTENCY_KEY_REUSED | IN_PROGRESS (the twin does not finish within the lock timeout), or what a
 * twin was refused with
 */
export async function takeKey<T extends object>(
  tx: Tx,
  now: Date,
  use: IdempotencyKey,
  answer: T,
  began = now,
): Promise<T | null> {
  if (await write(tx.sql, use, JSON.stringify(answer), now, began)) return null;
  const row = await findRow<T>(tx.sql, use);
  if (!row) return null;
  if (!isRefused(row.result)) return answerOf({ ...row, result: row.result }, use);
  const { code, message, details } = row.result.refused;
  throw new Refusal(code, message, details);
}

/** Details may repeat what was sent, and no jsonb takes a NUL or half of a character. */
const storable = (_: string, value: unknown): unknown =>
  typeof value === "string" ? value.replaceAll("\u0000", "").toWellFormed() : value;

/** They say something of the key, or of an input that no twin of it can be without, and nothing of the act. */
const NOT_KEPT: ReadonlySet<string> = new Set(["IN_PROGRESS", "IDEMPOTENCY_KEY_REUSED", "INVALID_INPUT"]);

/**
 * Keeps that an act was refused, before anybody is told so: a twin that came before and is late must not do it after
 * all. Who sends the key again afterwards begins anew. Called after the act was rolled back; a second run changes
 * nothing.
 *
 * @param began as takeKey's
 * @returns the answer of a twin that has done the act meanwhile; null where none has
 * @throws Refusal IN_PROGRESS where a twin is still at it, IDEMPOTENCY_KEY_REUSED
 */
export async function keepRefusal<T>(
  sql: Sql,
  now: Date,
  use: IdempotencyKey,
  { code, message, details }: Refusal,
  began: Date,
): Promise<T | null> {
  if (NOT_KEPT.has(code)) return null;
  const refused = JSON.stringify({ refused: { code, message, details } }, storable);
  if (await write(sql, use, refused, now, began)) return null;
  return readAnswer<T>(sql, use);
}
