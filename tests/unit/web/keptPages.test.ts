import { type FieldMergeFunction, gql, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { expect, test } from "vitest";
import { keepingPages } from "../../../web/graphql/keptPages.ts";

const ORDERS = gql`
  query ($first: Int!, $after: String) {
    orders(first: $first, after: $after) {
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

function list() {
  const byPages = relayStylePagination();
  const orders = { ...byPages, merge: keepingPages(byPages.merge as FieldMergeFunction) };
  const cache = new InMemoryCache({ typePolicies: { Query: { fields: { orders } } } });
  return {
    comes(ids: string, hasNextPage: boolean, after?: string) {
      const edges = [...ids].map((id) => ({
        __typename: "OrderEdge",
        cursor: `at-${id}`,
        node: { __typename: "Order", id },
      }));
      const pageInfo = { __typename: "PageInfo", hasNextPage, endCursor: edges.at(-1)?.cursor ?? null };
      const variables = { first: 3, ...(after && { after: `at-${after}` }) };
      cache.writeQuery({
        query: ORDERS,
        variables,
        data: { orders: { __typename: "OrderConnection", edges, pageInfo } },
      });
    },
    shows() {
      type Shown = {
        orders: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
      const { edges, pageInfo } = cache.readQuery<Shown>({ query: ORDERS, variables: { first: 3 } })?.orders ?? {
        edges: [],
      };
      return [edges.map(({ node }) => node.id).join(""), pageInfo?.hasNextPage, pageInfo?.endCursor];
    },
  };
}

test("a first page that is looked at anew takes none of the following ones away, nor shows a line twice", () => {
  const { comes, shows } = list();
  comes("abc", true);
  comes("def", true, "c");
  comes("abc", true);
  expect(shows()).toEqual(["abcdef", true, "at-f"]);
  comes("nab", true);
  expect(shows()).toEqual(["nabcdef", true, "at-f"]);
  comes("gh", false, "f");
  expect(shows()).toEqual(["nabcdefgh", false, "at-h"]);
});

test("what left the list is gone with the look, and a list that became another one begins anew", () => {
  const { comes, shows } = list();
  comes("abc", true);
  comes("def", false, "c");
  comes("acd", true);
  expect(shows()).toEqual(["acdef", false, "at-f"]);
  comes("xyz", true);
  expect(shows()).toEqual(["xyz", true, "at-z"]);
  comes("xy", false);
  expect(shows()).toEqual(["xy", false, "at-y"]);
});
