import type { Example } from "./example.ts";

/** A day's close, from its run to its sign-off. */
export const close: readonly Example[] = [
  {
    operation: "Mutation.runReconciliation",
    as: "staff",
    variables: { day: "$today" },
    says: "Answers at once; the workers ask Midtrans about every transaction of the day, at its rate.",
  },
  {
    operation: "Query.reconciliationRun",
    as: "staff",
    after: "the close ends",
    variables: { day: "$today" },
    says: "Sales = settled + pending + refunded + fees + what is in doubt, by method and in all.",
  },
  { operation: "Query.reconciliationRuns", as: "staff", variables: { first: 7 } },
  { operation: "Query.discrepancies", as: "staff", variables: { day: "$today", open: true, first: 10 } },
  { operation: "Query.discrepancy", as: "staff", variables: { id: "$paymentId" } },
  { operation: "Mutation.takeDiscrepancy", as: "staff", variables: { id: "$paymentId" }, refused: "NOT_FOUND" },
  {
    operation: "Mutation.resolveDiscrepancy",
    as: "staff",
    variables: { id: "$paymentId", action: "SYNC", note: "Midtrans ditanya lagi" },
    refused: "NOT_FOUND",
    says: "By one of its `actions`; docs/reconciliation.md says what to do about each kind.",
  },
  {
    operation: "Mutation.signOffReconciliation",
    as: "admin",
    variables: { day: "$today" },
    says: "Locks the day's figures; what is found of it later opens it again before everybody's eyes.",
  },
];
