import { useQuery } from "@apollo/client/react";
import { useMemo } from "react";
import { type OrderDetailFragment, OrderRefundsDocument } from "../graphql/generated/buying/graphql.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { RefundsCard } from "./RefundsCard.tsx";
import { useRefundWatch } from "./useRefundWatch.ts";

/** The money of an order that goes back, and that of its payment which paid for nothing; nothing where none does. */
export function OrderRefunds({ order }: { readonly order: OrderDetailFragment }) {
  const { spoken } = useBuyingWords();
  const { data, refetch } = useQuery(OrderRefundsDocument, {
    variables: { id: order.id, language: spoken },
    skip: order.status === "PENDING_PAYMENT",
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const found = data?.order;
  const refunds = useMemo(
    () => (found ? [...found.refunds, ...found.payment.refunds.filter((one) => !one.order)] : []),
    [found],
  );
  useRefundWatch(refunds, refetch, `${order.status} ${order.paymentStatus}`);
  return <RefundsCard refunds={refunds} way={found?.payment.currentTransaction?.methodLabel ?? null} isOfOrder />;
}
