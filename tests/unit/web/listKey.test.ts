import { gql, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { expect, test } from "vitest";
import { listKey } from "../../../web/graphql/listKey.ts";

const LIST = gql`
  query ($status: [String!], $first: Int!, $after: String) {
    adminRefunds(status: $status, first: $first, after: $after) {
      totalCount
      edges {
        cursor
        node {
          id
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
const COUNTS = gql`
  query {
    failed: adminRefunds(status: ["FAILED"], first: 1) {
      totalCount
    }
    done: adminRefunds(status: ["SUCCEEDED"], first: 1) {
      totalCount
    }
  }
`;

function desk() {
  const adminRefunds = relayStylePagination(listKey);
  const cache = new InMemoryCache({ typePolicies: { Query: { fields: { adminRefunds } } } });
  const listOf = (status: string) => ({ query: LIST, variables: { status: [status], first: 25 } });
  return {
    comes(status: string, ids: string, after?: string) {
      const edges = [...ids].map((id) => ({ __typename: "E", cursor: `at-${id}`, node: { __typename: "Refund", id } }));
      const pageInfo = { __typename: "PageInfo", hasNextPage: true, endCursor: `at-${ids.at(-1)}` };
      const { query, variables } = listOf(status);
      cache.writeQuery({
        query,
        variables: { ...variables, ...(after && { after }) },
        data: { adminRefunds: { __typename: "C", totalCount: 4, edges, pageInfo } },
      });
    },
    /** As Apollo writes what is asked for anew: over what was there. */
    counted(failed: number, done: number) {
      const of = (totalCount: number) => ({ __typename: "C", totalCount });
      cache.writeQuery({ query: COUNTS, data: { failed: of(failed), done: of(done) }, overwrite: true });
    },
    shows(status: string) {
      type Shown = { adminRefunds: { edges: { node: { id: string } }[] } };
      return cache
        .readQuery<Shown>(listOf(status))
        ?.adminRefunds.edges.map(({ node }) => node.id)
        .join("");
    },
    counts: () => cache.readQuery<Record<"failed" | "done", { totalCount: number }>>({ query: COUNTS }),
  };
}

test("a list keeps its rows when it is counted anew beside it", () => {
  const { comes, counted, shows, counts } = desk();
  comes("FAILED", "ab");
  counted(2, 7);
  counted(3, 8);
  expect(shows("FAILED")).toBe("ab");
  expect(counts()).toMatchObject({ failed: { totalCount: 3 }, done: { totalCount: 8 } });
});

test("a list's pages are one list, and each filter's a list of its own", () => {
  const { comes, shows } = desk();
  comes("FAILED", "ab");
  comes("FAILED", "cd", "at-b");
  comes("SUCCEEDED", "xy");
  expect(shows("FAILED")).toBe("abcd");
  expect(shows("SUCCEEDED")).toBe("xy");
});
