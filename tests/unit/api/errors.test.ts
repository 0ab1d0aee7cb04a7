import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError } from "graphql";
import { describe, expect, test } from "vitest";
import { answerOf, createFormatError } from "../../../api/graphql/errors.ts";
import { ERROR_CODES, GatewayUnavailable, Refusal } from "../../../domain/kernel/errors.ts";
import { withRequestId } from "../../../platform/log.ts";

interface Line {
  readonly level: "error" | "warn";
  readonly fields: { readonly err?: unknown };
}

function formatter() {
  const lines: Line[] = [];
  const log = {
    error: (fields: object) => lines.push({ level: "error", fields }),
    warn: (fields: object) => lines.push({ level: "warn", fields }),
  };
  return { format: createFormatError(log as never), lines };
}

/** As graphql-js wraps what a resolver threw. */
const fromResolver = (cause: Error) => new GraphQLError(cause.message, { path: ["checkout"], originalError: cause });

describe("an error of a resolver", () => {
  test.each(ERROR_CODES)(
    "that is the refusal %s goes out with its code, its words and its details, and is not logged",
    (code) => {
      const { format, lines } = formatter();
      const error = fromResolver(new Refusal(code, "words", { available: 3 }));
      const told = format(error.toJSON(), error);
      expect(told.message).toBe("words");
      expect(told.extensions).toMatchObject({ code, details: { available: 3 } });
      if (code !== "INTERNAL") expect(lines).toEqual([]);
    },
  );

  test("that is a gateway's silence may be tried again, and says nothing of the call", () => {
    const { format } = formatter();
    const error = fromResolver(new GatewayUnavailable("midtrans", "POST /snap/v1 with Basic c2VjcmV0", "unknown"));
    expect(format(error.toJSON(), error)).toMatchObject({
      message: expect.not.stringContaining("c2VjcmV0") as string,
      extensions: { code: "GATEWAY_UNAVAILABLE", retryable: true, details: { gateway: "midtrans" } },
    });
  });

  test("that is a bug of ours hides its message and is logged whole, under the request that the client is told", () => {
    const { format, lines } = formatter();
    const bug = new Error("column secret_thing does not exist");
    const told = withRequestId("request-0001", () => format(fromResolver(bug).toJSON(), fromResolver(bug)));
    expect(told).toMatchObject({
      message: "Something went wrong on our side",
      extensions: { code: "INTERNAL", retryable: false, details: { requestId: "request-0001" } },
    });
    expect(JSON.stringify(told)).not.toMatch(/secret_thing|stack/i);
    expect(lines).toEqual([expect.objectContaining({ level: "error" })]);
    expect(unwrapResolverError(lines[0]?.fields.err)).toBe(bug);
  });

  test("that is a database away may be tried again", () => {
    const away = Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:5432"), { code: "ECONNREFUSED" });
    expect(answerOf(away)).toMatchObject({
      code: "INTERNAL",
      retryable: true,
      message: expect.not.stringContaining("10.0.0.7") as string,
    });
  });

  test.each(["55P03", "57014", "40001", "40P01"])("that is a race lost for good (%s) may be tried again", (code) => {
    expect(answerOf(Object.assign(new Error("canceling statement"), { code }))).toMatchObject({
      code: "INTERNAL",
      retryable: true,
    });
  });

  test("that no column can hold the text is the caller's", () => {
    const nul = Object.assign(new Error('invalid byte sequence for encoding "UTF8": 0x00'), { code: "22021" });
    expect(answerOf(nul)).toMatchObject({ code: "INVALID_INPUT", retryable: false });
    const half = Object.assign(new Error("invalid input syntax for type json"), { code: "22P02" });
    expect(answerOf(half)).toMatchObject({ code: "INVALID_INPUT", retryable: false });
    const ours = Object.assign(new Error('invalid input syntax for type uuid: "x"'), { code: "22P02" });
    expect(answerOf(ours)).toMatchObject({ code: "INTERNAL" });
  });
});
