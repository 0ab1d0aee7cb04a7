import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approveAdjustment } from "../../../domain/ledger/approveAdjustment.ts";
import { requestAdjustment } from "../../../domain/ledger/requestAdjustment.ts";
import { importFile } from "../../../domain/reconciliation/importFile.ts";
import { resolveDiscrepancy } from "../../../domain/reconciliation/resolveDiscrepancy.ts";
import { setFeeRate } from "../../../domain/reconciliation/setFeeRate.ts";
import { settledOf } from "../../../domain/reconciliation/settledOf.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { dayIsLongEnough } from "../../support/wholeDay.ts";
import { balances, exported, imports, linesOf, openOf, type Purchase, paid, today, WAYS } from "./settlementFacts.ts";

let shop: LiveShop;
let buyer: Awaited<ReturnType<LiveShop["addBuyer"]>>;
let staff: Awaited<ReturnType<LiveShop["addStaff"]>>;
let another: Awaited<ReturnType<LiveShop["addStaff"]>>;
let goods: { productId: never; storeId: never; quantity: number }[];

beforeAll(async () => {
  await dayIsLongEnough(60_000);
  shop = await openLiveShop();
  [buyer, staff, another] = [await shop.addBuyer(), await shop.addStaff(), await shop.addStaff()];
  goods = [
    { ...((await shop.addProduct({ stock: 1_000 })) as never as { productId: never; storeId: never }), quantity: 1 },
  ];
});
afterAll(async () => {
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

const buyOne = (way?: keyof typeof WAYS): Promise<Purchase> => paid(shop, buyer, goods, way);
const only = async (purchase: Purchase, query = "") =>
  linesOf(await exported(shop, "SETTLEMENT", query), [purchase.gatewayOrderId]);

describe("a settlement file that agrees with the shop", () => {
  test("is matched to the rupiah: money is on its way to the bank, its fees are spent, nothing is open", async () => {
    const before = await balances(shop);
    const purchases: Purchase[] = [];
    for (const way of Object.keys(WAYS) as (keyof typeof WAYS)[]) purchases.push(await buyOne(way));
    const ids = purchases.map(({ gatewayOrderId }) => gatewayOrderId);
    const file = await imports(shop, staff, linesOf(await exported(shop, "SETTLEMENT"), ids));
    expect(file).toMatchObject({ state: "MATCHING", rows: 4, known: 0, problems: [] });
    const [row] = await shop.app.db.sql("select state, done, matched from settlement_files where id = $1", [file.id]);
    expect(row).toEqual({ state: "DONE", done: 4, matched: 4 });
    for (const { paymentId } of purchases) expect(await openOf(shop, paymentId)).toEqual([]);
    const after = await balances(shop);
    const moved = (account: string) => (after[account] ?? 0) - (before[account] ?? 0);
    expect(moved("RECEIVABLE")).toBe(0);
    expect(moved("SUSPENSE")).toBe(0);
    expect(moved("FEES")).toBeGreaterThan(0);
    expect(moved("PAYOUTS") + moved("FEES") + moved("FEE_TAX") + moved("ROUNDING")).toBe(
      -(moved("SALES") + moved("SHIPPING") + moved("PPN_PAYABLE")),
    );
  });

  test("is imported once, and lines that another file has are counted and not kept again", async () => {
    const [one, other] = [await buyOne(), await buyOne()];
    const both = linesOf(await exported(shop, "SETTLEMENT"), [one.gatewayOrderId, other.gatewayOrderId]);
    const first = await imports(shop, staff, await only(one));
    const before = await balances(shop);
    const again = await imports(shop, staff, await only(one));
    expect(again.id).toBe(first.id);
    expect(await balances(shop)).toEqual(before);
    expect(await imports(shop, staff, both)).toMatchObject({ rows: 2, known: 1 });
    expect(await openOf(shop, one.paymentId)).toEqual([]);
    expect(await openOf(shop, other.paymentId)).toEqual([]);
  });

  test("may pay out a payment in parts: what is in suspense stays as it was", async () => {
    const purchase = await buyOne("QR");
    const before = await balances(shop);
    const [header, line = ""] = (await only(purchase)).split("\r\n");
    const sums = /,(\d+)\.00,(\d+)\.00,(\d+)\.00,(\d+)\.00,IDR,/.exec(line)?.slice(1).map(Number) as number[];
    const part = (share: readonly number[], payout: string) =>
      line.replace(/,\d+\.00,\d+\.00,\d+\.00,\d+\.00,IDR,.*/, `,${share.join(",")},IDR,${payout}`);
    const first = sums.map((sum) => Math.floor(sum / 2));
    first[3] = (first[0] as number) - (first[1] as number) - (first[2] as number);
    const second = sums.map((sum, i) => sum - (first[i] as number));
    await imports(shop, staff, [header, part(first, "PART-1"), part(second, "PART-2")].join("\r\n"));
    expect(await openOf(shop, purchase.paymentId)).toEqual([]);
    expect((await balances(shop))["SUSPENSE"] ?? 0).toBe(before["SUSPENSE"] ?? 0);
  });

  test("brings what the day's equation needs: what came and what was kept of it are the sales", async () => {
    const [sum] = await shop.app.db.sql<{ captured: number }>(
      `select sum(captured_amount) as captured from payment_transactions t
        where exists (select from settlement_lines l where l.transaction_id = t.id)`,
    );
    const settled = await inTransaction(shop.app.db, (tx) => settledOf(tx, today(shop)));
    expect(settled.length).toBeGreaterThan(3);
    expect(settled.reduce((total, row) => total + row.settled + row.fees, 0)).toBe(sum?.captured);
  });
});

describe("a settlement file with a mistake", () => {
  const cases: readonly (readonly [string, string, object[]])[] = [
    ["another amount", "amount", [{ kind: "AMOUNT", amount: -1_000 }]],
    ["another fee", "fee", [{ kind: "FEE", amount: 1_000 }]],
    ["a payment paid out twice", "duplicate", [{ kind: "DUPLICATE" }]],
    ["another currency", "currency", [{ kind: "CURRENCY", theirs: "another currency" }]],
    ["a refund that nobody here made", "refund", [{ kind: "REFUND" }]],
    ["a chargeback that we do not know of", "chargeback", [{ kind: "CHARGEBACK" }]],
  ];
  test.each(cases)("%s is told of as such", async (_what, mistake, found) => {
    const purchase = await buyOne("VA");
    await imports(shop, staff, await spoiled(purchase, mistake));
    expect(await openOf(shop, purchase.paymentId)).toMatchObject(found);
  });

  /** One line of the export, spoiled as the sandbox does: the header and the lines of this purchase alone. */
  async function spoiled({ gatewayOrderId }: Purchase, mistake: string): Promise<string> {
    const { plantMistakes, settlementCsv } = await import("../../../sandbox/midtrans/settlements.ts");
    const text = linesOf(await exported(shop, "SETTLEMENT"), [gatewayOrderId]);
    const [, line = ""] = text.split("\r\n");
    const [
      transactionId,
      orderId,
      refundKey,
      type,
      paymentType,
      at,
      settledOn,
      gross,
      fee,
      tax,
      net,
      currency,
      payout,
    ] = line.split(",") as [
      string,
      string,
      string,
      "PAYMENT",
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const sums = { gross: Number(gross), fee: Number(fee), tax: Number(tax), net: Number(net) };
    const row = { transactionId, orderId, refundKey, type, paymentType, at, settledOn, ...sums, currency, payout };
    return settlementCsv(plantMistakes([row], [mistake as never]).rows);
  }

  test("a rupiah of rounding is none: it stands in the account for it", async () => {
    const purchase = await buyOne();
    const before = await balances(shop);
    await imports(shop, staff, await spoiled(purchase, "rounding"));
    expect(await openOf(shop, purchase.paymentId)).toEqual([]);
    expect((await balances(shop))["ROUNDING"]).toBe((before["ROUNDING"] ?? 0) + 1);
  });

  test("a fee by a new contract is none once an admin has written it down", async () => {
    const purchase = await buyOne("VA");
    const rate = { paymentType: "bank_transfer", basisPoints: 0, vat: "EXCLUDED" as const, settleDays: 3 };
    const cheaper = { ...rate, fixed: 3_500, validFrom: today(shop) };
    const text = (await only(purchase)).replace(/,4000\.00,440\.00,(\d+)\.00,/, (_, net) => {
      return `,3500.00,386.00,${Number(net) + 554}.00,`;
    });
    await imports(shop, staff, text);
    expect(await openOf(shop, purchase.paymentId)).toMatchObject([{ kind: "FEE", amount: -554 }]);
    await expect(setFeeRate(shop.app, staff, cheaper)).rejects.toMatchObject({ code: "FORBIDDEN" });
    const admin = { ...staff, role: "ADMIN" as const };
    const wrong = { ...cheaper, basisPoints: -1, paymentType: "VA!" };
    await expect(setFeeRate(shop.app, admin, wrong)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await setFeeRate(shop.app, admin, cheaper);
    await setFeeRate(shop.app, admin, cheaper);
    expect(await openOf(shop, purchase.paymentId)).toEqual([]);
    // Its PPN of 385 was rounded up: that rupiah is rounding's.
    const [line] = await shop.app.db.sql(
      "select expected_fee, fee_rounding from settlement_lines where payment_id = $1",
      [purchase.paymentId],
    );
    expect(line).toEqual({ expectedFee: 3_500, feeRounding: 1 });
    await setFeeRate(shop.app, admin, { ...rate, fixed: 4_000, validFrom: today(shop) });
    expect(await openOf(shop, purchase.paymentId)).toEqual([]);
  });

  test("money of a payment that nobody here knows waits in suspense, until it is known", async () => {
    const purchase = await buyOne();
    const queue = async () => (await shop.app.db.sql("select open from reconciliation_runs"))[0];
    const closed = "insert into reconciliation_runs (day, state, started_at, finished_at) values ($1, 'OPEN', $2, $2)";
    await shop.app.db.sql(closed, [today(shop), shop.app.clock.now()]);
    const before = await balances(shop);
    const text = (await only(purchase)).replaceAll(purchase.gatewayOrderId, "QR-AT-THE-COUNTER");
    const unknown = text.split("\r\n").map((line) => line.replace(/^[0-9a-f-]{36}/, "someone-elses"));
    await imports(shop, staff, unknown.join("\r\n"));
    expect(await openOf(shop, null)).toMatchObject([{ kind: "MISSING_HERE", ours: null }]);
    const [all] = await shop.app.db.sql("select count(*) as open from discrepancies where resolved_at is null");
    expect(await queue()).toEqual(all); // the day tells of it at once
    expect((await balances(shop))["SUSPENSE"]).toBeLessThan(before["SUSPENSE"] ?? 0);
    await shop.app.db.sql(
      "update payment_transactions set gateway_transaction_id = 'someone-elses' where gateway_order_id = $1",
      [purchase.gatewayOrderId],
    );
    await imports(shop, staff, await only(await buyOne()));
    expect(await openOf(shop, null)).toEqual([]);
    expect((await balances(shop))["SUSPENSE"] ?? 0).toBe(before["SUSPENSE"] ?? 0);
  });

  test("money that two people booked by hand is not booked again when it is known, nor then by hand", async () => {
    const [first, second] = [await unknown("by-hand"), await unknown("too-late")];
    const before = await balances(shop);
    await adjust(first, async (id) => {
      await approveAdjustment(shop.app, secondAdmin(), { id });
    });
    await resolveDiscrepancy(shop.app, admin(), { id: first.discrepancyId, action: "ADJUST", note: "kasir" });
    const adjusted = await balances(shop);
    expect(adjusted["SUSPENSE"]).toBe((before["SUSPENSE"] ?? 0) + first.gross);
    await know(first.purchase, "by-hand");
    await imports(shop, staff, await only(await buyOne()));
    expect((await balances(shop))["SUSPENSE"]).toBe(adjusted["SUSPENSE"]);
    const told = (await openOf(shop, null)).map(({ ours }) => ours);
    expect(new Set(told)).toEqual(new Set([null, `${first.purchase.gatewayOrderId}, since it was adjusted`]));
    await adjust(second, async (id) => {
      await know(second.purchase, "too-late");
      await imports(shop, staff, await only(await buyOne()));
      const approval = approveAdjustment(shop.app, secondAdmin(), { id });
      await expect(approval).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION", details: { action: "HEALED" } });
    });
    expect((await balances(shop))["SUSPENSE"]).toBe((adjusted["SUSPENSE"] ?? 0) + second.gross);
    const [left] = await shop.app.db.sql<{ id: string }>("select id from discrepancies where ours like '%adjusted'");
    await resolveDiscrepancy(shop.app, admin(), { id: left?.id as string, action: "DISMISS", note: "sudah" });
    await imports(shop, staff, await only(await buyOne()));
    expect(await openOf(shop, null)).toEqual([]);
  });

  const admin = () => ({ ...staff, role: "ADMIN" as const });
  const secondAdmin = () => ({ ...another, role: "ADMIN" as const });
  const know = (purchase: Purchase, name: string) =>
    shop.app.db.sql("update payment_transactions set gateway_transaction_id = $2 where gateway_order_id = $1", [
      purchase.gatewayOrderId,
      name,
    ]);

  /** A purchase whose line nobody knows, with what is told of it. */
  async function unknown(name: string) {
    const purchase = await buyOne();
    const text = (await only(purchase)).replaceAll(purchase.gatewayOrderId, `COUNTER-${name}`);
    await imports(shop, staff, text.replace(/^[0-9a-f-]{36}/m, name));
    const [row] = await shop.app.db.sql<{ discrepancyId: string; gross: number }>(
      `select d.id as discrepancy_id, l.gross
         from discrepancies d join settlement_lines l on l.id = d.settlement_line_id
        where l.gateway_transaction_id = $1`,
      [name],
    );
    return { purchase, ...(row as { discrepancyId: string; gross: number }) };
  }

  /** Somebody asks to take it out of suspense, and then something happens. */
  async function adjust(
    { discrepancyId, gross }: { discrepancyId: string; gross: number },
    then: (id: string) => Promise<void>,
  ): Promise<void> {
    const postings = [
      { account: "SUSPENSE" as const, amount: gross },
      { account: "RECEIVABLE" as const, method: "VA_BRI", amount: 0 - gross },
    ];
    const asked = { postings, reason: "kasir", discrepancyId, idempotencyKey: discrepancyId };
    await then(await requestAdjustment(shop.app, admin(), asked));
  }

  test("of lines that cannot be read imports nothing, and names each", async () => {
    const purchase = await buyOne();
    const good = await only(purchase);
    const lines = [
      ",,,PAYMENT,qris,2026-02-31 10:00:00,2026-11-23,1.00,0.00,0.00,1.00,IDR,PO",
      "x,y,,PAYMENT,qris,,2026-11-23,abc,0,0,0,IDR,PO",
    ];
    const bad = [good, ...lines].join("\r\n");
    const input = { kind: "SETTLEMENT" as const, name: "bad.csv", bytes: Buffer.from(bad) };
    await expect(importFile(shop.app, staff, input)).rejects.toMatchObject({
      code: "UPLOAD_REFUSED",
      details: {
        count: 2,
        problems: [
          { line: 3, code: "DAY" },
          { line: 4, code: "AMOUNT" },
        ],
      },
    });
    await expect(importFile(shop.app, staff, input)).rejects.toMatchObject({ code: "UPLOAD_REFUSED" });
    const rows = await shop.app.db.sql("select state, rows from settlement_files where name = 'bad.csv'");
    expect(rows).toEqual([{ state: "REFUSED", rows: 0 }]);
    const [, line = ""] = good.split("\r\n");
    const cut = [good, line.slice(0, line.lastIndexOf(","))].join("\r\n");
    await expect(importFile(shop.app, staff, { ...input, bytes: Buffer.from(cut) })).rejects.toMatchObject({
      details: { count: 1, problems: [{ line: 3, code: "CELLS" }] },
    });
    expect(await imports(shop, staff, good)).toMatchObject({ rows: 1, known: 0 });
    await expect(importFile(shop.app, buyer, input)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
