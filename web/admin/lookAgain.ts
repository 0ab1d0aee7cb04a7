import type { ApolloClient, OperationVariables, TypedDocumentNode } from "@apollo/client";

/** The largest page that the server gives: what one look at a list can bring. */
export const LOOK_MAX = 100;

interface Look {
  readonly document: TypedDocumentNode<unknown, OperationVariables>;
  readonly filters: OperationVariables;
  /** That are shown now, LOOK_MAX at most. */
  readonly rows: number;
  /** False once more of the list has been asked for meanwhile. */
  isCurrent(): boolean;
}

/**
 * Asks once for as many rows as a list shows and puts them in their place, so that a list that has grown page after
 * page stays as long as it is. An answer that the list has outgrown meanwhile is dropped: the next look brings all.
 *
 * @throws what the server or the network refused with
 */
export async function lookAgain(client: ApolloClient, { document, filters, rows, isCurrent }: Look): Promise<void> {
  const variables = { ...filters, first: rows };
  const { data } = await client.query({ query: document, variables, fetchPolicy: "no-cache" });
  if (data && isCurrent()) client.writeQuery({ query: document, variables, data });
}
