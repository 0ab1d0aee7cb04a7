import { describe, expect, test } from "vitest";
import { checkAccount, checkCredentials, emailKeyOf, normalizePhone } from "../../../domain/identity/account.rules.ts";
import { Refusal } from "../../../domain/kernel/errors.ts";

const GOOD = { email: "customer@lunas.test", password: "a-long-password", name: "Customer" };

function fieldsOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "INVALID_INPUT") throw error;
    return Object.keys(error.details["fields"] as object);
  }
}

describe("a new account", () => {
  test.each([
    ["no e-mail address", { email: "" }, "input.email"],
    ["an e-mail address without a domain", { email: "customer@" }, "input.email"],
    ["without a name", { email: "@lunas.test" }, "input.email"],
    ["with two at signs", { email: "a@b@lunas.test" }, "input.email"],
    ["with a space", { email: "a b@lunas.test" }, "input.email"],
    ["without a dot", { email: "a@localhost" }, "input.email"],
    ["with dots side by side", { email: "a@lunas..test" }, "input.email"],
    ["with a line break, which would end a mail's header", { email: "a@lunas.test\nbcc: b@lunas.test" }, "input.email"],
    ["with a name in angle brackets", { email: "A <a@lunas.test>" }, "input.email"],
    ["with two addresses", { email: "a@lunas.test,b@lunas.test" }, "input.email"],
    ["too long an e-mail address", { email: `a@${"l".repeat(250)}.test` }, "input.email"],
    ["a NUL in the e-mail address", { email: "a\u0000@lunas.test" }, "input.email"],
    ["an address that reads backwards", { email: "a\u202e@lunas.test" }, "input.email"],
    ["half a letter", { email: "a\ud800@lunas.test" }, "input.email"],
    ["a password of 7 characters", { password: "1234567" }, "input.password"],
    ["a password of 129 characters", { password: "x".repeat(129) }, "input.password"],
    ["no name", { name: "   " }, "input.name"],
    ["a name of 101 characters", { name: "x".repeat(101) }, "input.name"],
    ["a NUL in the name", { name: "a\u0000b" }, "input.name"],
    ["a line break in the name", { name: "a\r\nb" }, "input.name"],
    ["an invisible name", { name: "a\u200b" }, "input.name"],
    ["a foreign phone number", { phone: "+1 555 0100 200" }, "input.phone"],
    ["too short a phone number", { phone: "0812345" }, "input.phone"],
    ["too long a phone number", { phone: "08123456789012345" }, "input.phone"],
    ["letters for a phone number", { phone: "nol delapan" }, "input.phone"],
  ])("is refused for %s, by the field", (_what, wrong, field) => {
    expect(fieldsOf(() => checkAccount({ ...GOOD, ...wrong }))).toEqual([field]);
  });

  test("is told everything that is wrong at once", () => {
    const wrong = { email: "x", password: "x", name: "", phone: "x" };
    expect(fieldsOf(() => checkAccount(wrong)).sort()).toEqual([
      "input.email",
      "input.name",
      "input.password",
      "input.phone",
    ]);
  });

  test("takes passwords of 8 and 128 characters, counted as people count", () => {
    expect(fieldsOf(() => checkAccount({ ...GOOD, password: "12345678" }))).toEqual([]);
    expect(fieldsOf(() => checkAccount({ ...GOOD, password: "🔑".repeat(128) }))).toEqual([]);
    expect(fieldsOf(() => checkAccount({ ...GOOD, password: "🔑".repeat(7) }))).toEqual(["input.password"]);
  });

  test("has one e-mail address however it is spelled, and one password however it is typed", () => {
    expect(emailKeyOf(" Customer@LUNAS.test ")).toBe("customer@lunas.test");
    expect(emailKeyOf("e\u0301@lunas.test")).toBe(emailKeyOf("\u00e9@lunas.test"));
    const typed = ["e\u0301-password", "\u00e9-password"].map(
      (password) => checkAccount({ ...GOOD, password }).password,
    );
    expect(typed[0]).toBe(typed[1]);
  });
});

describe("signing in", () => {
  test.each([
    ["no e-mail address", { email: "", password: "x" }, ["email"]],
    ["no password", { email: GOOD.email, password: "" }, ["password"]],
    ["a password that nobody has", { email: GOOD.email, password: "x".repeat(129) }, ["password"]],
    ["a megabyte", { email: "x".repeat(1_000_000), password: "x".repeat(1_000_000) }, ["email", "password"]],
    ["a NUL", { email: "a\u0000@lunas.test", password: "x" }, ["email"]],
  ])("with %s is refused before anything is hashed", (_what, input, fields) => {
    expect(fieldsOf(() => checkCredentials(input))).toEqual(fields);
  });
});

test.each([
  ["0812-3456-7890", "+6281234567890"],
  ["081234567890", "+6281234567890"],
  ["6281234567890", "+6281234567890"],
  ["+62 812 3456 7890", "+6281234567890"],
  ["(021) 5550.1234", "+622155501234"],
  ["81234567890", null],
  ["+6201234567890", null],
  ["++6281234567890", null],
  ["", null],
])("%s is the number %s", (typed, number) => {
  expect(normalizePhone(typed)).toBe(number);
});
