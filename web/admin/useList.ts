import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { useRef, useState } from "react";
import { useWatch } from "../ui/useWatch.ts";
import { LOOK_MAX, lookAgain } from "./lookAgain.ts";

/** Rows of a page: enough for a desktop's height. */
const PAGE = 25;

export interface Connection<Row> {
  readonly totalCount: number;
  readonly edges: ReadonlyArray<{ readonly node: Row }>;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** A list of the server as DataTable shows it, page after page. */
export interface List<Row> {
  /** Undefined until there was any answer; while another filter's answer is awaited, the last one's. */
  readonly connection: Connection<Row> | undefined;
  readonly loading: boolean;
  readonly error: unknown;
  fetchMore(after: string): Promise<unknown>;
  retry(): void;
  /** Asks for what is shown anew, where one answer brings it. @throws what the server or the network refused with */
  look(): Promise<unknown>;
}

/** Asks for a list by its filters, always anew when the page is come to. */
export function useList<Data, Variables extends OperationVariables, Row>(
  document: TypedDocumentNode<Data, Variables>,
  filters: Omit<Variables, "first" | "after">,
  connectionOf: (data: Data) => Connection<Row>,
): List<Row> {
  // What the document asks for beyond `filters` is the page, which every list has.
  const { client, data, previousData, loading, error, refetch, fetchMore } = useQuery(
    document as TypedDocumentNode<Data, OperationVariables>,
    { variables: { ...filters, first: PAGE }, fetchPolicy: "cache-and-network", nextFetchPolicy: "cache-first" },
  );
  const shown = (data ?? previousData) as Data | undefined;
  const connection = shown && connectionOf(shown);
  const rows = connection?.edges.length ?? 0;
  const pages = useRef(0);
  const [failed, setFailed] = useState<unknown>();
  async function lookAtAll() {
    const asked = pages.current;
    const query = document as TypedDocumentNode<unknown, OperationVariables>;
    try {
      await lookAgain(client, { document: query, filters, rows, isCurrent: () => pages.current === asked });
      setFailed(undefined);
    } catch (problem) {
      setFailed(problem);
      throw problem;
    }
  }
  return {
    connection,
    loading,
    error: error ?? failed,
    fetchMore(after) {
      pages.current += 1;
      return fetchMore({ variables: { after } });
    },
    retry() {
      setFailed(undefined);
      void refetch();
    },
    look: () => (rows > PAGE && rows <= LOOK_MAX ? lookAtAll() : refetch()),
  };
}

/**
 * Keeps a list as it is at the server while `watching`, because workers and colleagues move its rows (see useWatch).
 * Only as long as one look brings all that is shown of it: a shorter answer would shut the pages below.
 */
export function useListWatch<Row>(list: List<Row>, watching = true): void {
  const rows = list.connection?.edges.length ?? 0;
  useWatch(watching && rows <= LOOK_MAX, list.look);
}
