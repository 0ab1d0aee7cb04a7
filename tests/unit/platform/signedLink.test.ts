import { describe, expect, test } from "vitest";
import { checkLink, signLink } from "../../../platform/signedLink.ts";

const PATH = "/api/invoices/1.pdf";
const END = new Date("2026-11-20T07:20:00.000Z");
const query = (link: string) => Object.fromEntries(new URL(link, "https://toko.test").searchParams);

describe("a signed link", () => {
  const link = signLink("secret", PATH, END);

  test("is good until its end, and over from then on", () => {
    expect(checkLink("secret", PATH, query(link), new Date(END.getTime() - 1))).toBe("good");
    expect(checkLink("secret", PATH, query(link), END)).toBe("over");
  });

  test.each<[string, string, string, object]>([
    ["another path", "secret", "/api/invoices/2.pdf", {}],
    ["another secret", "other", PATH, {}],
    ["a later end", "secret", PATH, { expires: "9999999999" }],
    ["an end that is no number", "secret", PATH, { expires: "soon" }],
    ["no end", "secret", PATH, { expires: undefined }],
    ["two signatures", "secret", PATH, { signature: ["a", "b"] }],
    ["an empty signature", "secret", PATH, { signature: "" }],
    ["letters that are not base64url", "secret", PATH, { signature: "é".repeat(43) }],
  ])("is forged with %s", (_, secret, path, change) => {
    expect(checkLink(secret, path, { ...query(link), ...change }, new Date(0))).toBe("forged");
  });
});
