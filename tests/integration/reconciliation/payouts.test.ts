import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listBankLines } from "../../../domain/reconciliation/bankLine.queries.ts";
import { findSettlementDifferences } from "../../../domain/reconciliation/findSettlementDifferences.ts";
import { matchBankLines } from "../../../domain/reconciliation/matchBankLines.ts";
import { resolveDiscrepancy } from "../../../domain/reconciliation/resolveDiscrepancy.ts";
import { unmatchedLines } from "../../../domain/reconciliation/unmatchedLines.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { dayIsLongEnough } from "../../support/wholeDay.ts";
import { balances, exported, imports, linesOf, openOf, type Purchase, paid, today } from "./settlementFacts.ts";

const DAY_MS = 86_400_000;

let shop: LiveShop;
let buyer: Awaited<ReturnType<LiveShop["addBuyer"]>>;
let staff: Awaited<ReturnType<LiveShop["addStaff"]>>;
let goods: Parameters<LiveShop["order"]>[0];

beforeAll(async () => {
  await dayIsLongEnough(60_000);
  shop = await openLiveShop();
  [buyer, staff] = [await shop.addBuyer(), await shop.addStaff()];
  goods = [{ ...(await shop.addProduct({ stock: 1_000 })), quantity: 1 }];
});
afterAll(async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

const buyOne = (): Promise<Purchase> => paid(shop, buyer, goods);

/** The purchase's line of the export, paid out under a reference of its own. */
async function settlementOf({ gatewayOrderId }: Purchase, payout: string, settledOn?: string): Promise<string> {
  const text = linesOf(await exported(shop, "SETTLEMENT"), [gatewayOrderId]);
  const named = text.replace(/PO-\d+-\d+$/gm, payout);
  return settledOn ? named.replace(/,\d{4}-\d{2}-\d{2},(?=\d+\.00,)/, `,${settledOn},`) : named;
}
const NET = /,(\d+)\.00,IDR,[^,]+$/;
const netOf = (text: string): number => Number(NET.exec(text)?.[1]);
const bank = (day: string, amount: number, words: string) => `Date,Amount,Description\n${day},${amount},${words}`;
const soon = (days: number): string =>
  new Date(shop.app.clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10);
const find = () =>
  inTransaction(shop.app.db, (tx) =>
    findSettlementDifferences(
      tx,
      { ids: shop.app.ids, sealer: shop.app.sealer, now: shop.app.clock.now() },
      today(shop),
    ),
  );
const kinds = async (paymentId: string | null) => (await openOf(shop, paymentId)).map(({ kind }) => kind);

describe("a payout", () => {
  test("that the bank has is money at the bank, and no longer on its way", async () => {
    const text = await settlementOf(await buyOne(), "PO-A-1");
    await imports(shop, staff, text);
    const before = await balances(shop);
    const file = await imports(shop, staff, bank(soon(1), netOf(text), "TRSF MIDTRANS po-a-1"), "BANK");
    expect(file).toMatchObject({ kind: "BANK", rows: 1 });
    const after = await balances(shop);
    expect((after["CASH"] ?? 0) - (before["CASH"] ?? 0)).toBe(netOf(text));
    expect((before["PAYOUTS"] ?? 0) - (after["PAYOUTS"] ?? 0)).toBe(netOf(text));
    expect(await kinds(null)).toEqual([]);
  });

  test("without its reference is known by its sum and day where that is one payout's alone", async () => {
    const text = await settlementOf(await paid(shop, buyer, [{ ...goods[0], quantity: 7 } as never]), "PO-A-2");
    await imports(shop, staff, text);
    await imports(shop, staff, bank(settledOnOf(text), netOf(text), "SETORAN TANPA NAMA"), "BANK");
    const [line] = await shop.app.db.sql(
      "select matched_by, payout_reference from bank_lines order by id desc limit 1",
    );
    expect(line).toEqual({ matchedBy: "amount_and_day", payoutReference: "PO-A-2" });
  });

  test("of which the bank has less differs, until the rest has come", async () => {
    const text = await settlementOf(await buyOne(), "PO-A-3");
    await imports(shop, staff, text);
    await imports(shop, staff, bank(soon(1), netOf(text) - 2_500, "PO-A-3"), "BANK");
    expect(await openOf(shop, null)).toMatchObject([{ kind: "PAYOUT", amount: 2_500 }]);
    await imports(shop, staff, bank(soon(2), 2_500, "PO-A-3 SISA"), "BANK");
    expect(await kinds(null)).toEqual([]);
  });

  test("that the bank takes back, or has twice, differs again however old it is", async () => {
    const text = await settlementOf(await buyOne(), "PO-A-5");
    await imports(shop, staff, text);
    await imports(shop, staff, bank(soon(1), netOf(text), "PO-A-5"), "BANK");
    expect(await kinds(null)).toEqual([]);
    await imports(shop, staff, bank(soon(2), netOf(text), "TRSF PO-A-5 MIDTRANS"), "BANK");
    expect(await openOf(shop, null)).toMatchObject([{ kind: "PAYOUT", amount: 0 - netOf(text) }]);
    await imports(shop, staff, bank(soon(2), 0 - netOf(text), "PO-A-5 KOREKSI"), "BANK");
    expect(await kinds(null)).toEqual([]);
    shop.advance(90 * DAY_MS);
    await imports(shop, staff, bank(soon(0), 0 - netOf(text), "PO-A-5 RETUR"), "BANK");
    expect(await openOf(shop, null)).toMatchObject([{ kind: "PAYOUT", theirs: "IDR 0", amount: netOf(text) }]);
    await imports(shop, staff, bank(soon(0), netOf(text), "PO-A-5 ULANG"), "BANK");
    expect(await kinds(null)).toEqual([]);
    shop.advance(-90 * DAY_MS);
  });

  test("that comes before its settlement file waits in suspense, and is known when the file is there", async () => {
    const text = await settlementOf(await paid(shop, buyer, [{ ...goods[0], quantity: 9 } as never]), "PO-A-4");
    const before = await balances(shop);
    await imports(shop, staff, bank(soon(1), netOf(text), "PO-A-4"), "BANK");
    expect(await kinds(null)).toEqual(["ORPHAN_MONEY"]);
    expect((await balances(shop))["SUSPENSE"]).toBe((before["SUSPENSE"] ?? 0) - netOf(text));
    await imports(shop, staff, text);
    expect(await kinds(null)).toEqual([]);
    expect((await balances(shop))["SUSPENSE"] ?? 0).toBe(before["SUSPENSE"] ?? 0);
  });

  test("that nobody knows of is told of, whichever way it went", async () => {
    await imports(shop, staff, bank(soon(1), 123_456, "SETORAN TUNAI"), "BANK");
    await imports(shop, staff, bank(soon(1), -6_500, "BIAYA ADM"), "BANK");
    expect((await kinds(null)).sort()).toEqual(["ORPHAN_MONEY", "UNMATCHED"]);
    const rows = await shop.app.db.sql("select evidence::text as evidence from discrepancies where kind = 'UNMATCHED'");
    expect(JSON.stringify(rows)).not.toContain("ADM");
    const raw = await shop.app.db.sql("select row_to_json(l)::text as row from bank_lines l where amount = -6500");
    expect(JSON.stringify(raw)).not.toContain("ADM");
    const { nodes } = await listBankLines(shop.app, staff, { first: 10, state: "UNMATCHED" });
    expect(nodes.find(({ amount }) => amount === -6_500)?.text).toContain("BIAYA ADM");
    await expect(listBankLines(shop.app, buyer, { first: 10 })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("or none, that nobody knows of, has its turn to be looked at again however many there are", async () => {
    const next = () => inTransaction(shop.app.db, (tx) => unmatchedLines(tx, "bank_lines", 1));
    const [first] = await next();
    shop.advance(1_000);
    const on = { ids: shop.app.ids, sealer: shop.app.sealer, now: shop.app.clock.now() };
    await inTransaction(shop.app.db, (tx) => matchBankLines(tx, on, [first as string]));
    const [second] = await next();
    expect(second).not.toBe(first);
    const outgoing = (await shop.app.db.sql<{ id: string }>("select id from bank_lines where amount = -6500"))[0]?.id;
    const admin = { ...staff, role: "ADMIN" as const };
    const [told] = await shop.app.db.sql<{ id: string }>("select id from discrepancies where bank_line_id = $1", [
      outgoing,
    ]);
    await resolveDiscrepancy(shop.app, admin, { id: told?.id as string, action: "DISMISS", note: "biaya" });
    const all = await inTransaction(shop.app.db, (tx) => unmatchedLines(tx, "bank_lines"));
    expect(all).not.toContain(outgoing);
    expect(all).toHaveLength(1);
  });

  const settledOnOf = (text: string): string => /,(\d{4}-\d{2}-\d{2}),(?=\d+\.00,)/.exec(text)?.[1] as string;
});

describe("money that is due", () => {
  let ofWallet: Purchase | undefined; // late as the others of its day are

  test("is late only when files reach beyond its day, and is not any more when a file has it", async () => {
    const [late, other, half] = [await buyOne(), await buyOne(), await buyOne()];
    ofWallet = await paid(shop, buyer, goods, "WALLET");
    const text = await settlementOf(late, "PO-B-1", soon(13));
    const ofHalf = await settlementOf(half, "PO-B-3", soon(11));
    const ofOther = await settlementOf(other, "PO-B-2", soon(12));
    await find();
    expect(await kinds(late.paymentId)).toEqual([]);
    shop.advance(14 * DAY_MS);
    await find();
    expect(await kinds(late.paymentId)).toEqual([]);
    await imports(shop, staff, ofOther);
    await imports(shop, staff, ofHalf.replace(",PAYMENT,", ",REFUND,"));
    await find();
    expect(await kinds(half.paymentId)).toEqual(["FEE", "LATE_SETTLEMENT", "REFUND"]);
    expect(await openOf(shop, late.paymentId)).toMatchObject([{ kind: "LATE_SETTLEMENT", theirs: null }]);
    await find();
    expect(await kinds(late.paymentId)).toEqual(["LATE_SETTLEMENT"]);
    await imports(shop, staff, text);
    expect(await kinds(late.paymentId)).toEqual([]);
    expect(await kinds(other.paymentId)).toEqual([]);
    await imports(shop, staff, ofHalf);
    expect(await kinds(half.paymentId)).not.toContain("LATE_SETTLEMENT");
  });

  test("and is late is no more than what of it did not go back meanwhile", async () => {
    const purchase = ofWallet as Purchase;
    const [late] = await openOf(shop, purchase.paymentId);
    expect(late).toMatchObject({ kind: "LATE_SETTLEMENT", theirs: null });
    const left = (late?.amount as number) - 5_000;
    await shop.gatewayMoves(purchase.gatewayOrderId, { transaction_status: "partial_refund", refund_amount: 5_000 });
    await shop.notify(purchase.gatewayOrderId);
    await shop.drain();
    await find();
    const followed = { ...late, amount: left, ours: late?.ours?.replace(/^IDR \d+/, `IDR ${left}`) };
    expect(await openOf(shop, purchase.paymentId)).toEqual([followed]);
    await find();
    expect(await openOf(shop, purchase.paymentId)).toEqual([followed]);
    await shop.gatewayMoves(purchase.gatewayOrderId, { transaction_status: "refund" });
    await shop.notify(purchase.gatewayOrderId);
    await shop.drain();
    await find();
    expect(await openOf(shop, purchase.paymentId)).toEqual([]);
  });

  test("to the gateway, for what went back, is looked for likewise", async () => {
    shop.advance(-14 * DAY_MS);
    const purchase = await paid(shop, buyer, goods, "QR");
    await imports(shop, staff, await settlementOf(purchase, "PO-C-1"));
    await shop.gatewayMoves(purchase.gatewayOrderId, { transaction_status: "partial_refund", refund_amount: 5_000 });
    await shop.notify(purchase.gatewayOrderId);
    await shop.drain();
    await find();
    expect(await kinds(purchase.paymentId)).toEqual([]);
    const lines = (await settlementOf(purchase, "PO-C-2")).split("\r\n");
    shop.advance(14 * DAY_MS);
    await find();
    expect(await openOf(shop, purchase.paymentId)).toMatchObject([{ kind: "REFUND", amount: -5_000 }]);
    await imports(shop, staff, lines.filter((line) => !line.includes(",PAYMENT,")).join("\r\n"));
    expect(await kinds(purchase.paymentId)).toEqual([]);
    shop.advance(-14 * DAY_MS);
  });

  test("to the gateway, for what a bank took back, is looked for, too", async () => {
    const purchase = await paid(shop, buyer, goods);
    const text = await settlementOf(purchase, "PO-D-1");
    await imports(shop, staff, text);
    await shop.gatewayMoves(purchase.gatewayOrderId, { transaction_status: "chargeback", force: true });
    await shop.notify(purchase.gatewayOrderId);
    await shop.drain();
    await find();
    expect(await kinds(purchase.paymentId)).toEqual([]);
    shop.advance(14 * DAY_MS);
    await find();
    const [told] = await openOf(shop, purchase.paymentId);
    expect(told).toMatchObject({ kind: "CHARGEBACK", theirs: expect.stringContaining("IDR 0, due") });
    await find();
    expect(await kinds(purchase.paymentId)).toEqual(["CHARGEBACK"]);
    const taken = text.replace(",PAYMENT,", ",CHARGEBACK,");
    const gross = 0 - (told?.amount ?? 0);
    await imports(shop, staff, taken.replace(/(,\d+\.00){4},IDR,/, `,${gross}.00,0.00,0.00,${gross}.00,IDR,`));
    expect(await kinds(purchase.paymentId)).toEqual([]);
    shop.advance(-14 * DAY_MS);
  });

  test("or was paid out before the first file and the first statement is told of by nobody", async () => {
    const [old, paidOut] = [await buyOne(), await buyOne()];
    const move = "update payment_transactions set captured_at = captured_at - interval '20 days' where payment_id = $1";
    await shop.app.db.sql(move, [old.paymentId]);
    await shop.app.db.sql("delete from settlement_due_days");
    shop.advance(14 * DAY_MS);
    await find();
    expect(await kinds(old.paymentId)).toEqual([]);
    shop.advance(-14 * DAY_MS);
    await imports(shop, staff, await settlementOf(paidOut, "PO-E-1", soon(-20)));
    await find();
    expect(await shop.app.db.sql("select from discrepancies where subject = 'payout:PO-E-1'")).toEqual([]);
  });
});
