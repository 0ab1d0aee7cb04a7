import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operationRights } from "../../../api/graphql/rights.ts";
import { buildApiSchema } from "../../../api/graphql/schema.ts";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { codeOf, signUp, startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const CALLERS = ["ANONYMOUS", "CUSTOMER", "STAFF", "ADMIN", "SERVICE"] as const;
type Caller = (typeof CALLERS)[number];

/** Who may ask for what, as the shop's owner would write it down; the code says it in rights, by role. */
const EVERYBODY: readonly Caller[] = CALLERS;
const PEOPLE: readonly Caller[] = ["CUSTOMER", "STAFF", "ADMIN"];
const BACK_OFFICE: readonly Caller[] = ["STAFF", "ADMIN"];
const ADMINS: readonly Caller[] = ["ADMIN"];
const SPECIAL: Readonly<Record<string, readonly Caller[]>> = {
  "Query.adminPayments": ["STAFF", "ADMIN", "SERVICE"],
  "Query.payment": [...PEOPLE, "SERVICE"],
  "Query.adminEnrollments": ["STAFF", "ADMIN", "SERVICE"],
  "Query.paymentsToApprove": ["STAFF", "ADMIN", "SERVICE"],
  "Query.enrollment": [...PEOPLE, "SERVICE"],
  "Mutation.approvePayment": ["STAFF", "ADMIN", "SERVICE"],
  "Query.refundPreview": ADMINS,
  "Mutation.refundPayment": ADMINS,
  "Mutation.retryRefund": ADMINS,
  "Mutation.approveManualRefund": ADMINS,
  "Mutation.settleRefundManually": ADMINS,
  "Mutation.revealRefundAccount": ADMINS,
  "Mutation.signOffReconciliation": ADMINS,
  "Mutation.setFeeRate": ADMINS,
  "Mutation.requestAdjustment": ADMINS,
  "Mutation.approveAdjustment": ADMINS,
  "Mutation.rejectAdjustment": ADMINS,
  "Query.shippingRates": PEOPLE, // anybody's for the lines given, but here none are: it asks for the caller's cart
};
const namesOf = (type: string, names: string) => names.split(" ").map((name) => `${type}.${name}`);
const PUBLIC = new Set([
  ...namesOf("Query", "me products product stores packages package destinations shippingRates paymentMethods"),
  "Query.transferAccounts",
  ...namesOf("Mutation", "register login refresh logout"),
]);
const OWN = new Set([
  ...namesOf("Query", "cart checkoutSession order orders payments"),
  ...namesOf("Mutation", "setCartItem clearCart checkout cancelOrder startPayment renewPaymentToken cancelPayment"),
  ...namesOf(
    "Mutation",
    "syncPayment setRefundAccount confirmReceipt archiveOrder createReview updateReview deleteReview",
  ),
  ...namesOf("Query", "reviews cancelPreview"),
  ...namesOf("Query", "subscriptions savedCards linkedAccounts enrollments enrollmentStatus"),
  ...namesOf("Mutation", "createEnrollmentPayment updateEnrollmentProgress"),
  ...namesOf("Mutation", "setMarketingConsent"),
  ...namesOf("Mutation", "createSubscription cancelSubscription deleteSavedCard linkGopay unlinkGopay"),
]);

function allowedOn(operation: string): readonly Caller[] {
  if (SPECIAL[operation]) return SPECIAL[operation];
  if (PUBLIC.has(operation)) return EVERYBODY;
  return OWN.has(operation) ? PEOPLE : BACK_OFFICE; // what nobody thought of is the back office's alone
}

const schema = buildApiSchema();
const operations = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.values(type?.getFields() ?? {}).map((field) => ({ name: `${type?.name}.${field.name}`, field })),
);

/** Some value of a type, as it is written in a query. */
function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType as GraphQLInputType);
  if (isListType(type)) return `[${literal(type.ofType as GraphQLInputType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? "";
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((field) => `${field.name}: ${literal(field.type)}`).join(", ")} }`;
  }
  const samples: Record<string, string> = {
    Int: "1",
    Float: "1",
    Boolean: "true",
    Money: "1000",
    SignedMoney: "1000",
    Date: '"2026-11-20"',
  };
  const id = '"01890000-0000-7000-8000-000000000000"';
  return samples[(type as GraphQLNamedType).name] ?? ((type as GraphQLNamedType).name === "ID" ? id : '"x"');
}

function documentOf(name: string, field: GraphQLField<unknown, unknown>): string {
  const given = field.args.filter(isRequiredArgument).map((argument) => `${argument.name}: ${literal(argument.type)}`);
  const selection = isCompositeType(getNamedType(field.type)) ? "{ __typename }" : "";
  const kind = name.startsWith("Query.") ? "query" : "mutation";
  return `${kind} { ${field.name}${given.length > 0 ? `(${given.join(", ")})` : ""} ${selection} }`;
}

describe("the matrix of callers and operations", () => {
  let database: TestDatabase;
  let api: TestApi;
  const tokens: Partial<Record<Caller, string>> = {};

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startTestApi({ databaseUrl: database.url, env: { RATE_LIMIT_SCALE: "0" } });
    const accessTokens = createAccessTokens(api.config.jwtSecret, api.app.clock);
    for (const role of ["CUSTOMER", "STAFF", "ADMIN"] as const) {
      const { user } = await signUp(api);
      await api.app.db.sql("update users set role = $2 where id = $1", [user.id, role]);
      tokens[role] = await accessTokens.forUser({ id: user.id as UserId, role });
    }
    tokens.SERVICE = await accessTokens.forService();
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  test("knows every operation, and no other", () => {
    expect(operations.map(({ name }) => name).filter((name) => !operationRights[name])).toEqual([]);
  });

  test.each(operations)("$name lets in whom it should, and nobody else", async ({ name, field }) => {
    const document = documentOf(name, field);
    const verdicts: Record<string, string> = {};
    for (const caller of CALLERS) {
      const code = codeOf(await api.graphql(document, {}, { token: tokens[caller] ?? "" }));
      verdicts[caller] = code === "UNAUTHENTICATED" || code === "FORBIDDEN" ? code : "in";
    }
    const refusal = (caller: Caller) => (caller === "ANONYMOUS" ? "UNAUTHENTICATED" : "FORBIDDEN");
    const expected = CALLERS.map((caller) => [caller, allowedOn(name).includes(caller) ? "in" : refusal(caller)]);
    expect(verdicts).toEqual(Object.fromEntries(expected));
  });
});
