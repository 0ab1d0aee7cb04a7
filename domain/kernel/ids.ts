declare const idBrand: unique symbol;

/** A UUIDv7 of one kind of thing: an order's id cannot be passed as a payment's. */
export type Id<Kind extends string> = string & { readonly [idBrand]: Kind };

export type UserId = Id<"user">;
export type StoreId = Id<"store">;
export type ProductId = Id<"product">;
export type CourseId = Id<"course">;
export type PackageId = Id<"package">;
export type SessionId = Id<"checkoutSession">;
export type OrderId = Id<"order">;
export type OrderItemId = Id<"orderItem">;
export type PaymentId = Id<"payment">;
export type TransactionId = Id<"paymentTransaction">;
export type NotificationId = Id<"notification">;
export type RefundId = Id<"refund">;
export type InvoiceId = Id<"invoice">;
export type SubscriptionId = Id<"subscription">;
export type ShipmentId = Id<"shipment">;
export type SavedCardId = Id<"savedCard">;
export type EnrollmentId = Id<"enrollment">;
export type LinkedAccountId = Id<"linkedAccount">;
export type ReviewId = Id<"review">;
export type AdjustmentId = Id<"adjustment">;

/** Where new ids come from. */
export interface Ids {
  next<Kind extends string>(): Id<Kind>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for text that PostgreSQL takes as a uuid; anything else names nothing of ours. */
export const isId = (text: string): boolean => UUID.test(text);

/**
 * UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits, so that rows of one time lie together in an index.
 *
 * @param nowMs milliseconds since 1970
 * @param random 10 random bytes
 */
export function uuidv7(nowMs: number, random: Uint8Array): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
