import { useQuery } from "@apollo/client/react";
import { CoursePurchaseDocument, type CoursePurchaseQuery } from "../graphql/generated/buying/graphql.ts";

export type CoursePurchase = NonNullable<CoursePurchaseQuery["payment"]>;

/** What a payment for courses is for; undefined until it is known, and for no payment. */
export function useCoursePurchase(paymentId: string | null): CoursePurchase | undefined {
  const { data } = useQuery(CoursePurchaseDocument, {
    variables: { id: paymentId ?? "" },
    skip: paymentId === null,
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  return data?.payment ?? undefined;
}
