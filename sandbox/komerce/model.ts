import type { Notification } from "../model.ts";

/** Where a parcel is, in the sandbox's own words; words.ts has those that each API writes for them. */
export type Stage =
  | "stored"
  | "packed"
  | "collected"
  | "picked_up"
  | "transit"
  | "arrived"
  | "out_for_delivery"
  | "problem"
  | "delivered"
  | "returning"
  | "returned"
  | "lost"
  | "damaged"
  | "cancelled";

/** How a parcel's life goes when nobody interferes. */
export type Outcome = "delivered" | "problem" | "returned" | "lost" | "damaged";

export type PaymentMethod = "COD" | "BANK TRANSFER";

/** One scan as the history tells it. Moments in simulated ms on the shipment's line. */
export interface Scan {
  at: number;
  stage: Stage;
  code: string;
  description: string;
  city: string;
}

export interface OrderLine {
  product_name: string;
  product_variant_name: string;
  product_price: number;
  product_weight: number;
  product_width: number;
  product_height: number;
  product_length: number;
  qty: number;
  subtotal: number;
}

/** What `store` takes (rajaongkir.md 4.1). Money in whole rupiah, weights in grams, sides in cm. */
export interface StoredOrder {
  order_date: string;
  brand_name: string;
  shipper_name: string;
  shipper_phone: string;
  shipper_destination_id: number;
  shipper_address: string;
  shipper_email: string;
  origin_pin_point: string;
  receiver_name: string;
  receiver_phone: string;
  receiver_destination_id: number;
  receiver_address: string;
  receiver_email: string;
  destination_pin_point: string;
  shipping: string;
  shipping_type: string;
  payment_method: PaymentMethod;
  shipping_cost: number;
  shipping_cashback: number;
  service_fee: number;
  additional_cost: number;
  grand_total: number;
  cod_value: number;
  insurance_value: number;
  notes: string;
  commodity_code: string;
  order_details: OrderLine[];
}

/** An order of the delivery API with its parcel. */
export interface Shipment {
  order_no: string;
  order_id: number;
  /** Real ms; the simulated line begins here. */
  born: number;
  request: StoredOrder;
  /** Empty until a pickup is arranged (4.3). */
  awb: string;
  stage: Stage;
  /** A courier's word that stands in place of the stage's own, by control alone. */
  words: string | null;
  outcome: Outcome;
  pickup: { at: number; vehicle: string } | null;
  /** What is to come, the next first, and the simulated moment of the next. */
  plan: Stage[];
  next_at: number | null;
  scans: Scan[];
  /** Of the dashboard's balance, in whole rupiah. */
  charged: number;
  refunded: number;
  /** What a COD parcel brought in. */
  cod_income: number;
  history: { at: number; stage: Stage; by: string }[];
}

/** A waybill that was never booked here but that the courier "knows" by its ending (8.4). */
export interface ForeignWaybill {
  awb: string;
  /** Real ms of the first question. */
  born: number;
  /** How often it was asked for. */
  looks: number;
}

/** A label that was printed; its PDF is made anew from the orders. */
export interface LabelFile {
  name: string;
  order_nos: string[];
  page: string;
}

/** News of a shipment to the shop: `order_id` is the order_no. */
export interface CourierNews extends Notification {
  method: "PUT" | "POST";
}
