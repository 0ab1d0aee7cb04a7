import type { ApolloClient } from "@apollo/client";
import { CartDocument, SetCartItemDocument } from "../graphql/generated/shop/graphql.ts";
import { detailNumber, failureOf } from "../ui/failure.ts";
import { mergeWishes } from "./wishes.ts";
import { wishStore } from "./wishStore.ts";

/**
 * Carries a visitor's wishes into the cart of the account just signed in to. Answers how many lines could not come
 * along whole because the stock no longer allows it. A second run gives the same cart: the larger quantity wins.
 */
export async function mergeBasket(client: ApolloClient): Promise<number> {
  const wishes = wishStore.read();
  if (wishes.length === 0) return 0;
  const { data } = await client.query({ query: CartDocument, fetchPolicy: "network-only" });
  const cart = (data?.cart.items ?? []).map((item) => ({ productId: item.product.id, quantity: item.quantity }));
  let short = 0;
  for (const wish of mergeWishes(wishes, cart)) {
    try {
      await client.mutate({ mutation: SetCartItemDocument, variables: wish });
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== "OUT_OF_STOCK" && failure.code !== "NOT_FOUND") throw error;
      short += 1;
      const available = detailNumber(failure, "available") ?? 0;
      if (available > 0) {
        await client.mutate({ mutation: SetCartItemDocument, variables: { ...wish, quantity: available } });
      }
    }
  }
  wishStore.clear();
  return short;
}
