import { expect } from "vitest";
import type { BookingShop } from "./bookingShop.ts";
import type { OrderRow } from "./shopRows.ts";

/** Pieces on the shelf of the one product. */
export const stockOf = async (shop: BookingShop): Promise<number | undefined> =>
  (await shop.rows<{ stock: number }>("select stock from products"))[0]?.stock;

/** The order and its parcel are cancelled, its goods are back on the shelf, and its money is owed back once. */
export async function expectCancelled(shop: BookingShop, order: OrderRow): Promise<void> {
  expect(await shop.statusOf(order)).toBe("CANCELLED");
  expect((await shop.shipmentOf(order)).status).toBe("CANCELLED");
  expect(await stockOf(shop)).toBe(1_000);
  expect(await shop.refunds()).toMatchObject([{ amount: order.total, cause: "CANCEL", orderId: order.orderId }]);
  const [row] = await shop.rows<{ paymentStatus: string }>(
    "select payment_status from orders where id = $1",
    order.orderId,
  );
  expect(row?.paymentStatus).toBe("REFUND_PENDING");
}
