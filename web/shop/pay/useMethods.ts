import { useQuery } from "@apollo/client/react";
import { useEffect, useState } from "react";
import { PaymentMethodsDocument } from "../../graphql/generated/shop/graphql.ts";
import { firstChoice, isAway, type Method, type MethodInfo } from "./methodGroups.ts";
import { usePayWords } from "./usePayWords.ts";

const REMEMBERED = "lunas.method";
/** While the gateway is away: as often as a person would look himself. */
const LOOK_AGAIN_MS = 10_000;

export interface Methods {
  readonly amount: number;
  readonly methods: readonly MethodInfo[] | undefined;
  readonly away: boolean;
  readonly chosen: MethodInfo | undefined;
  readonly error: unknown;
  choose(method: Method): void;
  retry(): void;
}

/** The ways to pay an amount in whole rupiah, and the one that is chosen: at first the one chosen the last time. */
export function useMethods(amount: number | undefined, avoid?: Method): Methods {
  const { spoken } = usePayWords();
  const [wanted, setWanted] = useState<string | null>(() => localStorage.getItem(REMEMBERED));
  const { data, previousData, error, refetch, startPolling, stopPolling } = useQuery(PaymentMethodsDocument, {
    variables: { amount: amount ?? 0, language: spoken },
    skip: amount === undefined,
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  // A courier that costs a little more is no reason for the list to blink; whether a method takes the new amount is
  // seen by its limits until the answer is here.
  const shown = data?.paymentMethods ?? previousData?.paymentMethods.map((info) => ({ ...info, available: true }));
  const methods = shown?.filter(({ method }) => method !== avoid);
  const away = methods !== undefined && amount !== undefined && isAway(methods, amount);
  useEffect(() => {
    if (away) startPolling(LOOK_AGAIN_MS);
    else stopPolling();
  }, [away, startPolling, stopPolling]);
  return {
    amount: amount ?? 0,
    methods,
    away,
    chosen: methods && amount !== undefined ? firstChoice(methods, amount, wanted) : undefined,
    error: methods ? undefined : error,
    choose(method) {
      setWanted(method);
      localStorage.setItem(REMEMBERED, method);
    },
    retry: () => void refetch().catch(() => undefined),
  };
}
