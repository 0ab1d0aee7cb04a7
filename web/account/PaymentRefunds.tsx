import { useQuery } from "@apollo/client/react";
import {
  CustomerPaymentRefundsDocument,
  type CustomerRefundFragment,
  type PaymentStateFragment,
} from "../graphql/generated/buying/graphql.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { RefundsCard } from "./RefundsCard.tsx";
import { useRefundWatch } from "./useRefundWatch.ts";

const NONE: readonly CustomerRefundFragment[] = [];

/** The money of a payment that goes back, whatever it paid for; nothing where none does. */
export function PaymentRefunds({ payment: { id, status, orders } }: { readonly payment: PaymentStateFragment }) {
  const { spoken } = useBuyingWords();
  const { data, refetch } = useQuery(CustomerPaymentRefundsDocument, {
    variables: { id, language: spoken },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const refunds = data?.payment?.refunds ?? NONE;
  useRefundWatch(refunds, refetch, [status, ...orders.map((order) => order.paymentStatus)].join(" "));
  return <RefundsCard refunds={refunds} way={data?.payment?.currentTransaction?.methodLabel ?? null} />;
}
