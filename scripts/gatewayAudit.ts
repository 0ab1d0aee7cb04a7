import { auditGateway, type GatewayAudit, type GatewayAuditOptions } from "../domain/report/auditGateway.ts";
import type { Breach } from "../domain/report/runAudit.ts";
import { createMidtransGateway } from "../gateways/midtrans/http.ts";
import { systemClock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import type { Db } from "../platform/db.ts";

/** Transactions that the sandbox lists at once. */
const LIST_MAX = 1_000;
const LIST_TIMEOUT_MS = 30_000;

interface Listed {
  readonly order_id: string;
  readonly transaction_id: string;
  readonly transaction_status: string;
  readonly amount: number;
}

/** Every transaction that the sandbox holds, newest first; null where what is asked for them is no sandbox. */
async function readSandboxBooks(url: string): Promise<Listed[] | null> {
  const all = new Map<string, Listed>();
  for (let before = ""; ; ) {
    const response = await fetch(`${url}/sandbox/transactions?limit=${LIST_MAX}&before=${before}`, {
      signal: AbortSignal.timeout(LIST_TIMEOUT_MS),
    });
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`the sandbox's books answer ${response.status}`);
    const { transactions } = (await response.json()) as { transactions: Listed[] };
    const known = all.size;
    for (const row of transactions) all.set(row.transaction_id, row);
    if (transactions.length < LIST_MAX || all.size === known) return [...all.values()];
    before = transactions.at(-1)?.transaction_id ?? "";
  }
}

const STRANGERS = `
  select w.id from unnest($1::text[]) as w(id)
   where not exists (select from payment_transactions t where t.gateway_order_id = w.id)
     and not exists (select from money_cases c where c.kind = 'UNMATCHED' and c.subject = w.id)`;

/** What the sandbox holds under order ids that nobody here has begun, and that no case is about. */
async function findStrangers(db: Pick<Db, "sql">, books: readonly Listed[]): Promise<Breach[]> {
  const byOrder = new Map(books.map((row) => [row.order_id, row]));
  const rows = await db.sql<{ id: string }>(STRANGERS, [[...byOrder.keys()]]);
  return rows.map(({ id }) => {
    const row = byOrder.get(id);
    const detail = `${row?.transaction_status} of ${row?.amount} there, and unknown here`;
    return { invariant: "GATEWAY_KNOWN", subject: id, detail };
  });
}

/** Order ids under which there are several transactions, with all of them. */
function severalOf(books: readonly Listed[]): Map<string, string[]> {
  const groups = Map.groupBy(books, ({ order_id }) => order_id);
  return new Map(
    [...groups].flatMap(([id, rows]) =>
      rows.length > 1 ? [[id, rows.map(({ transaction_id }) => transaction_id)] as const] : [],
    ),
  );
}

/**
 * The audit's half at the gateway: every try of ours is asked about, and where the gateway is the sandbox (local
 * mode), its whole books are read as well, so that what only it knows is found too; Midtrans itself has no such list.
 * Calls are not recorded: the audit writes nothing.
 */
export async function auditAtGateway(
  config: Config,
  db: Db,
  options: Omit<GatewayAuditOptions, "alsoNamed" | "ratePerSecond"> & { readonly ratePerSecond?: number },
): Promise<GatewayAudit> {
  const payments = createMidtransGateway({
    ...config.midtrans,
    isProduction: config.mode === "production",
    timeoutMs: config.gatewayTimeoutMs,
    recordCall: async () => undefined,
  });
  let whyNot: string[] = [];
  const books =
    config.mode === "local"
      ? await readSandboxBooks(config.midtrans.coreUrl).catch((error: Error) => {
          whyNot = [`the sandbox's books cannot be read: ${error.message}`];
          return null;
        })
      : null;
  const app = { db, payments, clock: systemClock, settings: { midtransMerchantId: config.midtrans.merchantId } };
  const audit = await auditGateway(app, {
    ratePerSecond: config.midtrans.statusRatePerSecond,
    ...options,
    ...(books ? { alsoNamed: severalOf(books) } : {}),
  });
  return {
    ...audit,
    notAsked: audit.notAsked + whyNot.length,
    whyNot: [...whyNot, ...audit.whyNot],
    breaches: [...(books ? await findStrangers(db, books) : []), ...audit.breaches],
  };
}
