import { encodeCursor } from "../../../domain/kernel/page.ts";
import { type Case, given, LONG, NOWHERE, NUL } from "./badGiven.ts";
import type { Customer } from "./shopper.ts";

const forgedCursor = encodeCursor({ key: "not a time", id: "not an id" });

const read = (
  what: string,
  code: string,
  query: string,
  variables: object = {},
  as: () => Customer = () => given.me,
): Case => ({
  what,
  code,
  query,
  variables: () => variables,
  as,
});
const lists = (operation: string, as: () => Customer): Case[] => [
  read(`${operation}, 0 of them`, "INVALID_INPUT", `{ ${operation}(first: 0) { totalCount } }`, {}, as),
  read(
    `${operation}, 101 of them`,
    "INVALID_INPUT",
    `{ ${operation}(first: 101) { pageInfo { hasNextPage } } }`,
    {},
    as,
  ),
  read(
    `${operation} behind a cursor that is none`,
    "INVALID_INPUT",
    `{ ${operation}(after: "%%%") { pageInfo { hasNextPage } } }`,
    {},
    as,
  ),
  read(
    `${operation} behind a cursor that somebody made`,
    "INVALID_INPUT",
    `query L($after: String) { ${operation}(after: $after) { pageInfo { hasNextPage } } }`,
    { after: forgedCursor },
    as,
  ),
];
export const READS: Case[] = [
  ...lists("orders", () => given.me),
  ...lists("payments", () => given.me),
  ...lists("adminOrders", () => given.staff),
  ...lists("adminPayments", () => given.staff),
  ...lists("gatewayNotifications", () => given.staff),
  ...lists("alerts", () => given.staff),
  ...lists("notices", () => given.staff),
  ...lists("products", () => given.me),
  read(
    "orders of a day that does not exist",
    "INVALID_INPUT",
    '{ orders(filter: { from: "2026-02-31" }) { totalCount } }',
  ),
  read(
    "orders of a status that does not exist",
    "INVALID_INPUT",
    "{ orders(filter: { status: [LOST] }) { totalCount } }",
  ),
  read("a place by an empty word", "INVALID_INPUT", '{ destinations(search: "") { id } }'),
  read("a place by 5,000 characters", "INVALID_INPUT", "query D($s: String!) { destinations(search: $s) { id } }", {
    s: LONG,
  }),
  read("shipping to a negative place", "INVALID_INPUT", "{ shippingRates(destinationId: -1) { weightGrams } }"),
  read("methods for a negative amount", "INVALID_INPUT", "{ paymentMethods(amount: -1) { method } }"),
  read(
    "a notification that does not exist",
    "NOT_FOUND",
    `mutation { replayNotification(id: "${NOWHERE}") { id } }`,
    {},
    () => given.staff,
  ),
  read(
    "an alert that does not exist",
    "NOT_FOUND",
    `mutation { clearAlert(id: "${NOWHERE}", note: "x") { id } }`,
    {},
    () => given.staff,
  ),
  read(
    "an alert without a note",
    "INVALID_INPUT",
    `mutation { clearAlert(id: "${NOWHERE}", note: " ") { id } }`,
    {},
    () => given.staff,
  ),
  read(
    "a negative number in the cart",
    "INVALID_INPUT",
    `mutation { setCartItem(productId: "${NOWHERE}", quantity: -1) { id } }`,
  ),
  read(
    "an unknown product in the cart",
    "NOT_FOUND",
    `mutation { setCartItem(productId: "${NOWHERE}", quantity: 1) { id } }`,
  ),
];

const deep = (levels: number): string => (levels === 0 ? "id" : `payment { orders { ${deep(levels - 1)} } }`);
export const FORMS: Case[] = [
  read("a query of no sense", "INVALID_INPUT", "{ nonsense }"),
  read("half a query", "INVALID_INPUT", "{ orders { "),
  read("a query of 26 levels", "QUERY_TOO_COMPLEX", `{ orders { nodes { ${deep(12)} } } }`),
  read("31 aliases", "QUERY_TOO_COMPLEX", `{ ${Array.from({ length: 31 }, (_, n) => `a${n}: me { id }`).join(" ")} }`),
  read("2,001 tokens", "QUERY_TOO_COMPLEX", `{ ${"me { id } ".repeat(600)} }`),
  read(
    "an answer of millions of fields",
    "QUERY_TOO_COMPLEX",
    `{ orders(first: 100) { nodes {
      payment { orders { payment { orders { payment { orders { payment { id number } } } } } } } } } }`,
  ),
  read(
    "fragments that name each other",
    "INVALID_INPUT",
    "query { me { ...A } } fragment A on User { ...B } fragment B on User { ...A }",
  ),
  read("two operations without a name", "INVALID_INPUT", "query A { me { id } } query B { me { id } }"),
];

export const NULS: Case[] = [
  read("a NUL in a search of products", "", "query P($s: String) { products(filter: { search: $s }) { totalCount } }", {
    s: NUL,
  }),
  read("a NUL in a search of places", "", "query D($s: String!) { destinations(search: $s) { id } }", { s: NUL }),
  read(
    "a NUL in staff's search of orders",
    "",
    "query O($s: String) { adminOrders(search: $s) { totalCount } }",
    { s: NUL },
    () => given.staff,
  ),
  read(
    "a NUL in staff's search of payments",
    "",
    "query O($s: String) { adminPayments(search: $s) { totalCount } }",
    { s: NUL },
    () => given.staff,
  ),
  read(
    "a NUL in a gateway's order id",
    "",
    "query N($s: String) { gatewayNotifications(gatewayOrderId: $s) { totalCount } }",
    { s: NUL },
    () => given.staff,
  ),
  read(
    "a NUL in a note",
    "",
    `mutation N($s: String!) { clearAlert(id: "${NOWHERE}", note: $s) { id } }`,
    { s: NUL },
    () => given.staff,
  ),
  read(
    "a NUL in a name",
    "",
    `mutation R($s: String!) {
      register(input: { email: "nul@lunas.test", password: "a-long-password", name: $s }) { accessToken }
    }`,
    { s: NUL },
  ),
  read(
    "a NUL in an address of mail",
    "",
    'mutation R($s: String!) { login(email: $s, password: "a-long-password") { accessToken } }',
    { s: `${NUL}@lunas.test` },
  ),
];
