import "reflect-metadata";
import { registerEnumType } from "type-graphql";

export interface EnumText<T extends string> {
  readonly description?: string;
  /** What stands beside single values in the schema. */
  readonly values?: { readonly [value in T]?: string };
}

/**
 * Makes a GraphQL enum out of a list of words that the domain has: `const OrderStatus = graphqlEnum("OrderStatus",
 * ORDER_STATUSES)`, then `@Field(() => OrderStatus)`. Values are their own names.
 */
export function graphqlEnum<const T extends string>(
  name: string,
  words: readonly T[],
  text: EnumText<T> = {},
): { readonly [K in T]: K } {
  const object = Object.fromEntries(words.map((word) => [word, word])) as { readonly [K in T]: K };
  const described = Object.entries<string | undefined>(text.values ?? {});
  registerEnumType(object, {
    name,
    ...(text.description === undefined ? {} : { description: text.description }),
    valuesConfig: Object.fromEntries(described.map(([word, description]) => [word, { description }])) as never,
  });
  return object;
}

export const Currency = graphqlEnum("Currency", ["IDR"]);
