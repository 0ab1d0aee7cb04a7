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
  { operation: "Query.bankLines", as: "staff", variables: { state: "UNMATCHED", first: 10 } },
  { operation: "Query.feeRates", as: "staff" },
  {
    operation: "Mutation.setFeeRate",
    as: "admin",
    variables: {
      input: {
        paymentType: "bank_transfer",
        basisPoints: 0,
        fixed: 3500,
        vat: "EXCLUDED",
        settleDays: 2,
        validFrom: "2027-01-01",
      },
    },
    says: "A contract with another price, from a day on; what was paid before keeps its rate.",
  },
  { operation: "Query.storeStatements", as: "staff", variables: { day: DAY } },
  { operation: "Query.storeStatement", as: "staff", variables: { storeId: "$storeId", day: DAY } },
  { operation: "Query.shippingCosts", as: "staff", variables: { from: "2026-11-01", to: "2026-11-30" } },
];
