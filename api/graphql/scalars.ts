import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const invalid = (expected: string) => new GraphQLError(`Expected ${expected}`);

/** The text of a literal in a query; anything else than a string is no date. */
function textOf(node: ValueNode, expected: string): string {
  if (node.kind !== Kind.STRING) throw invalid(expected);
  return node.value;
}

const INSTANT = "an instant in ISO 8601 with its offset, such as 2026-11-20T07:00:00.000Z";

function readInstant(value: unknown): Date {
  if (typeof value !== "string" || !DATE_TIME.test(value)) throw invalid(INSTANT);
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) throw invalid(INSTANT);
  return at;
}

/** An instant. Comes in with any offset, goes out in UTC with milliseconds. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: "DateTime",
  description: "An instant, ISO 8601 in UTC with milliseconds.",
  serialize: (value) => (value instanceof Date ? value : readInstant(value)).toISOString(),
  parseValue: readInstant,
  parseLiteral: (node) => readInstant(textOf(node, INSTANT)),
});

const CALENDAR_DAY = "a calendar day, YYYY-MM-DD";

function readDay(value: unknown): string {
  if (typeof value !== "string" || !DAY.test(value)) throw invalid(CALENDAR_DAY);
  const at = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== value) throw invalid(CALENDAR_DAY);
  return value;
}

/** A day, as text all the way: a Date object would turn it into an instant of some time zone. */
export const CalendarDay = new GraphQLScalarType<string, string>({
  name: "Date",
  description: "A calendar day in Asia/Jakarta, YYYY-MM-DD.",
  serialize: readDay,
  parseValue: readDay,
  parseLiteral: (node) => readDay(textOf(node, CALENDAR_DAY)),
});

function moneyScalar(name: string, description: string, min: number): GraphQLScalarType<number, number> {
  const expected = min === 0 ? "a whole amount from 0 to 2^53-1" : "a whole amount from -(2^53-1) to 2^53-1";
  const read = (value: unknown): number => {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < min) throw invalid(expected);
    return value;
  };
  return new GraphQLScalarType<number, number>({
    name,
    description,
    serialize: read,
    parseValue: read,
    parseLiteral: (node) => {
      if (node.kind !== Kind.INT) throw invalid(expected);
      return read(Number(node.value));
    },
  });
}

/** Whole rupiah. Not Int: GraphQL's ends at 2^31-1, which is about two thousand million. */
export const Money = moneyScalar(
  "Money",
  "Whole units of the currency that stands beside it (rupiah have no minor unit in practice). " +
    "A JSON integer from 0 to 2^53-1.",
  0,
);

/** Whole rupiah that may be owed. */
export const SignedMoney = moneyScalar("SignedMoney", "Whole units that may be negative.", -Number.MAX_SAFE_INTEGER);
