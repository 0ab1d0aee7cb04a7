import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { couriers } from "./couriers.ts";
import { DAY, HOUR, MINUTE, type Stand, stand } from "./support.ts";

let rig: Stand;
let api: ReturnType<typeof couriers>;
beforeEach(async () => {
  rig = await stand();
  api = couriers(rig);
});
afterEach(() => rig.close());

const stages = async (id: string): Promise<string[]> =>
  (await api.look(id)).history.map((entry: { stage: string }) => entry.stage);

const told = (): string[] => rig.shop.received.map(({ body }) => body["status"] ?? "");

describe("a parcel's own life", () => {
  /** rajaongkir.md 3.2, 3.3 */
  it("goes from the pickup that was asked for to the receiver, and each API says so in its own words", async () => {
    const { orderNo, awb } = await api.send();
    const seen: string[][] = [];
    const look = async () => {
      const [order, line, way] = [await api.detail(orderNo), await api.history(awb), await api.waybill(awb)];
      seen.push([
        order.body.data.order_status,
        line.status === 200 ? line.body.data.last_status : line.body.meta.message,
        way.status === 200 ? way.body.data.summary.status : way.body.meta.message,
      ]);
    };
    await look();
    for (const wait of [2 * HOUR, 30 * MINUTE, 4 * HOUR, DAY, 6 * HOUR, 4 * HOUR]) {
      await rig.pass(wait);
      await look();
    }
    expect(seen).toEqual([
      ["Dipacking", "invalid cnote/airway bill", "Checking AWB not found"],
      ["Dipacking", "", "Checking AWB not found"],
      ["Dikirim", "Pickup", "MANIFESTED"],
      ["Dikirim", "Process", "ON TRANSIT"],
      ["Dikirim", "Process", "RECEIVED ON DESTINATION"],
      ["Dikirim", "Delivery", "WITH DELIVERY COURIER"],
      ["Diterima", "Delivered", "DELIVERED"],
    ]);
    expect(told()).toEqual(["Diajukan", "Dipacking", "Dijemput", "Dikirim", "Diterima"]);
  });

  /** rajaongkir.md 8.4: the first product's name asks for trouble. */
  it.each([
    ["PROBLEM", ["problem", "out_for_delivery", "delivered"], "Diterima"],
    ["RETURN", ["problem", "returning", "returned"], "Return Done"],
    ["LOST", ["transit", "lost"], "Hilang"],
    ["DAMAGED", ["arrived", "damaged"], "Rusak"],
  ])("of a product called %s ends as it says", async (product_name, tail, word) => {
    const { orderNo } = await api.send({}, { product_name });
    await rig.pass(20 * DAY);
    expect((await stages(orderNo)).slice(-tail.length)).toEqual(tail);
    expect((await api.detail(orderNo)).body.data.order_status).toBe(word);
  });

  it("runs on the sandbox's faster clock, and a pickup in two hours of the shop's is two hours of it", async () => {
    await rig.restart({ timeScale: 120 });
    const { orderNo } = await api.send();
    await rig.pass(1.25 * MINUTE);
    expect((await stages(orderNo)).at(-1)).toBe("picked_up");
  });
});

describe("a shipment moved by hand", () => {
  /** design: every status of the couriers, under their own words and the shop's. */
  it.each([
    ["PACKED", "packed", "Dipacking"],
    ["Dijemput", "picked_up", "Dikirim"],
    ["SHIPPED", "transit", "Dikirim"],
    ["ARRIVED", "arrived", "Dikirim"],
    ["OUT_FOR_DELIVERY", "out_for_delivery", "Dikirim"],
    ["UNDELIVERED", "problem", "Dikirim"],
    ["DELIVERED", "delivered", "Diterima"],
    ["Retur", "returning", "Retur"],
    ["RETURN DONE", "returned", "Return Done"],
    ["LOST", "lost", "Hilang"],
    ["RUSAK", "damaged", "Rusak"],
    ["CANCELLED", "cancelled", "Batal"],
  ])("to %s is there, whether or not a pickup was asked for", async (status, stage, word) => {
    const orderNo = await api.book();
    expect((await api.move(orderNo, { status })).body).toMatchObject({ stage, order_status: word });
    const { orderNo: sent, awb } = await api.send();
    if (stage === "packed") return;
    expect((await api.move(awb, { status })).body).toMatchObject({ order_no: sent, awb, stage });
    expect((await api.detail(sent)).body.data).toMatchObject({ awb, order_status: word });
  });

  it("over several stages has the scans that lead there, in order, and one message", async () => {
    const { orderNo, awb } = await api.send();
    await rig.pass(0);
    await api.move(awb, { status: "DELIVERED" });
    await rig.pass(0);
    const lines: { status: string; date: string }[] = (await api.history(awb)).body.data.history;
    expect(lines.map(({ status }) => status)).toEqual(["Pickup", "Process", "Process", "Delivery", "Delivered"]);
    expect(lines.map(({ date }) => date)).toEqual([...lines.map(({ date }) => date)].sort());
    expect(told()).toEqual(["Diajukan", "Dipacking", "Diterima"]);
    expect((await api.look(orderNo)).next_at).toBeNull();
  });

  it("step by step within a moment has its scans in order all the same, a minute apart", async () => {
    const { awb } = await api.send();
    for (const status of ["TRANSIT", "PROBLEM", "OUT_FOR_DELIVERY", "DELIVERED"]) await api.move(awb, { status });
    const { scans } = await api.look(awb);
    const minutes: string[] = scans.map((scan: { at: string }) => scan.at.slice(0, 16));
    expect(new Set(minutes).size).toBe(7);
    expect(minutes).toEqual(minutes.toSorted());
    expect(scans.map((scan: { stage: string }) => scan.stage).slice(-3)).toEqual([
      "problem",
      "out_for_delivery",
      "delivered",
    ]);
  });

  it("does not go back, nor on from its end, unless it is forced", async () => {
    const { awb } = await api.send();
    await api.move(awb, { status: "ARRIVED" });
    expect((await api.move(awb, { status: "TRANSIT" })).status).toBe(409);
    expect((await api.move(awb, { status: "CANCELLED" })).status).toBe(409);
    await api.move(awb, { status: "DELIVERED" });
    expect((await api.move(awb, { status: "RETURNED" })).status).toBe(409);
    expect((await api.move(awb, { status: "RETURNED", force: true })).body.stage).toBe("returned");
  });

  /** rajaongkir.md 3.4: words that nobody knows. */
  it("says what it is told to instead of its own word, in every API", async () => {
    const { orderNo, awb } = await api.send();
    await api.move(awb, { status: "TRANSIT" });
    await api.move(awb, { words: "Bongkar Muat" });
    await rig.pass(0);
    expect((await api.detail(orderNo)).body.data.order_status).toBe("Bongkar Muat");
    expect((await api.history(awb)).body.data.last_status).toBe("Bongkar Muat");
    expect((await api.waybill(awb)).body.data.summary.status).toBe("Bongkar Muat");
    expect(told().at(-1)).toBe("Bongkar Muat");
    await rig.pass(30 * DAY);
    expect((await api.detail(orderNo)).body.data.order_status).toBe("Diterima");
  });

  it("goes on with its life afterwards, or stands still where it is held", async () => {
    const [one, other] = [await api.send(), await api.send()];
    await api.move(one.awb, { status: "PROBLEM" });
    await api.move(other.awb, { status: "TRANSIT", hold: true });
    await rig.pass(30 * DAY);
    expect((await api.look(one.awb)).stage).toBe("delivered");
    expect((await api.look(other.awb)).stage).toBe("transit");
  });

  it("may be silent", async () => {
    const orderNo = await api.book();
    await api.move(orderNo, { status: "DELIVERED", notify: false });
    await rig.pass(0);
    expect(told()).toEqual(["Diajukan"]);
  });

  it("that is unknown, or to a word that is none, is refused", async () => {
    expect((await api.move("KOM0", { status: "DELIVERED" })).status).toBe(404);
    const unknown = await api.move(await api.book(), { status: "FLOWN" });
    expect([unknown.status, unknown.body.error]).toEqual([400, expect.stringContaining("DELIVERED")]);
  });

  /** rajaongkir.md 8.4: the dashboard's Simulator. */
  it("moves by the Simulator's path too", async () => {
    const { orderNo } = await api.send();
    const moved = await rig.call("POST", `/_sim/orders/${orderNo}/status`, { status: "Diterima" });
    expect([moved.status, moved.body.stage]).toEqual([200, "delivered"]);
    await rig.pass(0);
    expect(told().at(-1)).toBe("Diterima");
    expect((await rig.call("POST", "/_sim/orders/KOM0/status", { status: "Retur" })).status).toBe(404);
  });

  /** rajaongkir.md 3.3, 3.4: "Return Done" at order level is an older page's word. */
  it("whose return has reached its sender is told by the waybill alone where it is set so", async () => {
    await rig.restart({ returnDone: "waybill" });
    const { orderNo, awb } = await api.send();
    await api.move(awb, { status: "RETURNED" });
    expect((await api.detail(orderNo)).body.data.order_status).toBe("Retur");
    expect((await api.history(awb)).body.data.last_status).toBe("Retur");
    expect((await api.waybill(awb)).body.data.summary.status).toBe("RETURN DONE");
  });
});

describe("after a restart", () => {
  it("shipments, their waybills, labels and the balance are as they were", async () => {
    const { orderNo, awb } = await api.send();
    await api.move(awb, { status: "TRANSIT", hold: true });
    const { body } = await api.label(orderNo, "page_6");
    await rig.call("POST", "/sandbox/couriers", { balance: 77_000 });
    await rig.pass(0);
    const [before, books] = [await api.look(orderNo), (await rig.call("GET", "/sandbox/couriers")).body];
    await rig.restart();
    expect(await api.look(awb)).toEqual(before);
    expect((await rig.call("GET", "/sandbox/couriers")).body).toEqual(books);
    expect((await rig.call("GET", `/order${body.data.path}`)).text).toContain("%PDF");
    expect(await api.book()).not.toBe(orderNo);
  });

  it("what fell due meanwhile happens at once, each step at its own moment", async () => {
    const { orderNo } = await api.send();
    await rig.sandbox.close();
    rig.clock.fire(30 * DAY);
    await rig.restart();
    await rig.pass(0);
    const { stage, scans } = await api.look(orderNo);
    expect(stage).toBe("delivered");
    expect(scans[0].at).toBe("2026-03-14 12:30:00");
    expect(scans.at(-1).at).toBe("2026-03-16 02:30:00");
  });
});
