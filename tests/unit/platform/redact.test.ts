import { describe, expect, test } from "vitest";
import { redact } from "../../../platform/redact.ts";

describe("what is kept for people to read", () => {
  test("hides secrets and what is about a person, and leaves the names of things", () => {
    const body = {
      server_key: "k",
      customer: { first_name: "Siti", phone: "0812" },
      items: [{ name: "Kopi", price: 1 }],
    };
    expect(redact(body)).toEqual({
      server_key: "[redacted]",
      customer: { first_name: "[redacted]", phone: "[redacted]" },
      items: [{ name: "Kopi", price: 1 }],
    });
  });

  test.each([
    ["a cut", `${"x".repeat(1_999)}🙂`],
    ["another company", "declined \ud83d"],
  ])("holds no half of a character, which %s may leave: no column of JSON takes one", (_, text) => {
    const { words } = redact({ words: text }) as { words: string };
    expect(words.isWellFormed()).toBe(true);
  });
});
