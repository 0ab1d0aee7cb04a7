import "reflect-metadata";
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from "graphql";
import { buildSchemaSync, type NonEmptyArray } from "type-graphql";
import { AccountResolver } from "./account.graphql.ts";
import { AlertResolver } from "./alert.graphql.ts";
import { BackupResolver } from "./backup.graphql.ts";
import { BookingResolver } from "./booking.graphql.ts";
import { CancelPreviewResolver, MoneyBackResolver } from "./cancel.graphql.ts";
import { CartItemResolver, CartResolver } from "./cart.graphql.ts";
import { CatalogResolver, PackageResolver } from "./catalog.graphql.ts";
import { CheckoutResolver } from "./checkout.graphql.ts";
import { CreditNoteResolver, RefundCreditNoteResolver } from "./creditNote.graphql.ts";
import { EnrollmentResolver, PaymentEnrollmentResolver } from "./enrollment.graphql.ts";
import { FraudBlockResolver, FraudVerdictResolver } from "./fraud.graphql.ts";
import { GatewayCallResolver } from "./gatewayCall.graphql.ts";
import { GatewaySetupResolver } from "./gatewaySetup.graphql.ts";
import { guardOperations } from "./guard.ts";
import { IdentityResolver, UserContactResolver } from "./identity.graphql.ts";
import { InvoiceResolver } from "./invoice.graphql.ts";
import { EnrollmentGrantResolver, LearningDeskResolver } from "./learningDesk.graphql.ts";
import {
  LedgerAdjustmentResolver,
  LedgerBalancePartResolver,
  LedgerPostingResolver,
  LedgerResolver,
} from "./ledger.graphql.ts";
import { LinkedAccountResolver } from "./linkedAccount.graphql.ts";
import { MoneyCaseResolver } from "./moneyCase.graphql.ts";
import { NoticeResolver } from "./notice.graphql.ts";
import { NotificationResolver } from "./notification.graphql.ts";
import { OrderItemResolver, OrderResolver, PaymentOrdersResolver } from "./order.graphql.ts";
import { PaymentResolver, PaymentTransactionResolver } from "./payment.graphql.ts";
import { PaymentLogResolver } from "./paymentLog.graphql.ts";
import { PaymentMethodResolver } from "./paymentMethod.graphql.ts";
import { DiscrepancyResolver, ReconciliationRunResolver } from "./reconciliation.graphql.ts";
import { OrderRefundsResolver, PaymentRefundsResolver, RefundResolver } from "./refund.graphql.ts";
import { RefundPaymentResolver } from "./refundPayment.graphql.ts";
import { OrderItemReviewResolver, ProductReviewsResolver, ReviewResolver } from "./review.graphql.ts";
import { SettlementFileResolver } from "./settlement.graphql.ts";
import { OrderShipmentResolver, ShipmentResolver } from "./shipment.graphql.ts";
import { ShippingResolver } from "./shipping.graphql.ts";
import { ShippingCostResolver, StatementResolver } from "./statement.graphql.ts";
import { SavedCardResolver, SubscriptionResolver } from "./subscription.graphql.ts";
import { TransferAccountResolver } from "./transferAccount.graphql.ts";

/** The resolver classes of all features. */
const resolvers: NonEmptyArray<new () => object> = [
  IdentityResolver,
  UserContactResolver,
  AccountResolver,
  CatalogResolver,
  PackageResolver,
  CartResolver,
  CartItemResolver,
  ShippingResolver,
  InvoiceResolver,
  AlertResolver,
  BackupResolver,
  NoticeResolver,
  CheckoutResolver,
  OrderResolver,
  OrderItemResolver,
  ReviewResolver,
  ProductReviewsResolver,
  OrderItemReviewResolver,
  CancelPreviewResolver,
  MoneyBackResolver,
  BookingResolver,
  ShipmentResolver,
  OrderShipmentResolver,
  PaymentResolver,
  PaymentTransactionResolver,
  PaymentMethodResolver,
  PaymentLogResolver,
  PaymentOrdersResolver,
  LedgerResolver,
  LedgerPostingResolver,
  LedgerBalancePartResolver,
  LedgerAdjustmentResolver,
  RefundResolver,
  RefundPaymentResolver,
  CreditNoteResolver,
  RefundCreditNoteResolver,
  OrderRefundsResolver,
  PaymentRefundsResolver,
  NotificationResolver,
  MoneyCaseResolver,
  ReconciliationRunResolver,
  DiscrepancyResolver,
  GatewayCallResolver,
  GatewaySetupResolver,
  FraudVerdictResolver,
  FraudBlockResolver,
  SavedCardResolver,
  LinkedAccountResolver,
  SubscriptionResolver,
  EnrollmentResolver,
  LearningDeskResolver,
  EnrollmentGrantResolver,
  PaymentEnrollmentResolver,
  TransferAccountResolver,
  SettlementFileResolver,
  StatementResolver,
  ShippingCostResolver,
];

/**
 * The executable schema. Input is checked by the scalars here and by the use cases' own rules, so class-validator,
 * which echoes values (passwords among them) in its errors, stays off.
 */
export function buildApiSchema(): GraphQLSchema {
  return guardOperations(buildSchemaSync({ resolvers, validate: false }));
}

/** The schema as schema.graphql holds it: sorted, so that a change of the code's order is no change of the contract. */
export const printApiSchema = (): string => `${printSchema(lexicographicSortSchema(buildApiSchema()))}\n`;
