import type { Tx } from "../../platform/db.ts";
import type { PaymentId, UserId } from "../kernel/ids.ts";

/** Locks a learner: who owns what is decided by one at a time. Before payments, and never after one. */
export async function lockLearner(tx: Pick<Tx, "sql">, userId: UserId): Promise<void> {
  await tx.sql("select from users where id = $1 for no key update", [userId]);
}

/** As lockLearner, of everybody whom these payments enrol, in one order. */
export async function lockLearnersOf(tx: Tx, paymentIds: readonly PaymentId[]): Promise<void> {
  await tx.sql(
    `select from users where id in (select user_id from payments where id = any($1::uuid[]))
      order by id for no key update`,
    [paymentIds],
  );
}
