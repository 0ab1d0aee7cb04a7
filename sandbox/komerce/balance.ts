import type { Sandbox } from "../sandbox.ts";

const BALANCE = "courier balance";
const OPENING = "courier opening balance";
const DEPOSITS = "courier deposits";

type Books = Pick<Sandbox, "store" | "config">;

/** Rupiah on the dashboard that bookings by bank transfer are paid from (rajaongkir.md 4.1). */
export const balanceOf = ({ store, config }: Books): number =>
  store.counters.get(BALANCE)?.value ?? config.courierBalance;

/** Takes rupiah from the balance, or gives them back. */
export function addToBalance({ store, config }: Books, amount: number): void {
  if (amount === 0) return;
  const before = balanceOf({ store, config });
  if (!store.counters.get(OPENING)) store.counters.put({ name: OPENING, value: before });
  store.counters.put({ name: BALANCE, value: before + amount });
}

/** Tops the balance up, or empties it, to so many rupiah. */
export function setBalance(sandbox: Books, rupiah: number): void {
  const change = rupiah - balanceOf(sandbox);
  addToBalance(sandbox, change);
  const { store } = sandbox;
  store.counters.put({ name: DEPOSITS, value: (store.counters.get(DEPOSITS)?.value ?? 0) + change });
}

/**
 * Sums over all shipments in whole rupiah: what an audit compares with. Opening and deposits less what was charged, and
 * with what was refunded and what COD brought in, are the balance.
 */
export function courierBooks(sandbox: Books): Record<string, unknown> {
  const { store, config } = sandbox;
  const rows = store.shipments.values();
  const byStage: Record<string, number> = {};
  let [charged, refunded, cod] = [0, 0, 0];
  for (const row of rows) {
    byStage[row.stage] = (byStage[row.stage] ?? 0) + 1;
    charged += row.charged;
    refunded += row.refunded;
    cod += row.cod_income;
  }
  return {
    count: rows.length,
    by_stage: byStage,
    opening: store.counters.get(OPENING)?.value ?? config.courierBalance,
    deposits: store.counters.get(DEPOSITS)?.value ?? 0,
    charged,
    refunded,
    cod_income: cod,
    balance: balanceOf(sandbox),
  };
}
