import type { BookingRequest, CourierGateway } from "../../domain/shipping/courierGateway.ts";
import { createKomerceGateway } from "../../gateways/komerce/http.ts";
import type { GatewayCall } from "../../gateways/recordCall.ts";
import { type Behaviour, envelope } from "./fakeCourier.ts";

export const DELIVERY_KEY = "a-very-secret-delivery-key";
export const BOOKING = "KOM00001202610010900";
export const OTHER_BOOKING = "KOM00002202610010900";
export const AWB = "KOMERKOM00001202610010900";

export const answer = (status: number, message: string, data: unknown = null): Behaviour => ({
  status,
  body: envelope(status, message, data),
});

/** Waits for silence as long as a busy machine needs to send a request, and for anything else until it is there. */
export const impatientOf = (behaviour: Behaviour): { timeoutMs: number } => ({
  timeoutMs: behaviour === "hang" ? 300 : 5_000,
});

/** A gateway with breakers of its own that waits hardly at all between tries, and the calls that it recorded. */
export function komerceAt(
  url: string,
  options: { timeoutMs?: number; breakMs?: number } = {},
): { gateway: CourierGateway; calls: GatewayCall[] } {
  const calls: GatewayCall[] = [];
  const gateway = createKomerceGateway({
    url,
    key: DELIVERY_KEY,
    timeoutMs: 5_000,
    random: () => 0,
    recordCall: async (call) => void calls.push(call),
    ...options,
  });
  return { gateway, calls };
}

export const parcel = { originId: 900101, destinationId: 900113, weightGrams: 1_200, itemValue: 200_000 };
export const booking: BookingRequest = {
  orderNumber: "LNO-20261001-7F3K9Q",
  // Half past midnight in Jakarta is still yesterday in UTC.
  at: new Date("2026-09-30T17:30:00Z"),
  brand: "Toko Contoh",
  sender: {
    name: "Gudang Contoh",
    phone: "0812-0000-0001",
    address: "Jl. Contoh 1\nGambir",
    email: "gudang@example.test",
    destinationId: 900101,
  },
  recipient: { name: "Budi", phone: "+62 812-0000-0002", address: "Jl. Contoh 2", email: null, destinationId: 900113 },
  rate: { shipping: "JNE", shippingType: "REG23", kind: "regular", cost: 20_000, cashback: 5_000, etd: null },
  items: [{ name: "Kaos", price: 100_000, weightGrams: 500, lengthCm: 30, widthCm: 20.2, heightCm: 0.5, quantity: 2 }],
};

const rateRow = (shipping_name: string, service_name: string, shipping_cost: number, shipping_cashback: number) => ({
  shipping_name,
  service_name,
  weight: 1.2,
  is_cod: true,
  shipping_cost,
  shipping_cashback,
  etd: "2-3 day",
});
export const rates = answer(200, "Success Calculate Shipping", {
  calculate_reguler: [rateRow("JNE", "REG23", 20_000, 5_000), rateRow("FREE", "X", 0, 0)],
  calculate_cargo: [{ ...rateRow("JNE", "JTR23", 5_500, 137.5), etd: "-" }],
  calculate_instant: [rateRow("GOSEND", "Instant", 25_000, 0)],
});
export const stored = answer(201, "Success Create New Order", { order_id: 10_001, order_no: BOOKING });

export const detail = (change: Record<string, unknown>) =>
  answer(200, "Success get order detail", {
    order_no: BOOKING,
    awb: "",
    order_status: "Diajukan",
    notes: booking.orderNumber,
    ...change,
  });
