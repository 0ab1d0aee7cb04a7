import { CartEventTable, CartItemTable, CartTable } from "./catalog/cart.table.ts";
import {
  CourseTable,
  PackageCourseTable,
  PackagePriceTable,
  PackageTable,
  ProductTable,
  StockMovementTable,
  StoreTable,
} from "./catalog/catalogue.table.ts";
import { InvoiceCounterTable, InvoiceTable } from "./checkout/invoice.table.ts";
import {
  EnrollmentGrantTable,
  EnrollmentPaymentTable,
  EnrollmentTable,
  UploadTable,
} from "./enrollment/enrollment.table.ts";
import { AuditLogTable, RefreshTokenTable, UserTable } from "./identity/people.table.ts";
import { AlertTable, MoneyCaseTable } from "./kernel/alert.table.ts";
import { GatewayCallTable, IdempotencyKeyTable, OutboxMessageTable, RateLimitTable } from "./kernel/plumbing.table.ts";
import {
  LedgerAccountTable,
  LedgerAdjustmentTable,
  LedgerEntryTable,
  LedgerPostingTable,
} from "./ledger/ledger.table.ts";
import { NoticeTable } from "./notice/notice.table.ts";
import { CheckoutSessionTable, OrderItemTable, OrderStatusLogTable, OrderTable } from "./order/order.table.ts";
import { FraudBlockTable, FraudVerdictTable } from "./payment/fraud.table.ts";
import { PaymentNotificationTable } from "./payment/inbox.table.ts";
import { LinkedAccountLogTable, LinkedAccountTable } from "./payment/linkedAccount.table.ts";
import { PaymentLogTable, PaymentTable, PaymentTokenTable, PaymentTransactionTable } from "./payment/payment.table.ts";
import {
  SavedCardTable,
  SubscriptionChargeTable,
  SubscriptionLogTable,
  SubscriptionTable,
} from "./payment/subscription.table.ts";
import {
  DiscrepancyTable,
  ReconciliationItemTable,
  ReconciliationMethodTable,
  ReconciliationRunTable,
} from "./reconciliation/reconciliation.table.ts";
import {
  BankHolidayTable,
  BankLineTable,
  FeeRateTable,
  SettlementDueDayTable,
  SettlementFileTable,
  SettlementLineTable,
  SettlementPayoutTable,
} from "./reconciliation/settlement.table.ts";
import {
  CreditNoteCounterTable,
  CreditNoteTable,
  RefundAccountTable,
  RefundAttemptTable,
  RefundItemTable,
  RefundTable,
} from "./refund/refund.table.ts";
import { ReviewTable } from "./review/review.table.ts";
import {
  ShipmentEventTable,
  ShipmentLabelTable,
  ShipmentStatusLogTable,
  ShipmentTable,
} from "./shipping/shipment.table.ts";
import {
  CourierQuotaTable,
  DestinationSearchTable,
  DestinationTable,
  ShippingQuoteTable,
} from "./shipping/shipping.table.ts";

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
  CartEventTable,
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
  LedgerAccountTable,
  LedgerEntryTable,
  LedgerPostingTable,
  LedgerAdjustmentTable,
  PaymentTable,
  PaymentTransactionTable,
  PaymentTokenTable,
  PaymentLogTable,
  PaymentNotificationTable,
  FraudVerdictTable,
  FraudBlockTable,
  SavedCardTable,
  LinkedAccountTable,
  LinkedAccountLogTable,
  SubscriptionTable,
  SubscriptionChargeTable,
  SubscriptionLogTable,
  EnrollmentPaymentTable,
  EnrollmentTable,
  EnrollmentGrantTable,
  UploadTable,
  ShipmentTable,
  ShipmentEventTable,
  ShipmentStatusLogTable,
  ShipmentLabelTable,
  RefundTable,
  RefundAttemptTable,
  RefundItemTable,
  RefundAccountTable,
  CreditNoteTable,
  CreditNoteCounterTable,
  InvoiceTable,
  InvoiceCounterTable,
  ReviewTable,
  FeeRateTable,
  BankHolidayTable,
  SettlementFileTable,
  SettlementPayoutTable,
  SettlementDueDayTable,
  SettlementLineTable,
  BankLineTable,
  ReconciliationRunTable,
  ReconciliationItemTable,
  ReconciliationMethodTable,
  DiscrepancyTable,
];
