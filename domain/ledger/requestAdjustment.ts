import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, readAnswer, requireKey, takeKey } from "../kernel/idempotency.ts";
import { type AdjustmentId, isId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { type AdjustmentInput, type AskedPosting, readPostings, readReason } from "./adjustment.rules.ts";

interface Asked {
  readonly postings: readonly AskedPosting[];
  readonly discrepancyId: string | null;
}

/** @throws Refusal INVALID_INPUT where a store, or the discrepancy, is none */
async function requireKnown(tx: Tx, { postings, discrepancyId }: Asked): Promise<void> {
  const storeIds = [...new Set(postings.flatMap(({ storeId }) => storeId ?? []))];
  const stores = await tx.sql("select id from stores where id = any($1::uuid[])", [storeIds]);
  if (stores.length !== storeIds.length) throw invalidInput({ "input.postings": "stores that are there" });
  if (discrepancyId === null) return;
  const found = await tx.sql("select from discrepancies where id = $1", [discrepancyId]);
  if (found.length === 0) throw invalidInput({ "input.discrepancyId": "a discrepancy that is there" });
}

/**
 * An admin asks for an entry that puts the books right. Nothing is booked before another admin approves it. The same
 * key and input give the same adjustment.
 *
 * @throws Refusal FORBIDDEN; INVALID_INPUT for lines that do not balance, a store or a discrepancy that is none, or no
 * reason; IDEMPOTENCY_KEY_REUSED | IN_PROGRESS
 */
export async function requestAdjustment(
  app: Pick<App, "db" | "clock" | "ids">,
  actor: Actor,
  input: AdjustmentInput,
): Promise<AdjustmentId> {
  requireRight(actor, "adjustment.request");
  const { userId } = actor;
  if (!userId) throw new Refusal("FORBIDDEN", "Only people put the books right");
  const { idempotencyKey: key, discrepancyId = null } = input;
  requireKey(key);
  const [reason, postings] = [readReason(input.reason), readPostings(input)];
  if (discrepancyId !== null && !isId(discrepancyId))
    throw invalidInput({ "input.discrepancyId": "the id of a discrepancy" });
  const asked = { postings, reason, discrepancyId };
  const use: IdempotencyKey = { userId, operation: "requestAdjustment", key, input: asked };
  return inTransaction(app.db, async (tx) => {
    const earlier = await readAnswer<{ id: AdjustmentId }>(tx.sql, use);
    if (earlier) return earlier.id;
    await requireKnown(tx, asked);
    const [id, now] = [app.ids.next<"adjustment">(), app.clock.now()];
    const twin = await takeKey(tx, now, use, { id });
    if (twin) return twin.id;
    await tx.sql(
      `insert into ledger_adjustments (id, postings, reason, discrepancy_id, requested_by, requested_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [id, JSON.stringify(postings), reason, discrepancyId, userId, now],
    );
    killPoint("adjustment.requested");
    await recordAudit(tx, now, actor, {
      permission: "adjustment.request",
      entity: "adjustment",
      entityId: id,
      after: asked,
      reason,
    });
    return id;
  });
}
