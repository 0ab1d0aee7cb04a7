import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { createOrderEffects } from "../../../domain/checkout/orderEffects.ts";
import { cancelBooking } from "../../../domain/fulfilment/cancelBooking.ts";
import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import type { OrderId } from "../../../domain/kernel/ids.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { readWord } from "../../../gateways/courierWords.ts";
import { type BookingShop, openBookingShop } from "../../support/bookingShop.ts";
import { expectCancelled } from "../../support/expectCancelled.ts";
import type { OrderRow } from "../../support/shopRows.ts";

let shop: BookingShop;
let order: OrderRow;
beforeEach(async () => {
  shop = await openBookingShop();
  order = await shop.paidOrder();
  await createShipment(shop.app, shop.staff, { orderId: order.orderId });
});
afterEach(async () => {
  expect(await shop.breaches()).toEqual([]);
  await shop.drop();
});

describe("a cancel without an answer", () => {
  test("is asked again while nobody answers, with a case after a while, and never guessed", async () => {
    await shop.work();
    await shop.askForCancel(order);
    shop.meets("cancelBooking", ...Array.from({ length: 11 }, () => "mute" as const));
    for (let tries = 1; tries <= 11; tries += 1) {
      await shop.work();
      expect(await shop.statusOf(order)).toBe("CANCEL_REQUESTED");
      expect(await shop.openCases()).toHaveLength(tries < 10 ? 0 : 1);
    }
    await shop.work();
    await expectCancelled(shop, order);
    expect(await shop.openCases()).toEqual([]);
  });

  test("of a booking that the company does not know is no yes: a person is told", async () => {
    await shop.work();
    await shop.work();
    shop.state.cancelKnows = false;
    await shop.askForCancel(order);
    for (let tries = 0; tries < 10; tries += 1) await shop.work();
    expect(await shop.statusOf(order)).toBe("CANCEL_REQUESTED");
    expect(await shop.openCases()).toMatchObject([{ kind: "CANCEL_UNANSWERED" }]);
  });

  test("and is refused without a reason, for a booking that is not known there, has no answer yet", async () => {
    await shop.work();
    await shop.askForCancel(order);
    const refused = { kind: "refused", news: readWord("no such order"), why: "422: no such order" } as const;
    const couriers = { ...shop.couriers, cancelBooking: async () => refused, readBooking: async () => null };
    const asked = cancelBooking({ ...shop.app, couriers }, { orderId: order.orderId as OrderId });
    await expect(asked).rejects.toThrow(GatewayUnavailable);
    expect(await shop.statusOf(order)).toBe("CANCEL_REQUESTED");
    await shop.work();
    await expectCancelled(shop, order);
  });

  test("that nobody answers ends by a person's word, once, and whoever still asks finds it over", async () => {
    await shop.work();
    await shop.work();
    shop.state.cancelKnows = false;
    await shop.askForCancel(order);
    for (let tries = 0; tries < 10; tries += 1) await shop.work();
    const app = { ...shop.app, effects: { ORDER: createOrderEffects(shop.app) } } as unknown as App;
    const [open] = await shop.rows<{ id: string }>("select id from money_cases where resolved_at is null");
    const word = { id: open?.id as string, action: "RESTOCK_REFUND", note: "their desk says that it is void" };
    await Promise.all([resolveMoneyCase(app, shop.staff, word), resolveMoneyCase(app, shop.staff, word), shop.work()]);
    await expectCancelled(shop, order);
    const [reason] = await shop.rows(
      "select reason, source from shipment_status_logs where to_status = 'CANCELLED' order by id desc limit 1",
    );
    expect(reason).toEqual({ reason: null, source: "STAFF" }); // the note is for staff, and stands in the case
    expect(await shop.rows("select from order_status_logs where reason = $1", [word.note])).toEqual([]);
    await shop.work();
    expect(await shop.openCases()).toEqual([]);
    expect(await shop.openAlerts()).toEqual([]);
  });

  test("that has its end meanwhile is not ended again by a person's word", async () => {
    await shop.work();
    await shop.askForCancel(order);
    shop.meets("cancelBooking", ...Array.from({ length: 10 }, () => "mute" as const));
    for (let tries = 0; tries < 10; tries += 1) await shop.work();
    const app = { ...shop.app, effects: { ORDER: createOrderEffects(shop.app) } } as unknown as App;
    const [open] = await shop.rows<{ id: string }>("select id from money_cases where resolved_at is null");
    await shop.rows("update orders set status = 'SHIPPED' where id = $1", order.orderId);
    const word = { id: open?.id as string, action: "RESTOCK_REFUND", note: "void" };
    await expect(resolveMoneyCase(app, shop.staff, word)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    expect(await shop.refunds()).toEqual([]);
    await shop.rows("update orders set status = 'CANCEL_REQUESTED' where id = $1", order.orderId);
  });
});
