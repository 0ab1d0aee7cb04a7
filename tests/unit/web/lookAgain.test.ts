import { ApolloClient, ApolloLink, gql, InMemoryCache, Observable } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { expect, test } from "vitest";
import { lookAgain } from "../../../web/admin/lookAgain.ts";
import { listKey } from "../../../web/graphql/listKey.ts";

const ALERTS = gql`
  query ($open: Boolean, $first: Int!, $after: String) {
    alerts(open: $open, first: $first, after: $after) {
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

/** A desk's list of pages of three, and the shop that it asks. */
function desk() {
  let there = "";
  const asked: number[] = [];
  const link = new ApolloLink(({ variables }) => {
    const { first, after } = variables as { first: number; after?: string };
    asked.push(first);
    const from = after ? there.indexOf(after) + 1 : 0;
    const edges = [...there.slice(from, from + first)].map((id) => ({
      __typename: "AlertEdge",
      cursor: id,
      node: { __typename: "Alert", id },
    }));
    const pageInfo = {
      __typename: "PageInfo",
      hasNextPage: from + first < there.length,
      endCursor: edges.at(-1)?.cursor ?? null,
    };
    return new Observable((observer) => {
      observer.next({ data: { alerts: { __typename: "AlertConnection", edges, pageInfo } } });
      observer.complete();
    });
  });
  const fields = { alerts: relayStylePagination(listKey) };
  const client = new ApolloClient({ link, cache: new InMemoryCache({ typePolicies: { Query: { fields } } }) });
  const filters = { open: true };
  return {
    asked,
    stands(ids: string) {
      there = ids;
    },
    page: (after?: string) =>
      client.query({
        query: ALERTS,
        variables: { ...filters, first: 3, ...(after && { after }) },
        fetchPolicy: "network-only",
      }),
    look: (rows: number, isCurrent = () => true) => lookAgain(client, { document: ALERTS, filters, rows, isCurrent }),
    shows() {
      type Shown = { alerts: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean } } };
      const shown = client.readQuery<Shown>({ query: ALERTS, variables: { ...filters, first: 3 } })?.alerts;
      return [shown?.edges.map(({ node }) => node.id).join(""), shown?.pageInfo.hasNextPage];
    },
  };
}

test("a list that has grown is looked at in one answer: what is new comes, what has gone goes", async () => {
  const { asked, stands, page, look, shows } = desk();
  stands("abcdefgh");
  await page();
  await page("c");
  expect(shows()).toEqual(["abcdef", true]);
  stands("nabcdfgh");
  await look(6);
  expect(shows()).toEqual(["nabcdf", true]);
  expect(asked).toEqual([3, 3, 6]);
  await page("f");
  expect(shows()).toEqual(["nabcdfgh", false]);
});

test("a look that was overtaken by a further page takes it away no more", async () => {
  const { stands, page, look, shows } = desk();
  stands("abcdefghi");
  await page();
  await page("c");
  let isCurrent = true;
  const looked = look(6, () => isCurrent);
  isCurrent = false;
  await page("f");
  await looked;
  expect(shows()).toEqual(["abcdefghi", false]);
});
