import { useQuery } from "@apollo/client/react";
import { CoursePurchaseDocument, type CoursePurchaseQuery } from "../graphql/generated/buying/graphql.ts";
import { useWatch } from "../ui/useWatch.ts";

export type CoursePurchase = NonNullable<CoursePurchaseQuery["payment"]>;

/** What a payment for courses is for; undefined until it is known, and for no payment. */
export function useCoursePurchase(paymentId: string | null): CoursePurchase | undefined {
  const { data, error, refetch } = useQuery(CoursePurchaseDocument, {
    variables: { id: paymentId ?? "" },
    skip: paymentId === null,
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  // Without a line nothing is known of it; it is asked for until it comes.
  useWatch(error !== undefined && !data, () => refetch());
  return data?.payment ?? undefined;
}
