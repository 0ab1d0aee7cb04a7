import { afterEach, describe, expect, it } from "vitest";
import { couriers } from "./couriers.ts";
import { DAY, MINUTE, type Stand, stand } from "./support.ts";

let rig: Stand;
let api: ReturnType<typeof couriers>;
const open = async (more: Parameters<typeof stand>[0] = {}) => {
  rig = await stand(more);
  api = couriers(rig);
};
afterEach(() => rig.close());

const told = (): string[] => rig.shop.received.map(({ body }) => body["status"] ?? "");
const fault = (kind: string, more: object = {}) =>
  rig.call("POST", "/sandbox/faults", { target: "komerce.webhook", kind, ...more });
const newsOf = async (orderNo: string) => (await api.look(orderNo)).notifications;

describe("news of a shipment", () => {
  /** rajaongkir.md 5: three fields, no signature, PUT. */
  it("is a PUT of three fields, without a signature or an id", async () => {
    await open();
    const { orderNo, awb } = await api.send();
    await rig.pass(0);
    const [, packed] = rig.shop.received;
    expect(packed).toMatchObject({ method: "PUT", path: "/shipments" });
    expect(packed?.body).toEqual({ order_no: orderNo, cnote: awb, status: "Dipacking" });
    expect(Object.keys(packed?.headers ?? {}).filter((name) => /sign|callback|key/i.test(name))).toEqual([]);
  });

  /** rajaongkir.md 5: other pages of the same documentation say POST. */
  it("is a POST where it is set so", async () => {
    await open({ shipmentMethod: "POST" });
    await api.book();
    await rig.pass(0);
    expect(rig.shop.received[0]?.method).toBe("POST");
  });

  /** rajaongkir.md 5: 200 or it comes again. */
  it("comes again after 1, 5 and 15 minutes while the answer is not 200, and then no more", async () => {
    await open();
    rig.shop.answers.push((res) => res.writeHead(204).end());
    const orderNo = await api.book();
    const seen: number[] = [];
    for (const wait of [0, MINUTE, 5 * MINUTE, 15 * MINUTE, DAY]) {
      await rig.pass(wait);
      seen.push(rig.shop.received.length);
    }
    expect(seen).toEqual([1, 2, 3, 4, 4]);
    expect((await newsOf(orderNo))[0]).toMatchObject({ state: "failed", next_at: null });
  });

  it("ends with the first 200", async () => {
    await open();
    rig.shop.answers.push(
      (res) => res.writeHead(500).end(),
      (res) => res.end(),
    );
    await api.book();
    await rig.pass(DAY);
    expect(rig.shop.received).toHaveLength(2);
  });

  /** rajaongkir.md 8.4: a share of it comes twice or after a later one. */
  it("comes twice, or after a later one, by chance", async () => {
    await open({ courierNoise: 0.6, random: () => 0.2 });
    await api.book();
    await rig.pass(0);
    expect(told()).toEqual(["Diajukan", "Diajukan"]);
    await rig.close();
    const chances = [0.5, 0.9];
    await open({ courierNoise: 0.6, random: () => chances.shift() ?? 0.9 });
    await api.send();
    await rig.pass(0);
    expect(told()).toEqual(["Dipacking", "Diajukan"]);
  });

  /** rajaongkir.md 5: nothing is promised about it. */
  it("is lost, doubled, held back and forged by faults", async () => {
    await open();
    await fault("none");
    await fault("duplicate", { copies: 3 });
    const orderNo = await api.book();
    await api.pickup([orderNo]);
    await rig.pass(0);
    expect(told()).toEqual(["Dipacking", "Dipacking", "Dipacking"]);
    await fault("forged");
    await api.move(orderNo, { status: "TRANSIT" });
    await rig.pass(0);
    expect(told().at(-1)).toBe("Diterima");
    expect((await api.detail(orderNo)).body.data.order_status).toBe("Dikirim");
  });

  it("that is held back comes by itself at last", async () => {
    await open();
    await fault("out_of_order");
    await api.book();
    await rig.pass(59 * MINUTE);
    expect(told()).toEqual([]);
    await rig.pass(MINUTE);
    expect(told()).toEqual(["Diajukan"]);
  });

  it("is sent by hand with any body, as often as wished, and changes nothing", async () => {
    await open();
    const { orderNo } = await api.send();
    await rig.pass(0);
    const tamper = { order_no: "KOM-OTHER", cnote: "", status: "Selesai" };
    await rig.call("POST", `/sandbox/shipments/${orderNo}/notify`, { copies: 2, tamper });
    await rig.pass(0);
    expect(rig.shop.received.slice(-2).map(({ body }) => body)).toEqual([tamper, tamper]);
    expect((await api.look(orderNo)).stage).toBe("packed");
  });

  it("that was not delivered when the sandbox ended is sent after its next start", async () => {
    await open();
    await fault("late", { ms: MINUTE });
    const orderNo = await api.book();
    await rig.restart();
    await rig.pass(MINUTE);
    expect(told()).toEqual(["Diajukan"]);
    expect((await newsOf(orderNo))[0].state).toBe("delivered");
  });
});
