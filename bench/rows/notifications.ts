import { signatureOf } from "../../gateways/midtrans/wire.ts";

export interface Payable {
  /** The order_id that Midtrans knows. */
  readonly gatewayOrderId: string;
  readonly gatewayTransactionId: string;
  /** Whole rupiah. */
  readonly amount: number;
}

const TIMES = {
  transaction_time: "2026-11-20 14:05:00",
  settlement_time: "2026-11-20 14:06:10",
  expiry_time: "2026-11-21 14:05:00",
};

/** A settlement as Midtrans tells it, signed with the merchant's key. */
export function signedSettlement(
  payable: Payable,
  { merchantId, signatureKey }: { merchantId: string; signatureKey: string },
): string {
  const { gatewayOrderId: order_id, gatewayTransactionId: transaction_id } = payable;
  const [status_code, gross_amount] = ["200", `${payable.amount}.00`];
  return JSON.stringify({
    ...TIMES,
    transaction_status: "settlement",
    transaction_type: "on-us",
    transaction_id,
    status_message: "midtrans payment notification",
    status_code,
    signature_key: signatureOf(order_id, status_code, gross_amount, signatureKey),
    payment_type: "qris",
    order_id,
    merchant_id: merchantId,
    issuer: "gopay",
    acquirer: "gopay",
    gross_amount,
    fraud_status: "accept",
    currency: "IDR",
    customer_details: { full_name: "Pembeli Uji", email: "pembeli@lunas.test" },
  });
}
