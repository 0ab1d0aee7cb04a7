import type { Example } from "./example.ts";

const DAY = "2026-11-20";

/** What the gateway paid out, by its files, and what each store's day was. */
export const files: readonly Example[] = [
  {
    operation: "Query.settlementFiles",
    as: "staff",
    variables: { first: 10 },
    says: "Files come by `POST /api/reconciliation/files`; here is how far each is matched.",
  },
  { operation: "Query.settlementFile", as: "staff", variables: { id: "$paymentId" } },
  { operation: "Query.settlementLines", as: "staff", variables: { paymentId: "$paymentId", first: 10 } },
  { operation: "Query.feeRates", as: "staff" },
  { operation: "Query.storeStatements", as: "staff", variables: { day: DAY } },
  { operation: "Query.storeStatement", as: "staff", variables: { storeId: "$storeId", day: DAY } },
  { operation: "Query.shippingCosts", as: "staff", variables: { from: "2026-11-01", to: "2026-11-30" } },
];
