import { readFileSync } from "node:fs";
import { buildSchema, print, specifiedRules, validate } from "graphql";
import { expect, test } from "vitest";
import { shapeRules } from "../../../api/graphql/cost.ts";
import { productsAtOnce } from "../../../web/shop/productsAtOnce.ts";
import { MAX_WISHES } from "../../../web/shop/wishes.ts";

const schema = buildSchema(readFileSync("schema.graphql", "utf8"));
const basket = (lines: number) => Array.from({ length: lines }, (_, line) => `p-${line}`);

test("a visitor's basket asks for all its products in one request, each under its own name", () => {
  const [request, ...others] = productsAtOnce(basket(3));
  expect(others).toEqual([]);
  expect(request?.variables).toEqual({ product0: "p-0", product1: "p-1", product2: "p-2" });
  expect(request && print(request.query)).toContain("product2: product(id: $product2)");
});

test("a full basket asks twice, with documents that the server takes", () => {
  const requests = productsAtOnce(basket(MAX_WISHES));
  expect(requests.flatMap(({ variables }) => Object.values(variables))).toEqual(basket(MAX_WISHES));
  expect(requests).toHaveLength(2);
  for (const { query } of requests) expect(validate(schema, query, [...specifiedRules, ...shapeRules()])).toEqual([]);
});
