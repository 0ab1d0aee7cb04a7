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
