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

function sameInput<T>(row: { inputHash: string; result: T }, use: IdempotencyKey): T {
  if (row.inputHash === hashOf(use.input)) return row.result;
  throw new Refusal("IDEMPOTENCY_KEY_REUSED", "This idempotency key was used for something else");
}

/**
 * The stored answer of a key; null where it was not used.
 *
 * @throws Refusal IDEMPOTENCY_KEY_REUSED when it was used with another input
 */
export async function readAnswer<T>(sql: Sql, use: IdempotencyKey): Promise<T | null> {
  const [row] = await sql<{ inputHash: string; result: T }>(
    "select input_hash, result from idempotency_keys where user_id = $1 and operation = $2 and key = $3",
    [use.userId, use.operation, use.key],
  );
  return row ? sameInput(row, use) : null;
}

/** SQLSTATE lock_not_available: a twin with the same key is still running. */
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Takes the key in the transaction that does the act, with the answer that it will have. A twin that runs at the same
 * time waits here: it gets the first one's answer when that commits, and takes the key when that rolls back. A refusal
 * rolls the key back too, so it is not kept.
 *
 * @returns null when the key is taken now, else the answer that an earlier one had
 * @throws Refusal IDEMPOTENCY_KEY_REUSED | IN_PROGRESS (the twin does not finish within the lock timeout)
 */
export async function takeKey<T extends object>(tx: Tx, now: Date, use: IdempotencyKey, answer: T): Promise<T | null> {
  try {
    const taken = await tx.sql(
      `insert into idempotency_keys (user_id, operation, key, input_hash, result, created_at)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning key`,
      [use.userId, use.operation, use.key, hashOf(use.input), JSON.stringify(answer), now],
    );
    return taken.length === 1 ? null : await readAnswer<T>(tx.sql, use);
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new Refusal("IN_PROGRESS", "The same request is still being worked on; send it again in a moment");
  }
}
