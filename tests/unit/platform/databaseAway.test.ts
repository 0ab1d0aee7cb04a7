import { describe, expect, test } from "vitest";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import { isDatabaseAway } from "../../../platform/db.ts";
import { NoAnswer } from "../../../platform/http.ts";

const refused = () => Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });

describe("the database is taken for away", () => {
  test.each([
    ["its connection is refused", refused()],
    ["the ORM wraps the refused connection", new Error("query failed", { cause: refused() })],
    ["it shuts down", Object.assign(new Error("shutdown"), { code: "57P01" })],
    ["it has no connection left", new Error("timeout exceeded when trying to connect")],
    ["it cut a connection in use", new Error("Connection terminated unexpectedly")],
    ["the connection was cut before", new Error("Client has encountered a connection error and is not queryable")],
    ["it did not answer in time", new Error("timeout expired")],
    ["it cut a transaction that stood still", Object.assign(new Error("idle"), { code: "25P03" })],
  ])("when %s", (_why, error) => expect(isDatabaseAway(error)).toBe(true));

  test.each([
    ["a gateway's connection was refused", new NoAnswer("no answer: TypeError", { cause: refused() })],
    [
      "a gateway is away because of it",
      new GatewayUnavailable("rajaongkir", "away", "none", { cause: new NoAnswer("no answer", { cause: refused() }) }),
    ],
    [
      "something of ours failed because of a gateway",
      new Error("failed", { cause: new NoAnswer("x", { cause: refused() }) }),
    ],
    ["a statement is wrong", Object.assign(new Error("syntax"), { code: "42601" })],
  ])("but not when %s", (_why, error) => expect(isDatabaseAway(error)).toBe(false));
});
