import { afterAll, beforeAll, expect, test } from "vitest";
import { creditNotesOf, readCreditNote } from "../../../domain/checkout/creditNote.queries.ts";
import { issueCreditNote } from "../../../domain/checkout/issueCreditNote.ts";
import { creditNoteContent, renderCreditNote } from "../../../domain/checkout/renderCreditNote.ts";
import type { RefundId, StoreId } from "../../../domain/kernel/ids.ts";
import { sweepRefunds } from "../../../domain/refund/sendRefund.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { count, happens, type Order, type Person } from "../payment/facts.ts";
import { addAdmin, approved, settle } from "./byHandFacts.ts";
import { owe, paidBy } from "./refundFacts.ts";

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(async () => {
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

const notesOf = (order: Order) =>
  shop.app.db.sql<{ id: string; refundId: RefundId; number: string; amount: number; tax: number; sequence: number }>(
    `select c.id, c.refund_id, c.number, c.amount, c.tax, c.sequence
       from credit_notes c join refunds r on r.id = c.refund_id where r.payment_id = $1 order by c.sequence`,
    [order.paymentId],
  );
const invoiceOf = (order: Order) =>
  shop.one<{ number: string; total: number; tax: number }>(
    `select v.number, (v.snapshot->'totals'->>'total')::bigint as total, (v.snapshot->'totals'->>'tax')::bigint as tax
       from invoices v join orders o on o.id = v.order_id where o.session_id = $1`,
    order.sessionId,
  );

test("refunds of an order in parts have notes that together are its invoice, PPN to the rupiah", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  const { total, tax, number } = await invoiceOf(order);
  for (const amount of [7_777, 13_331, total - 21_108]) {
    await owe(shop, order, amount);
    await shop.drain();
  }
  const notes = await notesOf(order);
  expect(notes.map(({ amount }) => amount)).toEqual([7_777, 13_331, total - 21_108]);
  expect(notes.reduce((sum, note) => sum + note.tax, 0)).toBe(tax);
  expect(notes.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  const snapshot = await readCreditNote(shop.app.db, notes[1]?.id ?? "");
  expect(snapshot).toMatchObject({ invoice: { number, total }, before: 7_777, left: total - 21_108, way: "GoPay" });
  if (!snapshot) throw new Error("no note");
  expect(JSON.stringify(creditNoteContent(snapshot))).toContain("NOTA KREDIT");
  expect((await renderCreditNote(snapshot)).subarray(0, 5).toString("latin1")).toBe("%PDF-");
});

test("twenty refunds at once and each handled twice have one note each, without a gap or a repetition", async () => {
  const first = await paidBy(shop, buyer, "gopay");
  const store = await shop.one<{ storeId: StoreId }>(
    "select store_id from orders where session_id = $1",
    first.sessionId,
  );
  for (let n = 0; n < 20; n++) await owe(shop, first, 1_000 + n);
  await shop.drain();
  const ids = (await notesOf(first)).map(({ refundId }) => refundId);
  await inTransaction(shop.app.db, async (tx) => {
    // As if no note had been made yet: past the triggers, with what is booked of them.
    await tx.sql("set local session_replication_role = replica");
    const ofNotes = "credit_note_id in (select id from credit_notes where store_id = $1)";
    const booked = `select id from ledger_entries where ${ofNotes}`;
    await tx.sql(`delete from ledger_postings where entry_id in (${booked})`, [store.storeId]);
    await tx.sql(`delete from ledger_entries where ${ofNotes}`, [store.storeId]);
    await tx.sql("delete from credit_notes where store_id = $1", [store.storeId]);
  });
  await shop.app.db.sql("delete from credit_note_counters where store_id = $1", [store.storeId]);
  await Promise.all([...ids, ...ids].map((refundId) => issueCreditNote(shop.app, { refundId })));
  const notes = await notesOf(first);
  expect(notes.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  expect(new Set(notes.map(({ refundId }) => refundId))).toEqual(new Set(ids));
});

test("a number that was taken in a transaction that failed is taken by the next one", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await owe(shop, order, 1_000);
  await shop.drain();
  const refundId = await owe(shop, order, 2_000);
  await sweepRefunds(shop.app);
  const broken = { ...shop.app, ids: { next: () => "no id" as never } };
  await expect(issueCreditNote(broken, { refundId })).rejects.toThrow();
  expect(await creditNotesOf(shop.app.db, [refundId])).toEqual([]);
  await shop.drain();
  expect((await notesOf(order)).map(({ sequence }) => sequence)).toEqual([1, 2]);
});

test("a transfer by hand says to which account, masked, and by which reference", async () => {
  const [approver, settler] = [await addAdmin(shop), await addAdmin(shop)];
  const { order, id } = await approved(shop, buyer, approver, 10_000);
  await settle(shop, settler, id, "TRX-77");
  await shop.drain();
  const [note] = await notesOf(order);
  expect(await readCreditNote(shop.app.db, note?.id ?? "")).toMatchObject({
    way: "Transfer bank ke BCA ••••••7890 P••• U•••, referensi TRX-77",
  });
  expect(await count(shop, "notices where event = $1 and template = 'refundTransferred'", `refund.done:${id}`)).toBe(1);
  const { body } = await shop.one<{ body: string }>(
    "select body_text as body from notices where event = $1",
    `refund.done:${id}`,
  );
  expect(body).toContain("TRX-77");
  expect(body).not.toContain("1234567890");
});

test("a refund at the gateway that nobody here asked for has a note where it is of one order", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 15_000 });
  expect(await notesOf(order)).toMatchObject([{ amount: 15_000 }]);
});

test("money for an order that was never paid has no invoice, and no note", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "gopay", new: true });
  await shop.notify(order.gatewayOrderId);
  await shop.drain();
  await shop.drain();
  expect(await notesOf(order)).toEqual([]);
});
