import { ApolloArmor } from "@escape.tech/graphql-armor";
import {
  type ASTNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from "graphql";
import { PAGE_MAX } from "../../domain/kernel/page.ts";
import { queryTooComplex } from "./errors.ts";

/** The deepest page of the web client has 9 levels, fragments flattened. */
const DEPTH_MAX = 12;
/** Aliases of one request. Every one of a limited operation counts for itself besides. */
const ALIASES_MAX = 30;
const DIRECTIVES_MAX = 20;
/** Tokens of a document; the introspection query of tools has some 400. */
export const TOKENS_MAX = 2_000;
/** Fields of one answer, estimated: 100 orders with all that a page shows have some 12,000, which take about 100 ms. */
const COST_MAX = 20_000;
/** What a list that has no pages is taken for: the lines of an order, the changes of a status. */
const LIST_ASSUMED = 5;

const refuse = (context: ValidationContext | null, error: Error): void => {
  context?.reportError(queryTooComplex(error.message.replace(/^Syntax Error: /, "")));
};
const bounded = (n: number) => ({ n, propagateOnRejection: false, onReject: [refuse] });
const off = { enabled: false };

/** Rules that refuse a document by its form alone; their verdict is kept with the parsed document. */
export function shapeRules(): ValidationRule[] {
  const armor = new ApolloArmor({
    maxDepth: { ...bounded(DEPTH_MAX), flattenFragments: true },
    maxAliases: bounded(ALIASES_MAX),
    maxDirectives: bounded(DIRECTIVES_MAX),
    // Tokens are counted by the parser itself, cost below by page sizes, and the schema is no secret.
    maxTokens: off,
    costLimit: off,
    blockFieldSuggestion: off,
  });
  return [...armor.protect().validationRules];
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operation: OperationDefinitionNode;
}

/** The page size that a field asks for, written, by a variable, or by default. Too large ones are refused later. */
function pageSize(walk: Walk, node: FieldNode, field: GraphQLField<unknown, unknown>): number {
  const value = node.arguments?.find((argument) => argument.name.value === "first")?.value;
  const ofField = field.args.find((argument) => argument.name === "first")?.defaultValue;
  let first: unknown = ofField;
  if (value?.kind === Kind.INT) first = Number(value.value);
  if (value?.kind === Kind.VARIABLE) {
    const name = value.name.value;
    const definition = walk.operation.variableDefinitions?.find((variable) => variable.variable.name.value === name);
    const byDefault = definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : ofField;
    first = walk.variables[name] ?? byDefault;
  }
  return typeof first === "number" && first >= 1 ? Math.min(first, PAGE_MAX) : PAGE_MAX;
}

/** How often what stands below a field is answered. */
function timesOf(walk: Walk, node: FieldNode, field: GraphQLField<unknown, unknown>, parent: GraphQLNamedType): number {
  if (getNamedType(field.type).name.endsWith("Connection")) return pageSize(walk, node, field);
  const isPageItself = parent.name.endsWith("Connection");
  return isListType(getNullableType(field.type)) && !isPageItself ? LIST_ASSUMED : 1;
}

/** Fields that a selection answers, at most about `left`: beyond it the walk stops, however fragments multiply. */
function costOf(walk: Walk, set: SelectionSetNode, parent: GraphQLNamedType, left: number): number {
  let cost = 0;
  for (const node of set.selections) {
    if (cost > left) return cost;
    if (node.kind === Kind.FIELD) cost += fieldCost(walk, node, parent, left - cost);
    else {
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node : walk.fragments.get(node.name.value);
      const type = inner?.typeCondition ? walk.schema.getType(inner.typeCondition.name.value) : parent;
      if (inner && type) cost += costOf(walk, inner.selectionSet, type, left - cost);
    }
  }
  return cost;
}

function fieldCost(walk: Walk, node: FieldNode, parent: GraphQLNamedType, left: number): number {
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
  if (!field || !node.selectionSet) return 1; // introspection has graphql-js's own bound
  const type = getNamedType(field.type);
  if (!isCompositeType(type)) return 1;
  return 1 + timesOf(walk, node, field, parent) * costOf(walk, node.selectionSet, type, left);
}

const isFragment = (node: ASTNode): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION;

/**
 * Refuses an operation whose answer would be too large, by the page sizes that it asks for.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX
 */
export function checkCost(
  schema: GraphQLSchema,
  document: { readonly definitions: readonly ASTNode[] },
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  const root = schema.getRootType(operation.operation);
  if (!root) return;
  const fragments = new Map(document.definitions.filter(isFragment).map((fragment) => [fragment.name.value, fragment]));
  const cost = costOf({ schema, fragments, variables, operation }, operation.selectionSet, root, COST_MAX);
  if (cost > COST_MAX)
    throw queryTooComplex(`The answer would have more than ${COST_MAX} fields; ask for smaller pages`);
}
