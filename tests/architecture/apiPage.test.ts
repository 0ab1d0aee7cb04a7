import { readFileSync } from "node:fs";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";

const schema = buildSchema(readFileSync("schema.graphql", "utf8"));
const operations = new Set(
  [schema.getQueryType(), schema.getMutationType()].flatMap((type) => Object.keys(type?.getFields() ?? {})),
);

/** The endpoints of the requirements: payments, their webhooks, and enrolments. */
const ENDPOINTS = `
  POST /api/payments/charge
  POST /api/payments/create-va
  POST /api/payments/create-ewallet
  POST /api/payments/create-card
  POST /api/payments/create-qris
  GET /api/payments/{transaction_id}
  POST /api/payments/{transaction_id}/cancel
  POST /api/payments/{transaction_id}/expire
  POST /api/payments/{transaction_id}/refund
  GET /api/payments/history
  POST /api/webhooks/midtrans/payment-notification
  POST /api/webhooks/midtrans/recurring-notification
  POST /payments
  GET /payments
  GET /payments/:id
  PATCH /payments/:id/approve
  GET /payments/user/:userId
  GET /enrollments/my-enrollments
  GET /enrollments/:id
  GET /enrollments/course/:courseId/status
  PATCH /enrollments/:id/progress`
  .trim()
  .split(/\s*\n\s*/);

/** Rows of the page's tables of endpoints, in their order. */
const rowsOf = (page: string) =>
  [...page.matchAll(/^\| `((?:GET|POST|PATCH) [^`]+)` \| (.*) \|$/gm)].map((match) => ({
    endpoint: match[1] as string,
    text: match[2] as string,
  }));

/** Operations that a row names and that are not there, or that are there and marked as missing. */
function strangers(page: string, known: ReadonlySet<string>): string[] {
  return rowsOf(page).flatMap(({ endpoint, text }) =>
    // A method of payment is in capitals, a field of an input follows "with".
    [...text.matchAll(/(?<!with )(?<!with a )`([a-z][A-Za-z]+)`( \(\*not yet\*\))?/g)].flatMap(([, name, mark]) => {
      const isThere = known.has(name as string);
      if (isThere !== Boolean(mark)) return [];
      return [`${endpoint}: ${name} ${isThere ? "is there" : "is not there"}`];
    }),
  );
}

const examplesOf = (page: string) =>
  [...page.matchAll(/^```graphql\n([\s\S]*?)^```$/gm)].map((match) => match[1] as string);

const errorsOf = (page: string): string[] =>
  examplesOf(page).flatMap((text) => validate(schema, parse(text)).map(({ message }) => message));

describe("the page about the API", () => {
  const page = readFileSync("docs/api.md", "utf8");

  test("has a row for each endpoint of the requirements, each with an operation or as it stays", () => {
    expect(rowsOf(page).map(({ endpoint }) => endpoint)).toEqual(ENDPOINTS);
    expect(rowsOf(page).filter(({ text }) => !text.includes("`") && text !== "stays REST")).toEqual([]);
  });

  test("names operations that exist, and marks those that do not yet", () => {
    expect(strangers(page, operations)).toEqual([]);
  });

  test("shows examples that the schema takes", () => {
    expect(examplesOf(page).length).toBeGreaterThan(10);
    expect(errorsOf(page)).toEqual([]);
  });

  test("so an operation that is gone, one that has come, and a stale example are noticed", () => {
    const rows = ["`GET /a` | `payment`", "`GET /b` | `payment` (*not yet*)", "`GET /c` | `gone`"];
    const planted = rows.map((row) => `| ${row} |\n`).join("");
    expect(strangers(planted, new Set(["payment"]))).toEqual(["GET /b: payment is there", "GET /c: gone is not there"]);
    expect(errorsOf("```graphql\n{ payment { id } }\n```")).toHaveLength(1);
  });
});
