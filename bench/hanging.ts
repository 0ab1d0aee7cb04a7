import type { UserId } from "../domain/kernel/ids.ts";
import { type Bench, type Benchmark, type Row, rowOf } from "./harness/benchmark.ts";
import { askGraphql } from "./harness/httpClient.ts";
import { measure, planOf } from "./harness/measure.ts";
import { type Api, Breached, openShop } from "./harness/shop.ts";
import { addCatalogue, type Catalogue, CHOSEN, DESTINATION, ids, SHIPPING_COST } from "./rows/catalogue.ts";

const CUSTOMERS = 64; // more than ask at once
const AT_ONCE = [8, 32];
const METHODS = ["SNAP", "VA_BCA"] as const;
/** What a customer who checks out is promised, whatever the gateway does, while so many do at once. */
const P95_MS_MAX = 1_000;
const PROMISED_AT_ONCE = 8;
/** Of fewer, the p95 is the slowest one, and says more about the machine. */
const JUDGED_FROM = 100;
const HANGS_MS = 600_000; // above every limit of a call
const ALL_CALLS = 1_000_000; // the most that the sandbox takes

const MUTATION = `
  mutation Checkout($input: CheckoutInput!) {
    checkout(input: $input) { payment { status currentTransaction { state method } } }
  }`;

interface Answer {
  readonly checkout: {
    readonly payment: {
      readonly status: string;
      readonly currentTransaction: { readonly state: string; readonly method: string } | null;
    };
  };
}

function inputOf({ stores }: Catalogue, n: number, method: string) {
  const { goods } = stores[n % stores.length] as Catalogue["stores"][number];
  const { id, price, storeId } = goods[Math.floor(n / stores.length) % goods.length] as (typeof goods)[number];
  return {
    lines: [{ productId: id, quantity: 1 }],
    address: { recipient: "Pembeli Uji", phone: "081200000001", line: "Jl. Melati 5", destinationId: DESTINATION.id },
    shipping: [{ storeId, ...CHOSEN }],
    expectedTotal: price + SHIPPING_COST,
    method,
    idempotencyKey: ids.next<"checkoutSession">(),
  };
}

interface Setting {
  readonly bench: Bench;
  readonly api: Api;
  readonly catalogue: Catalogue;
  readonly bearers: ReadonlyMap<UserId, string>;
  next(): number;
}

async function measureHanging({ bench, api, catalogue, bearers, next }: Setting, method: string, atOnce: number) {
  bench.progress(`${method}, ${atOnce} at once`);
  const operate = async () => {
    const n = next();
    const userId = catalogue.users[n % catalogue.users.length] as UserId;
    const request = { query: MUTATION, variables: { input: inputOf(catalogue, n, method) } };
    const { payment } = (await askGraphql<Answer>(api.client, bearers.get(userId) as string, request)).checkout;
    const { state } = payment.currentTransaction ?? {};
    const isTold = payment.status === "PENDING" && (state === "STARTING" || state === "UNKNOWN");
    if (!isTold) throw new Error(`a checkout that does not say what to do: ${JSON.stringify(payment)}`);
  };
  const row = rowOf(method, atOnce, await measure(bench, { ...api, operate }, planOf(bench, atOnce)));
  const isPromised = atOnce <= PROMISED_AT_ONCE && row.operations >= JUDGED_FROM;
  if (row.p95Ms < P95_MS_MAX || !isPromised) return row;
  throw new Breached(`a checkout by ${method} takes ${row.p95Ms.toFixed(0)} ms (p95) while Midtrans hangs`);
}

async function run(bench: Bench): Promise<{ notes: string[]; rows: Row[] }> {
  const shop = await openShop(bench, "hanging");
  const sandbox = await shop.startSandbox();
  const catalogue = await addCatalogue(shop.sql, CUSTOMERS);
  const bearers = new Map<UserId, string>();
  for (const id of catalogue.users) bearers.set(id, await shop.bearerOf(id));
  const fault = { target: "midtrans.*", kind: "timeout", ms: HANGS_MS, times: ALL_CALLS };
  const set = await fetch(`${sandbox.url}/sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
  if (!set.ok) throw new Error(`the sandbox does not hang: ${set.status}`);
  let purchases = 0;
  const rows: Row[] = [];
  for (const method of METHODS) {
    for (const atOnce of AT_ONCE) {
      // A breaker that has opened would answer at once: each case begins with one that has not.
      const api = await shop.startApi();
      rows.push(await measureHanging({ bench, api, catalogue, bearers, next: () => purchases++ }, method, atOnce));
      await api.stop();
    }
  }
  await shop.audit();
  await shop.close();
  const notes = [
    "A checkout that names its method, one line of one store, while no call to Midtrans is ever answered.",
    `It is answered with a try that is being prepared, for a worker. At ${PROMISED_AT_ONCE} at once p95 is below ` +
      `${P95_MS_MAX} ms, or this fails.`,
  ];
  return { notes, rows };
}

export const hanging: Benchmark = { name: "hanging", title: "Checkout while Midtrans hangs", run };
