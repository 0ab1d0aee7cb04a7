import { type Answer, HOUR, type Stand } from "./support.ts";

export const KEY = { "x-api-key": "sim-ok", Authorization: "" };

/** A good order of the reference's example (rajaongkir.md 4.1), changed as the test wants. */
export const orderBody = (more: Record<string, unknown> = {}, line: Record<string, unknown> = {}) => ({
  order_date: "2026-03-14 10:00:00",
  brand_name: "Toko Contoh",
  shipper_name: "Gudang Contoh",
  shipper_phone: "6281200000001",
  shipper_destination_id: 900101,
  shipper_address: "Jl. Contoh 1",
  shipper_email: "gudang@example.test",
  origin_pin_point: "",
  receiver_name: "Budi",
  receiver_phone: "6281200012345",
  receiver_destination_id: 900113,
  receiver_address: "Jl. Contoh 2",
  destination_pin_point: "",
  shipping: "JNE",
  shipping_type: "REG23",
  payment_method: "BANK TRANSFER",
  shipping_cost: 20_000,
  shipping_cashback: 5_000,
  service_fee: 0,
  additional_cost: 0,
  grand_total: 220_000,
  cod_value: 0,
  insurance_value: 0,
  notes: "ref ORD-1",
  order_details: [
    {
      product_name: "Kaos",
      product_variant_name: "Hitam M",
      product_price: 100_000,
      product_weight: 500,
      product_width: 20,
      product_height: 3,
      product_length: 30,
      qty: 2,
      subtotal: 200_000,
      ...line,
    },
  ],
  ...more,
});

/** `YYYY-MM-DD HH:mm:ss` of the moment in Jakarta. */
const local = (ms: number): string => new Date(ms + 7 * HOUR).toISOString().slice(0, 19).replace("T", " ");

/** The delivery API as a shop calls it. */
export function couriers(rig: Stand) {
  const orders = "/order/api/v1/orders";
  const store = (more: Record<string, unknown> = {}, line: Record<string, unknown> = {}): Promise<Answer> =>
    rig.call("POST", `${orders}/store`, orderBody({ order_date: local(rig.clock.now()), ...more }, line), KEY);
  const book = async (more: Record<string, unknown> = {}, line: Record<string, unknown> = {}): Promise<string> =>
    (await store(more, line)).body.data.order_no;
  /** A pickup in two hours of the hand clock, or at another time of its first day. */
  const pickup = (orderNos: string[], more: Record<string, unknown> = {}): Promise<Answer> => {
    const at = local(rig.clock.now() + 2 * HOUR);
    const asked = { pickup_date: at.slice(0, 10), pickup_time: at.slice(11, 16), pickup_vehicle: "Motor" };
    const rows = orderNos.map((order_no) => ({ order_no }));
    return rig.call("POST", "/order/api/v1/pickup/request", { ...asked, orders: rows, ...more }, KEY);
  };
  return {
    store,
    book,
    pickup,
    /** A booking whose courier is on its way: its number, and its waybill's. */
    send: async (more: Record<string, unknown> = {}, line: Record<string, unknown> = {}) => {
      const orderNo = await book(more, line);
      const { body } = await pickup([orderNo]);
      return { orderNo, awb: String(body.data[0].awb) };
    },
    detail: (orderNo: string) => rig.call("GET", `${orders}/detail?order_no=${orderNo}`, undefined, KEY),
    cancel: (orderNo: string) => rig.call("PUT", `${orders}/cancel`, { order_no: orderNo }, KEY),
    label: (orderNo: string, page: string) =>
      rig.call("POST", `${orders}/print-label?order_no=${orderNo}&page=${page}`, undefined, KEY),
    history: (awb: string, shipping = "JNE") =>
      rig.call("GET", `${orders}/history-airway-bill?shipping=${shipping}&airway_bill=${awb}`, undefined, KEY),
    waybill: (awb: string, courier = "jne", phone = "12345", key = "sim-ok") => {
      const digits = phone === "" ? "" : `&last_phone_number=${phone}`;
      return rig.call("POST", `/api/v1/track/waybill?awb=${awb}&courier=${courier}${digits}`, undefined, { key });
    },
    move: (id: string, body: Record<string, unknown>) => rig.call("POST", `/sandbox/shipments/${id}`, body),
    look: async (id: string) => (await rig.call("GET", `/sandbox/shipments/${id}`)).body,
  };
}
