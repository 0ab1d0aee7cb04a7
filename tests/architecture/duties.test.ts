import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { operationRights } from "../../api/graphql/rights.ts";
import { RIGHTS_OF, type Right } from "../../domain/identity/rights.access.ts";
import { MESSAGE_HANDLERS } from "../../domain/messages.ts";
import { planted, readSources, type SourceFile } from "./sources.ts";

/** Every root field of the public schema, such as `Query.order`. */
function operationsOf(schemaText: string): string[] {
  const schema = buildSchema(schemaText);
  return [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`),
  );
}

const withoutRight = (operations: readonly string[], rights: object) => operations.filter((each) => !(each in rights));

describe("every operation declares the right that it needs", () => {
  const operations = operationsOf(readFileSync("schema.graphql", "utf8"));

  test("and no right is declared for an operation that is gone", () => {
    expect(withoutRight(operations, operationRights)).toEqual([]);
    expect(Object.keys(operationRights).filter((each) => !operations.includes(each))).toEqual([]);
  });

  test("and a declared right is one that some role has", () => {
    const held = new Set<string>([...Object.values(RIGHTS_OF)].flatMap((rights) => [...rights]));
    const isOpen = (right: string) => right === "public" || right === "signedIn";
    expect(Object.entries(operationRights).filter(([, right]) => !isOpen(right) && !held.has(right))).toEqual([]);
  });

  test("so a forgotten one is noticed", () => {
    const schema = "type Query { me: Int } type Mutation { wipe: Int }";
    expect(withoutRight(operationsOf(schema), { "Query.me": "public" })).toEqual(["Mutation.wipe"]);
  });
});

const withoutHandler = (messages: object) =>
  Object.entries(messages).flatMap(([name, handlers]) => ((handlers as string[]).length > 0 ? [] : [name]));

describe("every message has a handler", () => {
  const table = readFileSync("worker/handlers.ts", "utf8");
  const names = Object.values(MESSAGE_HANDLERS).flat();

  test("and every handler stands in the worker's table", () => {
    expect(withoutHandler(MESSAGE_HANDLERS)).toEqual([]);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(table))).toEqual([]);
  });

  test("and every message is sent by somebody", () => {
    const sources = readSources(["domain", "worker"]).filter(({ path }) => path !== "domain/messages.ts");
    const isSent = (name: string) => sources.some(({ text }) => text.includes(`"${name}"`));
    expect(Object.keys(MESSAGE_HANDLERS).filter((name) => !isSent(name))).toEqual([]);
  });

  test("so one without is noticed", () => {
    expect(withoutHandler({ "order.paid": [], "order.sent": ["tell"] })).toEqual(["order.paid"]);
  });
});

/** Owners may do these to what is theirs, staff to anybody's. */
const STAFF_MAY_TOO = ["cancelOrder", "cancelPayment", "syncPayment"];
const isStaffRight = (right: string) => right !== "public" && right !== "signedIn" && !right.startsWith("own.");

/** The functions that stand at the top level of files, by name: their text up to the closing brace. */
function functionsOf(files: readonly SourceFile[]): Map<string, string> {
  const found = new Map<string, string>();
  const start = /^(?:export )?(?:async )?(?:function (\w+)|const (\w+)(?=[^=\n]*= (?:async )?\())/gm;
  for (const { text } of files) {
    for (const match of text.matchAll(start)) {
      const rest = text.slice(match.index);
      const end = /^(?:\}|\);).*$|;\n(?=\n)/m.exec(rest);
      found.set((match[1] ?? match[2]) as string, rest.slice(0, end ? end.index : undefined));
    }
  }
  return found;
}

/** True where the function, or one that it calls, writes the audit row. */
function reachesAudit(name: string, functions: ReadonlyMap<string, string>, seen = new Set<string>()): boolean {
  const text = functions.get(name);
  if (text === undefined || seen.has(name)) return false;
  seen.add(name);
  if (/\brecordAudit\(/.test(text) && name !== "recordAudit") return true;
  return [...text.matchAll(/\b(\w+)\(/g)].some(([, called]) => reachesAudit(called as string, functions, seen));
}

function unaudited(
  rights: Readonly<Record<string, string>>,
  resolvers: string,
  functions: ReadonlyMap<string, string>,
) {
  return Object.entries(rights)
    .filter(([operation]) => operation.startsWith("Mutation."))
    .map(([operation, right]) => [operation.slice("Mutation.".length), right] as const)
    .filter(([name, right]) => isStaffRight(right) || STAFF_MAY_TOO.includes(name))
    .filter(([name]) => {
      // The resolver's method has the operation's name and calls the use case.
      const body = new RegExp(`^  (?:async )?${name}\\([\\s\\S]*?^  \\}`, "m").exec(resolvers)?.[0] ?? "";
      const called = [...body.slice(name.length + 3).matchAll(/\b(\w+)\(/g)].map((match) => match[1] as string);
      return !called.some((use) => reachesAudit(use, functions));
    })
    .map(([name]) => name);
}

describe("every mutation of staff or of a service leaves an audit row", () => {
  const resolvers = readSources(["api/graphql"])
    .map(({ text }) => text)
    .join("\n");
  const functions = functionsOf(readSources(["domain"]));

  test("as far as the calls of its resolver can be followed", () => {
    expect(unaudited(operationRights, resolvers, functions)).toEqual([]);
  });

  test("and there are some that must", () => {
    const rights = Object.values(operationRights).filter((right) => isStaffRight(right));
    expect(rights as readonly Right[]).toContain("payment.expire");
  });

  test("so one that forgets it is noticed", () => {
    const rights = { "Mutation.wipe": "order.cancel.any", "Mutation.keep": "order.cancel.any" };
    const wipe = "  wipe(\n    context: Context,\n  ) {\n    return wipeAll(context);\n  }";
    const keep = "  async keep(context: Context) {\n    return keepAll(context);\n  }";
    const domain = [
      planted("domain/a.ts", "export async function wipeAll(app) {\n  await tx.sql('x');\n}\n"),
      planted("domain/b.ts", "async function tell(tx) {\n  await recordAudit(tx);\n}\n"),
      planted("domain/c.ts", "export async function keepAll(app) {\n  await tell(tx);\n}\n"),
    ];
    expect(unaudited(rights, `${wipe}\n${keep}`, functionsOf(domain))).toEqual(["wipe"]);
  });
});
