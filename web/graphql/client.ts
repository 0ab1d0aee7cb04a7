import { ApolloClient, ApolloLink, type FieldMergeFunction, HttpLink, InMemoryCache, Observable } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { OperationTypeNode } from "graphql";
import { hearTime } from "../ui/shopClock.ts";
import { session } from "./browserSession.ts";
import { deviceId } from "./deviceId.ts";
import { keepingPages } from "./keptPages.ts";
import { listKey } from "./listKey.ts";

/**
 * What an operation may say in its context. `wait: "none"`: what everybody sees needs no renewed token first;
 * `identity: "none"`: sent without a token at all, as signing in is.
 */
export interface OperationContext {
  wait?: "none";
  identity?: "none";
}

/** A question that is away longer is lost with its line, and would keep every later look at the same thing waiting. */
const QUERY_MS = 60_000;

const refusedForIdentity = (result: ApolloLink.Result) =>
  result.errors?.some((error) => error.extensions?.["code"] === "UNAUTHENTICATED") ?? false;

const is401 = (error: unknown) =>
  typeof error === "object" && error !== null && "statusCode" in error && error.statusCode === 401;

/** Sends the access token along, and once more with a renewed one where the server no longer knows it. */
const identityLink = new ApolloLink(
  (operation, forward) =>
    new Observable((observer) => {
      const context = operation.getContext() as OperationContext;
      let stopped = false;
      let stop: (() => void) | undefined;

      function send(token: string | null, mayRetry: boolean) {
        if (stopped) return;
        const again = () => {
          session.renew(token).then(
            (fresh) => send(fresh, false),
            (error: unknown) => observer.error(error),
          );
        };
        operation.setContext({
          headers: token === null ? {} : { authorization: `Bearer ${token}` },
          // What is to be done may take the gateway's own time; its answer is waited for.
          ...(operation.operationType === OperationTypeNode.QUERY && {
            fetchOptions: { signal: AbortSignal.timeout(QUERY_MS) },
          }),
        });
        let retrying = false;
        const subscription = forward(operation).subscribe({
          next(result) {
            const { response } = operation.getContext() as { response?: Response };
            hearTime(response?.headers.get("date"));
            if (mayRetry && refusedForIdentity(result)) {
              retrying = true;
              again();
            } else observer.next(result);
          },
          error(error) {
            if (mayRetry && is401(error)) again();
            else observer.error(error);
          },
          complete() {
            if (!retrying) observer.complete();
          },
        });
        stop = () => subscription.unsubscribe();
      }

      if (context.identity === "none") send(null, false);
      else if (context.wait === "none") send(session.current(), session.signedIn());
      else {
        session.bearer().then(
          (token) => send(token, session.signedIn()),
          (error: unknown) => observer.error(error),
        );
      }
      return () => {
        stopped = true;
        stop?.();
      };
    }),
);

/** The shop's lists: what comes page after page, each page added to those before it. */
const SHOP_LISTS = ["products", "orders", "payments", "subscriptions", "reviews", "enrollments"];

/** The back office's lists, which begin again with their first page when they are looked at anew. */
const LISTS = [
  "adminOrders",
  "adminPayments",
  "ordersToShip",
  "shipments",
  "alerts",
  "moneyCases",
  "gatewayNotifications",
  "gatewayCalls",
  "notices",
  "fraudVerdicts",
  "fraudBlocks",
  "adminRefunds",
  "adminReviews",
  "adminEnrollments",
  "adminSubscriptions",
  "adminUsers",
  "paymentsToApprove",
  "reconciliationRuns",
  "discrepancies",
  "settlementFiles",
  "settlementLines",
  "bankLines",
  "ledgerEntries",
  "ledgerAdjustments",
];
const byPages = relayStylePagination(listKey);
const byKeptPages = { ...byPages, merge: keepingPages(byPages.merge as FieldMergeFunction) };

function createCache() {
  return new InMemoryCache({
    typePolicies: {
      Query: {
        fields: Object.fromEntries([
          ...LISTS.map((name) => [name, byPages]),
          ...SHOP_LISTS.map((name) => [name, byKeptPages]),
        ]),
      },
      Product: { fields: { reviews: byKeptPages } },
      // Parts of their parent, replaced whole: a timeline of ten events doesn't merge with one of nine.
      Order: { fields: { history: { merge: false }, refunds: { merge: false } } },
      // A day has one close, and no other name.
      ReconciliationRun: { keyFields: ["day"], fields: { methods: { merge: false } } },
      Cart: { fields: { items: { merge: false } } },
      Payment: {
        fields: { transactions: { merge: false }, refunds: { merge: false }, enrollments: { merge: false } },
      },
      Shipment: { fields: { events: { merge: false } } },
    },
  });
}

/** The one Apollo client of the page. */
export const client = new ApolloClient({
  link: ApolloLink.from([identityLink, new HttpLink({ uri: "/graphql", headers: { "x-device-id": deviceId() } })]),
  cache: createCache(),
});
