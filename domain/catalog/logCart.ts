import type { Tx } from "../../platform/db.ts";
import type { Id } from "../kernel/ids.ts";

export type CartEvent = "STARTED" | "ABANDONED" | "REMINDED" | "RECOVERED";

/** Counts what became of some carts, in the transaction in which it did. */
export async function logCart(tx: Tx, now: Date, kind: CartEvent, cartIds: readonly Id<"cart">[]): Promise<void> {
  if (cartIds.length === 0) return;
  await tx.sql("insert into cart_events (cart_id, kind, at) select id, $2, $3 from unnest($1::uuid[]) as id", [
    cartIds,
    kind,
    now,
  ]);
}
