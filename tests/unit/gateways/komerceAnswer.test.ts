import { describe, expect, test } from "vitest";
import { readStored } from "../../../gateways/komerce/wire.ts";
import { readSaid } from "../../../gateways/komerceAnswer.ts";

const answer = (status: number, code: number, message: string) => {
  const json = { meta: { message, code, status: "error" }, data: null };
  return { status, json, text: JSON.stringify(json) };
};

describe("words about a key", () => {
  test.each([400, 401, 403])("in a no (%d) say that nothing was done", (code) => {
    expect(readSaid(answer(code, code, "Invalid Api key, key not found")).kind).toBe("refused");
  });

  test.each([500, 502, 504])("in the company's own trouble (%d) leave open whether a booking was made", (code) => {
    expect(readStored(answer(code, code, "api key usage could not be logged")).kind).toBe("failed");
  });
});
