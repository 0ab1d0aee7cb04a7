import { ENROLLMENT_INVARIANTS } from "./enrollmentInvariants.queries.ts";
import { FLOW_INVARIANTS } from "./flowInvariants.queries.ts";
import { GOODS_INVARIANTS } from "./goodsInvariants.queries.ts";
import type { Invariant } from "./invariant.rules.ts";
import { LEDGER_INVARIANTS } from "./ledgerInvariants.queries.ts";
import { MONEY_INVARIANTS } from "./moneyInvariants.queries.ts";
import { REFUND_INVARIANTS } from "./refundInvariants.queries.ts";
import { REVIEW_INVARIANTS } from "./reviewInvariants.queries.ts";
import { SETTLEMENT_INVARIANTS } from "./settlementInvariants.queries.ts";
import { SHIPMENT_INVARIANTS } from "./shipmentInvariants.queries.ts";
import { SUBSCRIPTION_INVARIANTS } from "./subscriptionInvariants.queries.ts";
import { TRACKING_INVARIANTS } from "./trackingInvariants.queries.ts";

/** All that must hold after any crash, retry, duplicate or race. */
export const INVARIANTS: readonly Invariant[] = [
  ...GOODS_INVARIANTS,
  ...MONEY_INVARIANTS,
  ...REFUND_INVARIANTS,
  ...SUBSCRIPTION_INVARIANTS,
  ...ENROLLMENT_INVARIANTS,
  ...SHIPMENT_INVARIANTS,
  ...TRACKING_INVARIANTS,
  ...REVIEW_INVARIANTS,
  ...LEDGER_INVARIANTS,
  ...SETTLEMENT_INVARIANTS,
  ...FLOW_INVARIANTS,
];
