import type { Example } from "./example.ts";

/** What staff sees and decides besides: money, gateways, fraud, cases, alerts. */
export const desk: readonly Example[] = [
  { operation: "Query.adminPayments", as: "staff", variables: { filter: { purpose: "ORDER" }, first: 10 } },
  { operation: "Query.paymentLog", as: "staff", variables: { paymentId: "$paymentId" } },
  { operation: "Query.gatewayCalls", as: "staff", variables: { gateway: "midtrans", first: 10 } },
  { operation: "Query.gatewaySetup", as: "staff" },
  { operation: "Mutation.checkGatewayKeys", as: "staff" },
  {
    operation: "Query.gatewayNotifications",
    as: "staff",
    variables: { first: 10 },
    keeps: { notificationId: "nodes.0.id" },
  },
  { operation: "Mutation.replayNotification", as: "staff", variables: { id: "$notificationId" } },
  {
    operation: "Mutation.acceptChallenge",
    as: "staff",
    variables: { paymentId: "$paymentId" },
    refused: "ILLEGAL_TRANSITION",
    says: "A card that Midtrans challenged is taken; `denyChallenge` refuses it.",
  },
  {
    operation: "Mutation.denyChallenge",
    as: "staff",
    variables: { paymentId: "$paymentId" },
    refused: "ILLEGAL_TRANSITION",
  },
  { operation: "Query.fraudVerdicts", as: "staff", variables: { open: true, first: 10 } },
  {
    operation: "Mutation.decideFraudReview",
    as: "staff",
    variables: { id: "$paymentId", decision: "RELEASED", note: "Pembeli menjawab telepon" },
    refused: "NOT_FOUND",
  },
  {
    operation: "Mutation.blockFraud",
    as: "staff",
    variables: { input: { kind: "USER", value: "customer2@lunas.test", note: "Mencoba banyak kartu" } },
    keeps: { blockId: "id" },
  },
  { operation: "Query.fraudBlocks", as: "staff", variables: { open: true } },
  { operation: "Mutation.unblockFraud", as: "staff", variables: { id: "$blockId", note: "Salah orang" } },
  { operation: "Query.moneyCases", as: "staff", variables: { open: true, first: 10 } },
  { operation: "Query.moneyCase", as: "staff", variables: { id: "$paymentId" } },
  { operation: "Mutation.takeMoneyCase", as: "staff", variables: { id: "$paymentId" }, refused: "NOT_FOUND" },
  {
    operation: "Mutation.resolveMoneyCase",
    as: "staff",
    variables: { id: "$paymentId", action: "DISMISS", note: "Sudah dijelaskan bank" },
    refused: "NOT_FOUND",
  },
  { operation: "Query.alerts", as: "staff", variables: { open: true } },
  {
    operation: "Mutation.clearAlert",
    as: "staff",
    variables: { id: "$paymentId", note: "Sudah dibereskan" },
    refused: "NOT_FOUND",
  },
  { operation: "Query.notices", as: "staff", variables: { first: 10 } },
  { operation: "Query.adminSubscriptions", as: "staff", variables: { first: 10 } },
  { operation: "Query.ledgerBalances", as: "staff" },
  { operation: "Query.ledgerEntries", as: "staff", variables: { paymentId: "$paymentId", first: 10 } },
  {
    operation: "Mutation.requestAdjustment",
    as: "admin",
    variables: {
      input: {
        postings: [
          { account: "ROUNDING", amount: 7 },
          { account: "SUSPENSE", amount: -7 },
        ],
        reason: "Pembulatan payout",
        idempotencyKey: "adjustment-0001",
      },
    },
    keeps: { adjustmentId: "id" },
    says: "The books are put right by two people: one asks, and nothing is booked before another approves.",
  },
  { operation: "Mutation.approveAdjustment", as: "second admin", variables: { id: "$adjustmentId" } },
  {
    operation: "Mutation.rejectAdjustment",
    as: "second admin",
    variables: { id: "$adjustmentId", reason: "Salah akun" },
    refused: "ILLEGAL_TRANSITION",
  },
  { operation: "Query.ledgerAdjustments", as: "staff", variables: { open: false, first: 10 } },
];
