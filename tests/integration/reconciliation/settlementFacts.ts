import type { Actor } from "../../../domain/kernel/actor.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { dayInJakarta } from "../../../domain/kernel/time.ts";
import { importFile } from "../../../domain/reconciliation/importFile.ts";
import { matchSettlements } from "../../../domain/reconciliation/matchSettlements.ts";
import type { FileKind, SettlementFile } from "../../../domain/reconciliation/settlement.queries.ts";
import type { LiveShop } from "../../support/liveShop.ts";

type Person = Actor & { userId: UserId };

export interface Purchase {
  readonly paymentId: string;
  readonly gatewayOrderId: string;
}

/** How a purchase is paid: the shop's word and the gateway's. */
export const WAYS = {
  VA: { method: "VA_BRI", move: {} },
  QR: { method: "QRIS", move: {} },
  WALLET: { method: "GOPAY", move: {} },
  COUNTER: { method: "ALFAMART", move: {} },
} as const;

/** Buys something and pays it, as the gateway tells. */
export async function paid(
  shop: LiveShop,
  buyer: Person,
  goods: Parameters<LiveShop["order"]>[0],
  way: keyof typeof WAYS = "VA",
): Promise<Purchase> {
  const { paymentId, gatewayOrderId } = await shop.buy(buyer, shop.order(goods, { method: WAYS[way].method }));
  await shop.drain();
  const [row] = await shop.app.db.sql<{ id: string }>(
    "select gateway_order_id as id from payment_transactions where payment_id = $1",
    [paymentId],
  );
  const id = gatewayOrderId ?? (row?.id as string);
  await shop.gatewayMoves(id, { transaction_status: "settlement" });
  await shop.notify(id);
  await shop.drain();
  return { paymentId, gatewayOrderId: id };
}

/** What the sandbox exports of a day: a settlement file, or the bank's. */
export async function exported(shop: LiveShop, kind: FileKind, query = "", day = today(shop)): Promise<string> {
  const path = kind === "BANK" ? "bank" : "settlements";
  const response = await fetch(`${shop.sandbox.url}/sandbox/${path}/${day}.csv${query}`);
  if (!response.ok) throw new Error(await response.text());
  return response.text();
}

export const today = (shop: LiveShop): string => dayInJakarta(shop.app.clock.now());

/** The lines of an export that are about some orders, below its header. */
export function linesOf(csv: string, orderIds: readonly string[]): string {
  const [header, ...lines] = csv.trim().split("\r\n");
  return [header, ...lines.filter((line) => orderIds.some((id) => line.includes(id)))].join("\r\n");
}

/** Imports a file and matches all of it. */
export async function imports(
  shop: LiveShop,
  staff: Person,
  text: string,
  kind: FileKind = "SETTLEMENT",
): Promise<SettlementFile> {
  const file = await importFile(shop.app, staff, { kind, name: "test.csv", bytes: Buffer.from(text) });
  while ((await matchSettlements(shop.app)) > 0);
  return file;
}

export interface Found {
  readonly kind: string;
  readonly ours: string | null;
  readonly theirs: string | null;
  readonly amount: number;
}

/** What is open about a payment, or about nothing of ours. */
export const openOf = (shop: LiveShop, paymentId: string | null): Promise<Found[]> =>
  shop.app.db.sql<Found>(
    `select kind, ours, theirs, amount from discrepancies
      where payment_id is not distinct from $1::uuid and resolved_at is null order by kind, subject`,
    [paymentId],
  );

/** Balances of the ledger's accounts. */
export async function balances(shop: LiveShop): Promise<Record<string, number>> {
  const rows = await shop.app.db.sql<{ account: string; sum: number }>(
    "select account, sum(amount) as sum from ledger_postings group by account",
  );
  return Object.fromEntries(rows.map(({ account, sum }) => [account, sum]));
}
