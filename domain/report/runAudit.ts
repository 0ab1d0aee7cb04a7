import type { Db } from "../../platform/db.ts";
import { MINUTE_MS } from "../kernel/time.ts";
import type { AuditOptions } from "./invariant.rules.ts";
import { INVARIANTS } from "./invariants.queries.ts";

export interface Breach {
  readonly invariant: string;
  /** What it is about, by the name that people use. */
  readonly subject: string;
  readonly detail: string;
}

/** Time that a due job has, retries included, before the audit calls it stuck. */
export const OUTBOX_GRACE_MS = 15 * MINUTE_MS;

const BREACHES_MAX = 1_000; // of one invariant: by then its cause matters, not its next case

/**
 * Holds the database against every invariant. Each is one statement and so sees one moment: the audit may run beside
 * the living shop.
 *
 * @param options `onTime` is told how long each invariant took
 * @returns the breaches, none where all is well
 */
export async function runAudit(
  db: Pick<Db, "sql">,
  options: { readonly now: Date; readonly onTime?: (id: string, ms: number) => void } & Partial<AuditOptions>,
): Promise<Breach[]> {
  const asked: AuditOptions = { graceMs: OUTBOX_GRACE_MS, ...options };
  const breaches: Breach[] = [];
  for (const { id, sql, values } of INVARIANTS) {
    const startMs = performance.now();
    const rows = await db.sql<{ subject: string; detail: string }>(
      // Planned for all of its rows: with the limit in sight the planner would look up a million rows one by one.
      `with breaches as materialized (${sql}) select subject, detail from breaches limit ${BREACHES_MAX}`,
      values?.(asked) ?? [],
    );
    breaches.push(...rows.map(({ subject, detail }) => ({ invariant: id, subject, detail })));
    options.onTime?.(id, performance.now() - startMs);
  }
  return breaches;
}
