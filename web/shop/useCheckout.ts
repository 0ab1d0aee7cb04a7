import { useApolloClient, useMutation, useQuery } from "@apollo/client/react";
import { useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import {
  CheckoutDocument,
  type CheckoutInput,
  ShippingRatesDocument,
  type ShippingRatesQuery,
} from "../graphql/generated/buying/graphql.ts";
import { CartDocument, type PersonFragment } from "../graphql/generated/shop/graphql.ts";
import { detailNumber, detailText, type Failure, failureOf } from "../ui/failure.ts";
import {
  type AddressDraft,
  type AddressGaps,
  addressDrafts,
  gapsOf,
  readyAddress,
  refusedGaps,
} from "./addressDraft.ts";
import { createAttempts } from "./attempt.ts";
import { type Methods, useMethods } from "./pay/useMethods.ts";
import { type Choices, chosenRates } from "./shippingChoice.ts";
import type { Basket } from "./useBasket.ts";

type StoreRates = ShippingRatesQuery["shippingRates"][number];

/** Something that is no longer as the customer saw it, to be accepted or mended before paying. */
export type Change =
  | { readonly kind: "total"; readonly before: number; readonly after: number | undefined }
  | { readonly kind: "stock"; readonly productId: string; readonly name: string; readonly available: number };

export interface CheckoutForm {
  readonly draft: AddressDraft;
  readonly gaps: AddressGaps;
  readonly rates: readonly StoreRates[] | undefined;
  readonly ratesError: unknown;
  readonly chosen: ReadonlyMap<string, StoreRates["rates"][number]>;
  /** Goods and shipping; undefined until every store has a courier. */
  readonly total: number | undefined;
  readonly shippingCost: number | undefined;
  /** PPN that the total contains. */
  readonly tax: number | undefined;
  /** How it will be paid. */
  readonly ways: Methods;
  readonly working: boolean;
  readonly failure: Failure | null;
  readonly changed: Change | null;
  change(part: Partial<AddressDraft>): void;
  choose(storeId: string, key: string): void;
  retryRates(): void;
  submit(): Promise<void>;
  /** Takes a stock change as it is: the quantity becomes what is left. */
  acceptStock(change: Change & { kind: "stock" }): Promise<void>;
}

function changeOf(failure: Failure, seen: number, basket: Basket): Change | null {
  if (failure.code === "TOTAL_CHANGED") return { kind: "total", before: seen, after: detailNumber(failure, "total") };
  if (failure.code !== "OUT_OF_STOCK") return null;
  const productId = detailText(failure, "productId") ?? "";
  const name = basket.lines.find((line) => line.product.id === productId)?.product.name ?? "";
  return { kind: "stock", productId, name, available: detailNumber(failure, "available") ?? 0 };
}

/** A twin of the same checkout is still running: its answer is worth this many short waits. */
const IN_PROGRESS_TRIES = 5;
const IN_PROGRESS_PAUSE_MS = 1_000;

/**
 * The state of the checkout page.
 * One thing: the attempt's key belongs to exactly the address, couriers and total shown, and changes with them.
 */
export function useCheckout(basket: Basket, person: Pick<PersonFragment, "id" | "name" | "phone">): CheckoutForm {
  const client = useApolloClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => addressDrafts.read(person));
  const [touched, setTouched] = useState(false);
  const [choices, setChoices] = useState<Choices>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [changed, setChanged] = useState<Change | null>(null);
  const [working, setWorking] = useState(false);
  const running = useRef(false);
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const [send] = useMutation(CheckoutDocument);

  const lines = basket.lines.map((line) => ({ productId: line.product.id, quantity: line.quantity }));
  const asked = useQuery(ShippingRatesDocument, {
    variables: { destinationId: draft.destination?.id ?? 0, lines },
    skip: draft.destination === null || lines.length === 0,
    fetchPolicy: "network-only",
    nextFetchPolicy: "cache-first",
  });
  const rates = draft.destination ? asked.data?.shippingRates : undefined;
  const chosen = chosenRates(rates ?? [], choices);
  const stores = new Set(basket.lines.map((line) => line.product.store.id));
  const complete = [...stores].every((id) => chosen.has(id)) && stores.size > 0;
  const shippingCost = complete ? [...chosen.values()].reduce((sum, rate) => sum + rate.cost, 0) : undefined;
  const tax = complete
    ? [...chosen.values()].reduce((sum, rate) => sum + rate.tax, 0) +
      (rates ?? []).reduce((sum, store) => sum + store.goodsTax, 0)
    : undefined;
  const total = shippingCost === undefined ? undefined : basket.subtotal + shippingCost;
  // Before the couriers have answered, the goods alone decide what can be chosen.
  const ways = useMethods(basket.loading ? undefined : (total ?? basket.subtotal));
  const method = ways.chosen?.method;

  async function attempt(input: Omit<CheckoutInput, "idempotencyKey">) {
    const idempotencyKey = attempts.keyFor({ ...input, lines });
    for (let tries = 1; ; tries += 1) {
      try {
        return await send({ variables: { input: { ...input, idempotencyKey } } });
      } catch (error) {
        if (failureOf(error).code !== "IN_PROGRESS" || tries >= IN_PROGRESS_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, IN_PROGRESS_PAUSE_MS));
      }
    }
  }

  async function refused(error: unknown, seen: number) {
    const what = failureOf(error);
    const change = changeOf(what, seen, basket);
    if (change) setChanged(change);
    else setFailure(what);
    // Whatever was refused, the page shows what is true now.
    if (["TOTAL_CHANGED", "OUT_OF_STOCK", "SHIPPING_UNAVAILABLE", "CART_EMPTY"].includes(what.code)) {
      await client.refetchQueries({ include: [CartDocument, ShippingRatesDocument] }).catch(() => undefined);
    }
  }

  async function submit() {
    setTouched(true);
    const address = readyAddress(draft);
    const hasGaps = Object.keys(gapsOf(draft)).length > 0;
    if (running.current || hasGaps || total === undefined || !method || !address) return;
    running.current = true;
    setWorking(true);
    setFailure(null);
    setChanged(null);
    try {
      const { data } = await attempt({
        address,
        shipping: [...chosen].map(([storeId, rate]) => ({ storeId, courier: rate.courier, service: rate.service })),
        method,
        ...(ways.card && { savedCardToken: ways.card.id }),
        expectedTotal: total,
      });
      if (data) {
        await navigate(`/payments/${data.checkout.payment.id}`, { replace: true });
        await client.refetchQueries({ include: [CartDocument] }).catch(() => undefined);
      }
    } catch (error) {
      await refused(error, total);
    } finally {
      running.current = false;
      setWorking(false);
    }
  }

  return {
    draft,
    gaps: touched ? { ...gapsOf(draft), ...refusedGaps(failure) } : {},
    rates,
    ratesError: rates ? undefined : asked.error,
    chosen,
    total,
    shippingCost,
    tax,
    ways,
    working,
    failure,
    changed,
    submit,
    change(part) {
      const next = { ...draft, ...part };
      setDraft(next);
      addressDrafts.keep(person, next);
      // What was refused is being mended.
      if (failure?.code === "INVALID_INPUT") setFailure(null);
    },
    choose: (storeId, key) => setChoices((before) => ({ ...before, [storeId]: key })),
    retryRates: () => void asked.refetch().catch(() => undefined),
    async acceptStock(change) {
      await basket.set(change.productId, change.available).then(
        () => setChanged(null),
        (error: unknown) => setFailure(failureOf(error)),
      );
    },
  };
}
