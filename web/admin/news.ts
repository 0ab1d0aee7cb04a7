import type { ApolloClient } from "@apollo/client";

/**
 * For a mutation after which everything that is shown is asked for anew: done it changes more than its answer says, and
 * refused it says that a colleague or a worker was faster.
 */
export const NEWS = {
  refetchQueries: "active",
  onError: (_refusal: unknown, options?: { readonly client?: ApolloClient }) =>
    void options?.client?.refetchQueries({ include: "active" }),
} as const;
