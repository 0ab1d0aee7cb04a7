import { AlertTable, MoneyCaseTable } from "./kernel/alert.table.ts";
import { CartTable, CartItemTable } from "./catalog/cart.table.ts";
import { CheckoutSessionTable, OrderTable, OrderItemTable, OrderStatusLogTable } from "./order/order.table.ts";
import { DestinationTable, DestinationSearchTable, ShippingQuoteTable, CourierQuotaTable } from "./shipping/shipping.table.ts";
import { IdempotencyKeyTable, OutboxMessageTable, GatewayCallTable, RateLimitTable } from "./kernel/plumbing.table.ts";
import { InvoiceTable, InvoiceCounterTable } from "./checkout/invoice.table.ts";
import { NoticeTable } from "./notice/notice.table.ts";
import { PaymentNotificationTable } from "./payment/inbox.table.ts";
import { PaymentTable, PaymentTransactionTable, PaymentTokenTable, PaymentLogTable } from "./payment/payment.table.ts";
import { RefundTable } from "./refund/refund.table.ts";
import { StoreTable, ProductTable, StockMovementTable, CourseTable, PackageTable, PackagePriceTable, PackageCourseTable } from "./catalog/catalogue.table.ts";
import { UserTable, RefreshTokenTable, AuditLogTable } from "./identity/people.table.ts";

/** Every table of the shop, for the ORM and for the test that holds them against the migrations. */
export const tables = [
  UserTable,
  RefreshTokenTable,
  AuditLogTable,
  StoreTable,
  ProductTable,
  StockMovementTable,
  CourseTable,
  PackageTable,
  PackagePriceTable,
  PackageCourseTable,
  CartTable,
  CartItemTable,
  IdempotencyKeyTable,
  OutboxMessageTable,
  GatewayCallTable,
  RateLimitTable,
  NoticeTable,
  AlertTable,
  MoneyCaseTable,
  DestinationTable,
  DestinationSearchTable,
  ShippingQuoteTable,
  CourierQuotaTable,
  CheckoutSessionTable,
  OrderTable,
  OrderItemTable,
  OrderStatusLogTable,
  PaymentTable,
  PaymentTransactionTable,
  PaymentTokenTable,
  PaymentLogTable,
  PaymentNotificationTable,
  RefundTable,
  InvoiceTable,
  InvoiceCounterTable,
];
