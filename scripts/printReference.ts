import type { GraphQLSchema } from "graphql";
import type { Example, ExampleValue } from "../api/examples/example.ts";
import { exampleDocument, fillIn } from "../api/examples/exampleDocument.ts";
import { chapters } from "../api/examples/examples.ts";
import { refusals } from "../api/examples/refusals.ts";
import { operationRights } from "../api/graphql/rights.ts";
import { RIGHTS_OF } from "../domain/identity/rights.access.ts";
import type { Role } from "../domain/kernel/actor.ts";
import { RETRYABLE_CODES } from "../domain/kernel/errors.ts";

const HEAD = `# Every operation, with an example

Written by \`npm run schema\` from the examples in \`api/examples\`. They are one story: a test sends them from the
first to the last to a new demo shop, from the origin of Apollo's page. Names in capitals stand for what an earlier
answer said. \`/graphql\` in a browser offers each of them ready-made; sign in with \`login\` and put the
\`accessToken\` into the header \`Authorization: Bearer ...\`. What the operations are for in their connection:
[api.md](api.md).
`;

const ROLES: readonly Role[] = ["CUSTOMER", "STAFF", "ADMIN", "SERVICE"];

/** Who may send an operation, in words. */
function callersOf(operation: string): string {
  const right = operationRights[operation];
  if (right === undefined) throw new Error(`${operation} has no right`);
  if (right === "public") return "anybody";
  if (right === "signedIn") return "any account";
  const roles = ROLES.filter((role) => RIGHTS_OF[role].has(right));
  return `\`${right}\`: ${roles.map((role) => role.toLowerCase()).join(", ")}`;
}

/** `$orderId` as people read it: ORDER_ID. */
const placeholder = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

function sectionOf(schema: GraphQLSchema, example: Example): string {
  const name = example.operation.split(".")[1] as string;
  const values = fillIn((example.variables ?? {}) as ExampleValue, placeholder);
  const lines = [
    `### ${name}`,
    "",
    `For ${callersOf(example.operation)}.${example.says ? ` ${example.says}` : ""}`,
    "",
  ];
  if (example.after) lines.push(`Before it: ${example.after}.`, "");
  lines.push("```graphql", exampleDocument(schema, example), "```");
  if (example.variables) lines.push("", "```json", JSON.stringify(values, null, 2), "```");
  if (example.refused) lines.push("", `Here refused with \`${example.refused}\`.`);
  return lines.join("\n");
}

const refusalRows = (): string[] =>
  Object.entries(refusals).map(([code, meaning]) => {
    const again = (RETRYABLE_CODES as ReadonlySet<string>).has(code) ? "yes" : "";
    return `| \`${code}\` | ${meaning} | ${again} |`;
  });

/** docs/reference.md: each operation with who may send it and an example, then every code of a refusal. */
export function printReference(schema: GraphQLSchema): string {
  const parts = chapters.flatMap(({ title, examples }) => [
    `## ${title}`,
    ...examples.map((example) => sectionOf(schema, example)),
  ]);
  const codes = ["| code | meaning | may be sent again as it was |", "|---|---|---|", ...refusalRows()].join("\n");
  return `${[HEAD.trimEnd(), ...parts, "## Refusals", codes].join("\n\n")}\n`;
}
