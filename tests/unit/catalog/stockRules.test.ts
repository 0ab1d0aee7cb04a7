import { describe, expect, test } from "vitest";
import { LINES_MAX, requireStock, type Shelf, sumDemand } from "../../../domain/catalog/stock.rules.ts";
import type { ProductId } from "../../../domain/kernel/ids.ts";

const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}` as ProductId;
const [A, B] = [idOf(1), idOf(2)];
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "OK";
};

describe("what lines ask of the shelves", () => {
  test("is summed for each product first, in the order in which rows are locked", () => {
    const lines = [
      { productId: B, quantity: 1 },
      { productId: A, quantity: 2 },
      { productId: B.toUpperCase(), quantity: 3 },
    ];
    expect(sumDemand(lines)).toEqual([
      { productId: A, quantity: 2 },
      { productId: B, quantity: 4 },
    ]);
  });

  test.each([
    ["no line", []],
    ["too many lines", Array.from({ length: LINES_MAX + 1 }, (_, n) => ({ productId: idOf(n), quantity: 1 }))],
    ["no piece", [{ productId: A, quantity: 0 }]],
    ["less than none", [{ productId: A, quantity: -1 }]],
    ["half a piece", [{ productId: A, quantity: 1.5 }]],
    ["no number", [{ productId: A, quantity: Number.NaN }]],
    [
      "more than 999 in two lines",
      [
        { productId: A, quantity: 500 },
        { productId: A, quantity: 500 },
      ],
    ],
  ])("is refused as input: %s", (_, lines) => {
    expect(codeOf(() => sumDemand(lines))).toBe("INVALID_INPUT");
  });

  test("names a product that cannot exist", () => {
    expect(codeOf(() => sumDemand([{ productId: "1; drop table products", quantity: 1 }]))).toBe("NOT_FOUND");
  });
});

describe("a demand held against the shelves", () => {
  const shelves = (...of: Shelf[]) => new Map(of.map((shelf) => [shelf.id, shelf]));
  const demand = [{ productId: A, quantity: 3 }];

  test("passes when every piece is there", () => {
    expect(codeOf(() => requireStock(demand, shelves({ id: A, stock: 3, isActive: true })))).toBe("OK");
  });

  test("says of which product there is too little, and how much is left", () => {
    expect(() => requireStock(demand, shelves({ id: A, stock: 2, isActive: true }))).toThrow(
      expect.objectContaining({ code: "OUT_OF_STOCK", details: { productId: A, available: 2 } }),
    );
  });

  test("finds nothing of a withdrawn product", () => {
    expect(() => requireStock(demand, shelves({ id: A, stock: 9, isActive: false }))).toThrow(
      expect.objectContaining({ code: "OUT_OF_STOCK", details: { productId: A, available: 0 } }),
    );
  });

  test("says so when a product does not exist", () => {
    expect(codeOf(() => requireStock(demand, shelves()))).toBe("NOT_FOUND");
  });
});
