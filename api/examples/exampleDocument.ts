import {
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from "graphql";
import type { Example, ExampleValue } from "./example.ts";

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** An operation's field in the schema. @throws Error where there is none */
function fieldOf(schema: GraphQLSchema, operation: Example["operation"]): GraphQLField<unknown, unknown> {
  const [kind, name = ""] = operation.split(".");
  const type = kind === "Query" ? schema.getQueryType() : schema.getMutationType();
  const field = type?.getFields()[name];
  if (!field) throw new Error(`${operation} is not in the schema`);
  return field;
}

/** Paths as `nodes.0.store.id`, without their numbers, as a tree of names. */
type Wanted = Map<string, Wanted>;

function wantedOf(paths: readonly string[]): Wanted {
  const root: Wanted = new Map();
  for (const path of paths) {
    let at = root;
    for (const name of path.split(".").filter((step) => !/^\d+$/.test(step))) {
      const next: Wanted = at.get(name) ?? new Map();
      at.set(name, next);
      at = next;
    }
  }
  return root;
}

/** All of a type's own values, the rows of a list's page, and what is wanted besides. */
function selectionOf(type: GraphQLOutputType, wanted: Wanted, indent: string): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return "";
  const fields = Object.values(named.getFields());
  const hasValues = fields.some((field) => isLeafType(getNamedType(field.type)));
  const lines: string[] = [];
  for (const field of fields) {
    const further = wanted.get(field.name) ?? new Map();
    if (field.args.some(isRequiredArgument)) continue;
    if (isLeafType(getNamedType(field.type))) lines.push(`${indent}  ${field.name}`);
    else if (!hasValues || wanted.has(field.name) || ["nodes", "pageInfo"].includes(field.name)) {
      lines.push(`${indent}  ${field.name}${selectionOf(field.type, further, `${indent}  `)}`);
    }
  }
  return ` {\n${lines.join("\n")}\n${indent}}`;
}

/**
 * An example's GraphQL, written by the schema: with the variables that the example has, and all values of the answer
 * down to the next object.
 *
 * @throws Error for an operation or an argument that the schema does not have
 */
export function exampleDocument(schema: GraphQLSchema, { operation, variables = {}, keeps = {} }: Example): string {
  const field = fieldOf(schema, operation);
  const names = Object.keys(variables);
  const types = names.map((name) => {
    const argument = field.args.find((each) => each.name === name);
    if (!argument) throw new Error(`${operation} takes no ${name}`);
    return `$${name}: ${argument.type}`;
  });
  const kind = operation.startsWith("Query") ? "query" : "mutation";
  const declared = names.length > 0 ? `(${types.join(", ")})` : "";
  const given = names.length > 0 ? `(${names.map((name) => `${name}: $${name}`).join(", ")})` : "";
  const wanted = wantedOf(Object.values(keeps));
  const selected = selectionOf(field.type, wanted, "  ");
  return `${kind} ${capital(field.name)}${declared} {\n  ${field.name}${given}${selected}\n}`;
}

/** Values with what is known put in for each `$name`. */
export function fillIn(value: ExampleValue, known: (name: string) => ExampleValue): ExampleValue {
  if (typeof value === "string") return value.startsWith("$") ? known(value.slice(1)) : value;
  if (Array.isArray(value)) return value.map((each: ExampleValue) => fillIn(each, known));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fillIn(each as ExampleValue, known)]));
}
