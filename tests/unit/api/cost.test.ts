import { buildSchema, type OperationDefinitionNode, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { checkCost, shapeRules } from "../../../api/graphql/cost.ts";

const schema = buildSchema(`
  type Query { me: User orders(first: Int = 20, after: String): OrderConnection! session: Session }
  type User { name: String friend: User }
  type Session { orders: [Order!]! }
  type OrderConnection { nodes: [Order!]! edges: [OrderEdge!]! totalCount: Int! }
  type OrderEdge { cursor: String! node: Order! }
  type Order { id: ID! items: [Item!]! buyer: User history(first: Int = 10): OrderConnection! }
  type Item { id: ID! name: String! }
`);

function isTooLarge(query: string, variables: object = {}): boolean {
  const document = parse(query);
  try {
    checkCost(
      schema,
      document,
      document.definitions[0] as OperationDefinitionNode,
      variables as Record<string, unknown>,
    );
    return false;
  } catch (error) {
    expect((error as { extensions: { code: string } }).extensions.code).toBe("QUERY_TOO_COMPLEX");
    return true;
  }
}

describe("the cost of an answer", () => {
  test("lets a page pass that shows all of an order", () => {
    const order = "id items { id name } buyer { name }";
    expect(isTooLarge(`{ session { orders { ${order} } } orders(first: 100) { nodes { ${order} } totalCount } }`)).toBe(
      false,
    );
  });

  test.each([
    [
      "as it is written",
      "{ orders(first: 100) { nodes { history(first: 100) { nodes { id buyer { name } } } } } }",
      {},
    ],
    [
      "by a variable",
      "query($n: Int) { orders(first: $n) { nodes { history(first: $n) { nodes { id buyer { name } } } } } }",
      { n: 100 },
    ],
    [
      "by a variable's default",
      "query($n: Int = 100) { orders(first: $n) { nodes { history(first: $n) { nodes { id buyer { name } } } } } }",
      {},
    ],
    [
      "through edges",
      "{ orders(first: 100) { edges { node { history(first: 100) { edges { node { id items { id } } } } } } } }",
      {},
    ],
  ])("counts pages within pages, their size %s", (_how, query, variables) => {
    expect(isTooLarge(query, variables)).toBe(true);
    expect(isTooLarge(query.replaceAll("100", "10"), { n: 10 })).toBe(false);
  });

  test("counts aliases one by one", () => {
    const page = "orders(first: 100) { nodes { id items { id name } } }";
    const aliased = Array.from({ length: 20 }, (_, n) => `a${n}: ${page}`).join(" ");
    expect([isTooLarge(`{ ${page} }`), isTooLarge(`{ ${aliased} }`)]).toEqual([false, true]);
  });

  test("is known soon, also where fragments multiply without end", () => {
    const fragments = Array.from({ length: 60 }, (_, n) => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`).join(
      "\n",
    );
    const begun = performance.now();
    expect(isTooLarge(`{ me { ...F0 } } ${fragments} fragment F60 on User { name }`)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe("the form of a document", () => {
  const codes = (query: string) =>
    validate(schema, parse(query), shapeRules()).map((error) => error.extensions["code"]);
  const nested = (depth: number) => `{ me ${"{ friend ".repeat(depth - 1)}{ name } ${"}".repeat(depth - 1)} }`;

  test("is bounded in depth, fragments included", () => {
    expect(codes(nested(10))).toEqual([]);
    expect(codes(nested(30))).toEqual(["QUERY_TOO_COMPLEX"]);
    const steps = Array.from({ length: 20 }, (_, n) => `fragment F${n} on User { friend { ...F${n + 1} } }`);
    const hidden = `{ me { ...F0 } } ${steps.join(" ")} fragment F20 on User { name }`;
    expect(codes(hidden)).toEqual(["QUERY_TOO_COMPLEX"]);
  });

  test("is bounded in aliases and in directives", () => {
    const aliases = (count: number) => `{ ${Array.from({ length: count }, (_, n) => `a${n}: me { name }`).join(" ")} }`;
    expect([codes(aliases(30)), codes(aliases(31))]).toEqual([[], ["QUERY_TOO_COMPLEX"]]);
    expect(codes(`{ me { name ${"@include(if: true) ".repeat(21)} } }`)).toEqual(["QUERY_TOO_COMPLEX"]);
  });
});
