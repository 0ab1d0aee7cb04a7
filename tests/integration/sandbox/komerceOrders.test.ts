import { couriers } from "./couriers.ts";
import { type Stand, stand } from "./support.ts";

/** The delivery API's orders, as rajaongkir.md 4 describes them. */
describe("an order of the delivery API", () => {
  let rig: Stand;
  let api: ReturnType<typeof couriers>;
  beforeAll(async () => {
    rig = await stand();
    api = couriers(rig);
  });
  afterAll(() => rig.close());

  /** rajaongkir.md 4.1, 4.2 */
  it("is stored with 201, a number of 20 characters and no waybill, and is told back with the day first", async () => {
    const { status, body } = await api.store();
    expect([status, body.meta]).toEqual([201, { message: "Success Create New Order", code: 201, status: "success" }]);
    expect(body.data.order_no).toMatch(/^KOM\d{5}202603141000$/);
    const told = await api.detail(body.data.order_no);
    expect(told.body.data).toMatchObject({
      awb: "",
      order_status: "Diajukan",
      order_date: "14-03-2026",
      shipping: "JNE",
      notes: "ref ORD-1",
      grand_total: 220_000,
    });
    expect(told.body.data).not.toHaveProperty("shipper_email");
    expect(told.body.data.order_details).toHaveLength(1);
  });

  /** rajaongkir.md 4.2 */
  it("that is unknown is told with 400, not 404", async () => {
    expect(await api.detail("KOM0")).toMatchObject({
      status: 400,
      body: {
        meta: { message: "Get Order detail failed", code: 400, status: "error" },
        data: { errors: "Data not found" },
      },
    });
  });

  /** rajaongkir.md 8.4 */
  it("needs the delivery key in x-api-key: the cost API's header is answered 401", async () => {
    const wrong: Record<string, string>[] = [{ key: "sim-ok" }, { "x-api-key": "other" }];
    for (const headers of wrong) {
      const answer = await rig.call("GET", "/order/api/v1/orders/detail?order_no=X", undefined, headers);
      expect(answer.status).toBe(401);
    }
  });

  /** rajaongkir.md 4.3 */
  it("gets its waybill number at pickup", async () => {
    const { orderNo, awb } = await api.send();
    expect(awb).toBe(`KOMER${orderNo}`);
    expect((await api.detail(orderNo)).body.data).toMatchObject({ awb, order_status: "Dipacking" });
  });
});
