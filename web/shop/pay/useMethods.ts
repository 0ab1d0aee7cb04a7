import { useQuery } from "@apollo/client/react";
import { useEffect, useState } from "react";
import {
  type CardFragment,
  PaymentMethodsDocument,
  SavedCardsDocument,
} from "../../graphql/generated/buying/graphql.ts";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import { useNow } from "../../ui/useNow.ts";
import { isUsable } from "./cardName.ts";
import { BY_CARD, firstChoice, isAway, type Method, type MethodInfo } from "./methodGroups.ts";

const REMEMBERED = "lunas.method";
/** While the gateway is away: as often as a person would look himself. */
const LOOK_AGAIN_MS = 10_000;

export interface Methods {
  readonly amount: number;
  readonly methods: readonly MethodInfo[] | undefined;
  readonly away: boolean;
  readonly chosen: MethodInfo | undefined;
  readonly error: unknown;
  /** The saved cards that can pay; none until they have come. */
  readonly cards: readonly CardFragment[];
  /** The saved card that pays; null for any other way, and for another card on the gateway's page. */
  readonly card: CardFragment | null;
  chooseCard(id: string | null): void;
  choose(method: Method): void;
  retry(): void;
}

/** The ways to pay an amount in whole rupiah, and the one that is chosen: at first the one chosen the last time. */
export function useMethods(amount: number | undefined, avoid?: Method): Methods {
  const { spoken } = useBuyingWords();
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
  // Where they can't be had, the gateway's page takes every card.
  const saved = useQuery(SavedCardsDocument, { skip: amount === undefined, fetchPolicy: "cache-and-network" });
  const now = useNow(false);
  const cards = (saved.data?.savedCards ?? []).filter((card) => isUsable(card, now));
  const [picked, setPicked] = useState<string | null>();
  // By a saved card it is another way, even where the page for cards is what is open.
  const hidden = avoid === BY_CARD && cards.length > 0 ? undefined : avoid;
  const methods = shown?.filter(({ method }) => method !== hidden);
  const away = methods !== undefined && amount !== undefined && isAway(methods, amount);
  useEffect(() => {
    if (away) startPolling(LOOK_AGAIN_MS);
    else stopPolling();
  }, [away, startPolling, stopPolling]);
  const chosen = methods && amount !== undefined ? firstChoice(methods, amount, wanted) : undefined;
  const byCard = chosen?.method === BY_CARD && picked !== null;
  return {
    amount: amount ?? 0,
    methods,
    away,
    chosen,
    cards,
    card: byCard ? (cards.find(({ id }) => id === picked) ?? cards[0] ?? null) : null,
    chooseCard: setPicked,
    error: methods ? undefined : error,
    choose(method) {
      setWanted(method);
      localStorage.setItem(REMEMBERED, method);
    },
    retry: () => void refetch().catch(() => undefined),
  };
}
