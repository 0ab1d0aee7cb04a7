import { describe, expect, test } from "vitest";
import { emptyLine, isBalanced, isTyped, postingsOf, readAmount, sumOf } from "../../../web/admin/adjustment.ts";
import { type CloseRun, gapOfEquation, obstaclesOf, sumOfMethods } from "../../../web/admin/closeState.ts";
import { csvOf } from "../../../web/admin/csv.ts";
import { factsOf, hasSentence, sidesOf, sideWords } from "../../../web/admin/evidence.ts";
import { draftOf, percentOf, readFee } from "../../../web/admin/fee.ts";
import { dayAfter, jakartaDay } from "../../../web/admin/jakartaDay.ts";

const RUN: CloseRun = {
  state: "OPEN",
  unanswered: 0,
  startedAt: "2026-11-20T17:05:00.000Z",
  finishedAt: "2026-11-20T17:06:00.000Z",
};
const NO_DOUBT = { count: 0, amount: 0 };
const words = (run: CloseRun, doubt = NO_DOUBT, isAdmin = true) =>
  obstaclesOf(run, doubt, isAdmin).map(({ word }) => word);

describe("a day's sign-off", () => {
  test("may be tried once all of it is answered, and a trifle in question", () => {
    expect(words(RUN)).toEqual([]);
    expect(words({ ...RUN, state: "REOPENED" }, { count: 2, amount: 1_000 })).toEqual([]);
  });

  test.each([
    ["its close runs", { ...RUN, state: "RUNNING", unanswered: 3 } as const, NO_DOUBT, true, ["running"]],
    ["it is looked at again", { ...RUN, startedAt: "2026-11-20T18:00:00.000Z" }, NO_DOUBT, true, ["running"]],
    ["the gateway was away", { ...RUN, unanswered: 3 }, NO_DOUBT, true, ["unanswered"]],
    ["more than a trifle is open", RUN, { count: 1, amount: 1_001 }, true, ["open"]],
    ["no admin looks at it", RUN, NO_DOUBT, false, ["admin"]],
  ])("is not offered while %s, and says so", (_, run, doubt, isAdmin, expected) => {
    expect(words(run, doubt, isAdmin)).toEqual(expected);
  });
});

test("the equation is added up from its methods, also where one is below nothing", () => {
  const nothing = { sales: 0, settled: 0, pending: 0, refunded: 0, fees: 0, inDoubt: 0 };
  const back = { ...nothing, sales: 70_000, settled: -4_440, refunded: 70_000, fees: 4_440 };
  const sums = sumOfMethods([back, { ...nothing, sales: 99_000, settled: 194_040, fees: 3_960, inDoubt: -99_000 }]);
  expect(sums).toEqual({
    ...nothing,
    sales: 169_000,
    settled: 189_600,
    refunded: 70_000,
    fees: 8_400,
    inDoubt: -99_000,
  });
  expect(gapOfEquation(sums)).toBe(0);
  expect(gapOfEquation({ ...sums, fees: 8_399 })).toBe(1);
});

describe("an adjustment", () => {
  const line = { key: 1, method: "", storeId: "", debit: "", credit: "" };
  const cash = { ...line, account: "CASH", debit: "Rp1.250" } as const;
  const owed = { ...line, key: 2, account: "RECEIVABLE", method: "M", credit: "1250" } as const;

  test("is asked for when debits are credits, with debits above and credits below nothing", () => {
    expect(isBalanced([cash, owed])).toBe(true);
    expect(postingsOf([cash, owed])).toEqual([
      { account: "CASH", amount: 1_250 },
      { account: "RECEIVABLE", amount: -1_250, method: "M" },
    ]);
  });

  test.each([
    ["one line", [cash]],
    ["another sum", [cash, { ...owed, credit: "1249" }]],
    ["no account", [cash, { ...owed, account: "" as const }]],
    ["a receivable of no method", [cash, { ...owed, method: "" }]],
    [
      "nothing in a line",
      [
        { ...cash, debit: "" },
        { ...owed, credit: "" },
      ],
    ],
    ["words for a sum", [cash, { ...owed, credit: "banyak" }]],
  ])("is not with %s", (_, lines) => {
    expect(isBalanced(lines)).toBe(false);
  });

  test("takes whole rupiah alone", () => {
    expect([readAmount(" Rp 1.250.000 "), readAmount(""), readAmount("12,5"), readAmount("-5")]).toEqual([
      1_250_000,
      0,
      Number.NaN,
      Number.NaN,
    ]);
    expect(sumOf([{ ...cash, debit: "x" }])).toBeNaN();
  });

  test("is left without a question while its lines are empty, and with one once an account was chosen", () => {
    expect(isTyped([emptyLine(1), emptyLine(2)])).toBe(false);
    expect(isTyped([emptyLine(1), { ...emptyLine(2), account: "CASH" }])).toBe(true);
  });
});

describe("a fee", () => {
  const draft = { paymentType: "qris", percent: "0,7", fixed: "1.000", vat: "EXCLUDED", settleDays: "1" } as const;

  test("is read as people write it", () => {
    expect(readFee({ ...draft, validFrom: "2026-12-01" })).toEqual({
      paymentType: "qris",
      basisPoints: 70,
      fixed: 1_000,
      vat: "EXCLUDED",
      settleDays: 1,
      validFrom: "2026-12-01",
    });
    expect([percentOf(70), percentOf(200), percentOf(165)]).toEqual(["0,7%", "2%", "1,65%"]);
  });

  test("begins where the newest of its type stands, and is read back as it was", () => {
    const older = { paymentType: "qris", basisPoints: 70, fixed: 0, settleDays: 2, validFrom: "2020-01-01" };
    const rates = [
      { ...older, vat: "EXCLUDED" as const },
      { ...older, vat: "INCLUDED" as const, basisPoints: 63, validFrom: "2026-01-01" },
    ];
    expect(readFee({ ...draft, validFrom: "2026-01-01", ...draftOf(rates, "qris") })).toEqual(rates[1]);
    expect(draftOf(rates, "another")).toEqual({});
  });

  test.each([
    ["no type", { paymentType: "" }],
    ["no percentage", { percent: "0,777" }],
    ["no sum", { fixed: "-1" }],
    ["no day", { validFrom: "" }],
  ])("with %s is none", (_, part) => {
    expect(readFee({ ...draft, validFrom: "2026-12-01", ...part })).toBeNull();
  });
});

test("a file holds no formula, and every cell as it stands", () => {
  expect(csvOf([["=1+1", 'a "b"', "c,d", "-5", "e\nf"]])).toBe(`\ufeff'=1+1,"a ""b""","c,d",'-5,"e\nf"\r\n`);
});

describe("evidence", () => {
  test("stands by sides, whatever they are called, and the rest is kept", () => {
    expect(sidesOf('{"here":{"a":1},"there":null,"payment":"LNS-1","lines":[{"row":2}]}')).toEqual({
      ours: { a: 1 },
      theirs: null,
      shared: { payment: "LNS-1" },
      rest: JSON.stringify({ lines: [{ row: 2 }] }, null, 2),
    });
    expect(sidesOf("not json")).toMatchObject({ shared: { value: "not json" }, rest: null });
  });

  test("says figures as people write them, and nothing of what is empty", () => {
    expect(factsOf({ gross: 65000, back: -1000, none: null, refunds: [], of: { a: 1 } })).toEqual([
      ["gross", "65.000"],
      ["back", "-1.000"],
      ["of", '{"a":1}'],
    ]);
    expect(sideWords("PAYMENT IDR 65000, IDR -1000")).toBe("PAYMENT Rp65.000, -Rp1.000");
  });

  test("marks a side that the server put in an English sentence, and none of figures, statuses and ids", () => {
    const sentences = [
      "nothing of it",
      "PAID of Rp65.000, nothing captured",
      "refund of Rp5000 is FAILED since 2026-11-20",
    ];
    expect(sentences.filter(hasSentence)).toEqual(sentences);
    expect(["PAYMENT IDR 65000, IDR -1000", "LNS-20261120-A1B2C3-01A", "USD 12"].filter(hasSentence)).toEqual([]);
  });
});

test("a day in WIB begins at 17.00 in UTC, and has neighbours over the ends of months", () => {
  expect(jakartaDay(Date.parse("2026-11-20T16:59:59Z"))).toBe("2026-11-20");
  expect(jakartaDay(Date.parse("2026-11-20T17:00:00Z"))).toBe("2026-11-21");
  expect([dayAfter("2026-03-01", -1), dayAfter("2026-12-31", 1)]).toEqual(["2026-02-28", "2027-01-01"]);
});
