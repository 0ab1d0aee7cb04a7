import type { TypedDocumentNode } from "@apollo/client";
import type { FieldNode, OperationDefinitionNode, VariableDefinitionNode } from "graphql";
import { type ProductCardFragment, ProductInCartDocument } from "../graphql/generated/shop/graphql.ts";

/** Products of one request: the server takes 30 aliases. */
export const AT_ONCE = 25;

/** Null: it is sold no more. */
type Products = Readonly<Record<string, ProductCardFragment | null>>;

/** The question for one product, asked once for each name. */
function askedBy(names: readonly string[]): TypedDocumentNode<Products, Readonly<Record<string, string>>> {
  const [one, ...fragments] = ProductInCartDocument.definitions;
  const { variableDefinitions, selectionSet, ...question } = one as OperationDefinitionNode;
  const variable = variableDefinitions?.[0] as VariableDefinitionNode;
  const field = selectionSet.selections[0] as FieldNode;
  const called = (value: string) => ({ ...field.name, value });
  const variableOf = (name: string) => ({ ...variable.variable, name: called(name) });
  const operation: OperationDefinitionNode = {
    ...question,
    variableDefinitions: names.map((name) => ({ ...variable, variable: variableOf(name) })),
    selectionSet: {
      ...selectionSet,
      selections: names.map((name) => ({
        ...field,
        alias: called(name),
        arguments: field.arguments?.map((argument) => ({ ...argument, value: variableOf(name) })) ?? [],
      })),
    },
  };
  return { kind: ProductInCartDocument.kind, definitions: [operation, ...fragments] };
}

/** What asks for these products, AT_ONCE in a request; each is answered by its place: `product0` and so on. */
export function productsAtOnce(ids: readonly string[]) {
  const parts = Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, part) =>
    ids.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  );
  return parts.map((part) => {
    const named = part.map((id, place) => [`product${place}`, id] as const);
    return { query: askedBy(named.map(([name]) => name)), variables: Object.fromEntries(named) };
  });
}
