import { useQuery } from "@apollo/client/react";
import { CustomerPaymentRefundsDocument, type CustomerRefundFragment } from "../graphql/generated/buying/graphql.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { RefundsCard } from "./RefundsCard.tsx";
import { useRefundWatch } from "./useRefundWatch.ts";

const NONE: readonly CustomerRefundFragment[] = [];

/** The money of a payment that goes back, whatever it paid for; nothing where none does. */
export function PaymentRefunds({ paymentId }: { readonly paymentId: string }) {
  const { spoken } = useBuyingWords();
  const { data, refetch } = useQuery(CustomerPaymentRefundsDocument, {
    variables: { id: paymentId, language: spoken },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const payment = data?.payment;
  const refunds = payment?.refunds ?? NONE;
  useRefundWatch(refunds, refetch);
  return <RefundsCard refunds={refunds} way={payment?.currentTransaction?.methodLabel ?? null} />;
}
