import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chargeCard, chargeOf, DAY, HOUR, type Stand, stand } from "./support.ts";

interface Row {
  order_id: string;
  transaction_status: string;
  fraud_status?: string;
  method: string;
  amount: number;
  refunded: number;
  charged_back: number;
}

const TAKEN = ["settlement", "refund", "partial_refund", "chargeback", "partial_chargeback"];

const capturedOf = (row: Row): number => {
  const captured = row.transaction_status === "capture" && row.fraud_status !== "challenge";
  return TAKEN.includes(row.transaction_status) || captured ? row.amount : 0;
};

const sum = (rows: Row[], of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);

/** Holds every rule of the books over what the sandbox shows of each transaction. */
async function checkBooks(rig: Stand): Promise<void> {
  const rows = (await rig.call("GET", "/sandbox/transactions?limit=1000")).body.transactions as Row[];
  const books = (await rig.call("GET", "/sandbox/books")).body;
  for (const row of rows) {
    expect(row.refunded + row.charged_back).toBeLessThanOrEqual(capturedOf(row));
    expect(row.transaction_status === "refund").toBe(row.refunded > 0 && row.refunded === row.amount);
    expect(row.transaction_status === "partial_refund").toBe(row.refunded > 0 && row.refunded < row.amount);
    expect(row.transaction_status === "chargeback").toBe(row.charged_back > 0 && row.charged_back === row.amount);
  }
  expect(books).toMatchObject({
    count: rows.length,
    captured: sum(rows, capturedOf),
    refunded: sum(rows, (row) => row.refunded),
    charged_back: sum(rows, (row) => row.charged_back),
    authorized: sum(rows, (row) => (row.transaction_status === "authorize" ? row.amount : 0)),
  });
  expect(books.net).toBe(books.captured - books.refunded - books.charged_back);
  for (const parts of [books.by_method, books.by_status]) {
    for (const member of ["count", "captured", "refunded", "charged_back"]) {
      const total = Object.values(parts as Record<string, Record<string, number>>).reduce(
        (one, part) => one + (part[member] ?? 0),
        0,
      );
      expect(total).toBe(books[member]);
    }
  }
}

const amount = fc.integer({ min: 1, max: 200_000 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("refund" as const), direct: fc.boolean(), amount }) },
  fc.record({ kind: fc.constant("capture" as const), amount }),
  fc.record({ kind: fc.constant("call" as const), call: fc.constantFrom("cancel", "expire", "approve", "deny") }),
  fc.record({
    kind: fc.constant("move" as const),
    to: fc.constantFrom(
      "settlement",
      "capture",
      "refund",
      "partial_refund",
      "chargeback",
      "partial_chargeback",
      "deny",
    ),
    amount: fc.option(amount, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("time" as const), ms: fc.constantFrom(HOUR, DAY, 8 * DAY) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(rig: Stand, id: string, move: Step): Promise<void> {
  switch (move.kind) {
    case "refund": {
      const body = { amount: move.amount, reason: "rusak" };
      await rig.call("POST", `/v2/${id}/refund${move.direct ? "/online/direct" : ""}`, body);
      return;
    }
    case "capture":
      await rig.call("POST", "/v2/capture", { transaction_id: id, gross_amount: move.amount });
      return;
    case "call":
      await rig.call("POST", `/v2/${id}/${move.call}`);
      return;
    case "move": {
      const parts = { refund_amount: move.amount, chargeback_amount: move.amount };
      await rig.call("POST", `/sandbox/transactions/${id}`, { transaction_status: move.to, notify: false, ...parts });
      return;
    }
    case "time":
      await rig.pass(move.ms);
  }
}

describe("the sandbox's books", () => {
  let rig: Stand;
  let count = 0;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const openers: readonly ((orderId: string) => Promise<unknown>)[] = [
    (id) => chargeCard(rig, id, "4811111111111114"),
    (id) => chargeCard(rig, id, "4811111111111114", { type: "authorize" }),
    (id) => chargeCard(rig, id, "4511111111111117"),
    (id) => chargeOf(rig, id, { payment_type: "gopay" }),
    (id) => chargeOf(rig, id, { payment_type: "ovo", ovo: { payer_phone_number: "08120000001" } }),
    (id) => chargeOf(rig, id, { payment_type: "bank_transfer", bank_transfer: { bank: "permata" } }),
  ];

  it("never give back more than was captured, and add up by method and status, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: openers.length - 1 }),
        fc.boolean(),
        fc.array(step, { minLength: 2, maxLength: 8 }),
        async (opener, settled, steps) => {
          count += 1;
          const id = `BK-${count}`;
          await openers[opener]?.(id);
          // Most rules are about money that is there; a random way rarely leads to it.
          const there = { transaction_status: "settlement", notify: false, force: true };
          if (settled) await rig.call("POST", `/sandbox/transactions/${id}`, there);
          for (const move of steps) await take(rig, id, move);
          await checkBooks(rig);
        },
      ),
      // What went wrong stays in the books, so a shorter way to it cannot be looked for.
      { numRuns: 60, endOnFailure: true },
    );
  });

  it("count what was reserved apart from what was taken, and a captured part as the whole", async () => {
    const fresh = await stand();
    const { body } = await chargeCard(fresh, "BK-PART", "4811111111111114", { type: "authorize" });
    expect((await fresh.call("GET", "/sandbox/books")).body).toMatchObject({ captured: 0, authorized: 150_000 });
    await fresh.call("POST", "/v2/capture", { transaction_id: body.transaction_id, gross_amount: 145_000 });
    expect((await fresh.call("GET", "/sandbox/books")).body).toMatchObject({
      captured: 145_000,
      authorized: 0,
      fees: 0,
    });
    await fresh.close();
  });

  it("tell a buyer's fee within what was captured", async () => {
    const fresh = await stand();
    const fees = { enable: true, payment_fee_configs: [{ payment_type: "gopay", customer_percentage: 100 }] };
    await chargeOf(fresh, "BK-FEE", { payment_type: "gopay", customer_imposed_payment_fee: fees });
    await fresh.call("POST", "/sandbox/transactions/BK-FEE", { transaction_status: "settlement", notify: false });
    expect((await fresh.call("GET", "/sandbox/books")).body).toMatchObject({ captured: 153_000, fees: 3_000 });
    await fresh.close();
  });

  it("take a part of a chargeback as a part, until the last one makes it whole", async () => {
    const fresh = await stand();
    await chargeCard(fresh, "BK-CB", "4811111111111114");
    await fresh.pass(2 * DAY);
    const move = (body: object) => fresh.call("POST", "/sandbox/transactions/BK-CB", { notify: false, ...body });
    await move({ transaction_status: "partial_chargeback", chargeback_amount: 50_000 });
    expect((await fresh.call("GET", "/sandbox/books")).body).toMatchObject({ charged_back: 50_000, net: 100_000 });
    const tooMuch = await move({ transaction_status: "chargeback", chargeback_amount: 100_001 });
    expect(tooMuch.status).toBe(409);
    await move({ transaction_status: "chargeback" });
    expect((await fresh.call("GET", "/sandbox/books")).body).toMatchObject({ charged_back: 150_000, net: 0 });
    expect((await fresh.look("BK-CB")).transaction_status).toBe("chargeback");
    await fresh.close();
  });
});
