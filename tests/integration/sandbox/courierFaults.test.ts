import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import { couriers } from "./couriers.ts";
import { DAY, faultsMet, type Stand, stand } from "./support.ts";

/** Faults on the couriers' calls; rajaongkir.md 6 and 7.7 say what the real ones do. */
describe("a courier company in trouble", () => {
  let rig: Stand;
  let api: ReturnType<typeof couriers>;
  beforeEach(async () => {
    rig = await stand();
    api = couriers(rig);
  });
  afterEach(() => rig.close());

  const fault = (target: string, kind: string, more: object = {}) =>
    rig.call("POST", "/sandbox/faults", { target, kind, ...more });
  const count = async (): Promise<number> => (await rig.call("GET", "/sandbox/couriers")).body.count;

  it.each([
    ["timeout", 0],
    ["timeout_after", 1],
    ["reset", 0],
    ["reset_after", 1],
    ["half", 1],
  ])("loses the answer of a store by %s, and has made %i orders", async (kind, made) => {
    await fault("komerce.store", kind, { ms: 1_000 });
    const lost = expect(api.store()).rejects.toThrow();
    await faultsMet(rig);
    if (kind.startsWith("timeout")) await until("the order is made", async () => (await count()) === made);
    rig.clock.fire(1_000);
    await lost;
    expect(await count()).toBe(made);
  });

  it.each(["500", "429", "html", "empty"])("answers a store with %s and makes nothing", async (kind) => {
    await fault("komerce.store", kind);
    const { status, text } = await api.store();
    expect([status, text.startsWith("<"), text === ""]).toEqual([
      Number(kind) || 200,
      kind === "html",
      kind === "empty",
    ]);
    expect(await count()).toBe(0);
    expect((await api.store()).status).toBe(201);
  });

  it("meets the faults of each call alone, and those of all of them", async () => {
    const { orderNo, awb } = await api.send();
    await rig.pass(DAY);
    const calls: Record<string, () => Promise<{ status: number }>> = {
      "komerce.detail": () => api.detail(orderNo),
      "komerce.history": () => api.history(awb),
      "komerce.label": () => api.label(orderNo, "page_5"),
      "komerce.cancel": () => api.cancel(orderNo),
      "komerce.pickup": () => api.pickup([orderNo]),
      "rajaongkir.track": () => api.waybill(awb),
    };
    for (const [target, call] of Object.entries(calls)) {
      const before = (await call()).status;
      await fault(target, "503");
      expect([target, (await call()).status, (await call()).status]).toEqual([target, 503, before]);
    }
    await fault("komerce.*", "500", { times: 2 });
    expect([(await api.detail(orderNo)).status, (await api.waybill(awb)).status]).toEqual([500, 200]);
    expect([(await api.history(awb)).status, (await api.detail(orderNo)).status]).toEqual([500, 200]);
  });

  it("has too small a balance, fails a pickup inside its 201, and does not know a waybill yet", async () => {
    await fault("komerce.store", "balance");
    expect((await api.store()).body.data).toBe("Insufficent Balance");
    const orderNo = await api.book();
    await fault("komerce.pickup", "failed");
    expect((await api.pickup([orderNo])).body.data[0].status).toBe("failed");
    const { awb } = (await api.pickup([orderNo])).body.data[0];
    await rig.pass(DAY);
    await fault("komerce.history", "not_found");
    await fault("rajaongkir.track", "not_found");
    expect([(await api.history(awb)).status, (await api.waybill(awb)).status]).toEqual([400, 404]);
    expect([(await api.history(awb)).status, (await api.waybill(awb)).status]).toEqual([200, 200]);
  });

  it("refuses kinds that a call cannot meet", async () => {
    expect((await fault("komerce.detail", "balance")).status).toBe(400);
    expect((await fault("komerce.webhook", "html")).status).toBe(400);
    expect((await fault("komerce.fly", "500")).status).toBe(400);
  });
});

describe("the pages of shipments", () => {
  let rig: Stand;
  let api: ReturnType<typeof couriers>;
  beforeAll(async () => {
    rig = await stand();
    api = couriers(rig);
  });
  afterAll(() => rig.close());

  const press = (path: string, fields: Record<string, string>) =>
    fetch(`${rig.sandbox.url}${path}`, { method: "POST", redirect: "manual", body: new URLSearchParams(fields) });

  it("list a shipment with the buttons that it may have, at home and on a page of its own", async () => {
    const orderNo = await api.book();
    for (const path of ["/", "/?part=list", "/shipments", `/shipments/${orderNo}`]) {
      const { text } = await rig.call("GET", path);
      expect(text).toContain(orderNo);
      expect(text).toContain('data-testid="ship-transit"');
      expect(text).not.toContain('data-testid="ship-stored"');
    }
  });

  it("ship, deliver, lose and return by a button, and say why not where it is not possible", async () => {
    const { orderNo } = await api.send();
    for (const status of ["transit", "problem", "delivered"]) {
      const answer = await press(`/shipments/${orderNo}`, { status, from: `/shipments/${orderNo}` });
      expect([answer.status, answer.headers.get("location")]).toEqual([303, `/shipments/${orderNo}`]);
      expect((await api.look(orderNo)).stage).toBe(status);
    }
    expect((await press(`/shipments/${orderNo}`, { status: "lost", from: "/" })).status).toBe(409);
    expect((await press("/shipments/KOM0", { status: "lost", from: "/" })).status).toBe(404);
  });

  it("lead nowhere else, whatever the form says", async () => {
    const orderNo = await api.book();
    const answer = await press(`/shipments/${orderNo}`, { status: "transit", from: "//elsewhere.test" });
    expect(answer.headers.get("location")).toBe("/");
  });

  it("show the parcel's way and what the shop was told, and tell it again", async () => {
    const { orderNo, awb } = await api.send();
    await api.move(awb, { status: "DELIVERED" });
    await rig.pass(0);
    const { text } = await rig.call("GET", `/shipments/${orderNo}`);
    expect(text).toContain("Paket diterima [SURABAYA]");
    expect(text).toContain("Dipacking");
    const before = rig.shop.received.length;
    await press(`/shipments/${orderNo}/notify`, {});
    await rig.pass(0);
    expect(rig.shop.received.slice(before).map(({ body }) => body["status"])).toEqual(["Diterima"]);
  });

  it("escape what the shop sends", async () => {
    const orderNo = await api.book({ receiver_name: "<script>x</script>", notes: '"><i>' });
    const { text } = await rig.call("GET", `/shipments/${orderNo}`);
    expect(text).not.toContain("<script>x");
    expect(text).not.toContain('"><i>');
  });

  it("change the balance", async () => {
    await press("/shipments-balance", { balance: "12345" });
    expect((await rig.call("GET", "/sandbox/couriers")).body.balance).toBe(12_345);
    expect((await press("/shipments-balance", { balance: "-1" })).status).toBe(400);
  });
});
