import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { confirmReceipt } from "../../../domain/fulfilment/confirmReceipt.ts";
import { trackShipments } from "../../../domain/fulfilment/trackShipments.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { noticeShipment } from "../../../domain/notice/noticeShipment.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { openParcelShop, type ParcelShop, type Shipped } from "../../support/parcels.ts";
import { addCustomer } from "../../support/shopRows.ts";

let shop: ParcelShop;
let customer: Actor;
let staff: Actor;
beforeEach(async () => {
  shop = await openParcelShop();
  customer = { role: "CUSTOMER", userId: shop.userId as UserId };
  staff = { role: "STAFF", userId: (await addCustomer(shop.db, "Staf")) as UserId };
});
afterEach(async () => {
  await shop?.drop();
});

async function told(words: string, parcel?: Shipped): Promise<Shipped> {
  const one = parcel ?? (await shop.ship());
  one.parcel.words = words;
  await shop.due(one);
  await trackShipments(shop.app);
  return one;
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "OK",
    (error: { code?: string }) => error.code ?? "bug",
  );

describe("a customer confirms the receipt", () => {
  test("once, and again without effect; what the courier says later changes nothing more", async () => {
    const parcel = await told("Dikirim");
    const { orderId } = parcel.order;
    await Promise.all([1, 2, 3].map(() => confirmReceipt(shop.app, customer, orderId)));
    expect((await shop.steps(parcel)).slice(1)).toEqual([{ to: "COMPLETED", source: "CUSTOMER", words: null }]);
    await told("Diterima", parcel);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED" });
    expect(await confirmReceipt(shop.app, customer, orderId)).toBe(orderId);
    expect(await shop.steps(parcel)).toHaveLength(2);
    expect(await shop.breaches()).toEqual([]);
  });

  test.each([
    ["Dipacking", "ILLEGAL_TRANSITION"],
    ["Dikirim", "OK"],
    ["Diterima", "OK"],
    ["RETURN DONE", "ILLEGAL_TRANSITION"],
    ["Batal", "ILLEGAL_TRANSITION"],
  ])("of a parcel that is %s: %s", async (words, code) => {
    const { order } = await told(words);
    expect(await codeOf(confirmReceipt(shop.app, customer, order.orderId))).toBe(code);
  });

  test("of nothing that is another's, archived or no order, whoever asks", async () => {
    const parcel = await told("Dikirim");
    const { orderId } = parcel.order;
    const other: Actor = { role: "CUSTOMER", userId: (await addCustomer(shop.db, "Lain")) as UserId };
    const asked = [
      confirmReceipt(shop.app, other, orderId),
      confirmReceipt(shop.app, staff, orderId),
      confirmReceipt(shop.app, customer, "no-id"),
    ];
    expect(await Promise.all(asked.map(codeOf))).toEqual(["NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]);
    await shop.rows("update orders set is_archived = true where id = $1", orderId);
    expect(await codeOf(confirmReceipt(shop.app, customer, orderId))).toBe("NOT_FOUND");
    expect(await codeOf(confirmReceipt(shop.app, { role: "ANONYMOUS", userId: null }, orderId))).toBe(
      "UNAUTHENTICATED",
    );
    expect(await shop.stateOf(parcel)).toMatchObject({ order: "SHIPPED" });
  });

  test("while the courier's word arrives: one step, and no news is lost", async () => {
    const parcels = [];
    for (let i = 0; i < 8; i += 1) parcels.push(await told("Dikirim"));
    for (const parcel of parcels) {
      parcel.parcel.words = "Diterima";
      await shop.due(parcel);
    }
    await Promise.all([
      trackShipments(shop.app),
      trackShipments(shop.app),
      ...parcels.map(({ order }) => confirmReceipt(shop.app, customer, order.orderId)),
    ]);
    for (const parcel of parcels) {
      expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED" });
      expect(await shop.steps(parcel)).toHaveLength(2);
    }
    expect(await shop.breaches()).toEqual([]);
  });

  test("and a return that comes after it is for a person", async () => {
    const parcel = await told("Dikirim");
    await confirmReceipt(shop.app, customer, parcel.order.orderId);
    await told("RETURN DONE", parcel);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "RETURNED", order: "COMPLETED" });
    expect(await shop.rows("select kind from money_cases")).toEqual([{ kind: "RETURNED" }]);
  });
});

describe("staff decides about a parcel that came back or is lost", () => {
  const decide = async (action: string) => {
    const [found] = await shop.rows<{ id: string }>("select id from money_cases where resolved_at is null");
    return codeOf(resolveMoneyCase(shop.app, staff, { id: found?.id ?? "", action, note: "Sudah diperiksa" }));
  };
  const stock = async () => (await shop.rows<{ stock: number }>("select stock from products"))[0]?.stock;
  const owed = () => shop.rows("select amount, cause, status from refunds");

  test.each([
    ["RETURN DONE", "RESTOCK_REFUND", 1000, true],
    ["RETURN DONE", "RESTOCK", 1000, false],
    ["RETURN DONE", "REFUND_ORDER", 998, true],
    ["RETURN DONE", "DISMISS", 998, false],
    ["Hilang", "REFUND_ORDER", 998, true],
    ["Rusak", "DISMISS", 998, false],
  ])("%s, %s: %d pieces on the shelf, money owed: %s", async (words, action, pieces, isOwed) => {
    const parcel = await told(words);
    expect(await decide(action)).toBe("OK");
    expect(await stock()).toBe(pieces);
    expect(await owed()).toEqual(isOwed ? [{ amount: parcel.order.total, cause: "STAFF", status: "PENDING" }] : []);
    // The courier goes on saying so: what was decided is decided.
    await told(words, parcel);
    expect(await shop.rows("select 1 from money_cases where resolved_at is null")).toEqual([]);
    expect(await shop.breaches()).toEqual([]);
  });

  test("money that is on its way back already is not owed twice", async () => {
    await told("Hilang");
    await decide("REFUND_ORDER");
    await shop.rows("update money_cases set resolved_at = null, action = null, resolution = null");
    expect(await decide("REFUND_ORDER")).toBe("ILLEGAL_TRANSITION");
    expect(await owed()).toHaveLength(1);
  });
});

test("a customer's mails name courier and waybill, and each is written once", async () => {
  const { shipmentId, order, parcel } = await told("Dikirim");
  for (const event of ["shipped", "problem", "delivered", "returned", "cancelRefused"] as const) {
    await noticeShipment(shop.app, { shipmentId, event });
    await noticeShipment(shop.app, { shipmentId, event });
  }
  const mails = await shop.rows<{ subject: string; body: string }>("select subject, body_text as body from notices");
  expect(mails).toHaveLength(5);
  for (const { subject, body } of mails) {
    expect(subject).toContain(order.orderNumber);
    expect(body).toContain("JNE Reguler");
    expect(body).toContain(parcel.airwayBill);
    expect(body).toContain(`https://toko.test/orders/${order.orderId}`);
  }
});
