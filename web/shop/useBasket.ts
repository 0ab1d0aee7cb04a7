import { useApolloClient, useMutation, useQuery } from "@apollo/client/react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { usePerson } from "../account/usePerson.ts";
import { CartDocument, type ProductCardFragment, SetCartItemDocument } from "../graphql/generated/shop/graphql.ts";
import { productsAtOnce } from "./productsAtOnce.ts";
import type { Wish } from "./wishes.ts";
import { wishStore } from "./wishStore.ts";

export interface BasketLine {
  readonly product: ProductCardFragment;
  readonly quantity: number;
  readonly total: number;
  /** Pieces that can be had now. */
  readonly available: number;
  /** What one cost when it was put in, where that is not what it costs now. */
  readonly previousPrice: number | null;
}

export interface Basket {
  readonly lines: readonly BasketLine[];
  /** Pieces, not lines. */
  readonly count: number;
  readonly subtotal: number;
  readonly loading: boolean;
  readonly error: unknown;
  /** The product whose quantity is being changed right now. */
  readonly busy: string | null;
  /** Sets a line's quantity; 0 takes it out. Rejects with the server's refusal. */
  set(productId: string, quantity: number): Promise<void>;
  retry(): void;
}

const quantityOf = (wishes: readonly Wish[]) => wishes.reduce((sum, wish) => sum + wish.quantity, 0);

/**
 * The basket: the server's cart for who is signed in, this browser's wishes for who is not. A page about it asks for
 * it `anew` on arrival: prices, stock and other tabs have gone on meanwhile.
 */
export function useBasket(anew = false): Basket {
  const { signedIn } = usePerson();
  const cart = useServerCart(signedIn, anew);
  const wishes = useWishes(!signedIn);
  return signedIn ? cart : wishes;
}

function useServerCart(active: boolean, anew: boolean): Basket {
  const { data, loading, error, refetch } = useQuery(CartDocument, {
    skip: !active,
    fetchPolicy: anew ? "cache-and-network" : "cache-first",
    nextFetchPolicy: "cache-first",
  });
  const [setItem] = useMutation(SetCartItemDocument);
  const [busy, setBusy] = useState<string | null>(null);
  // One after the other: each answer is the whole cart, and the last one to come is to be the last one's.
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  const cart = data?.cart;
  return {
    lines: cart?.items ?? [],
    count: cart?.itemCount ?? 0,
    subtotal: cart?.subtotal ?? 0,
    loading: loading && !cart,
    error: cart ? undefined : error,
    busy,
    async set(productId, quantity) {
      setBusy(productId);
      const mine = turn.current.then(() => setItem({ variables: { productId, quantity } }));
      // Its caller hears of a refusal; the next one goes on.
      turn.current = mine.catch(() => undefined);
      try {
        await mine;
      } finally {
        setBusy((now) => (now === productId ? null : now));
      }
    },
    retry: () => void refetch().catch(() => undefined),
  };
}

function useWishes(active: boolean): Basket {
  const client = useApolloClient();
  const wishes = useSyncExternalStore(wishStore.subscribe, wishStore.read);
  const [products, setProducts] = useState<ReadonlyMap<string, ProductCardFragment>>(new Map());
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);
  const ids = wishes.map((wish) => wish.productId).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another try
  useEffect(() => {
    if (!active || ids === "") return;
    let stopped = false;
    const asked = productsAtOnce(ids.split(" ")).map(async ({ query, variables }) => {
      const { data } = await client.query({ query, variables, context: { wait: "none" } });
      for (const [name, id] of Object.entries(variables)) if (data?.[name] === null) wishStore.set(id, 0);
      return Object.values(data ?? {});
    });
    Promise.all(asked).then(
      (found) => {
        if (stopped) return;
        setError(undefined);
        setProducts(new Map(found.flat().flatMap((product) => (product ? [[product.id, product]] : []))));
      },
      (failed: unknown) => !stopped && setError(failed),
    );
    return () => {
      stopped = true;
    };
  }, [active, client, ids, round]);
  const lines = wishes.flatMap((wish) => {
    const product = products.get(wish.productId);
    if (!product) return [];
    const { quantity } = wish;
    return [{ product, quantity, total: product.price * quantity, available: product.stock, previousPrice: null }];
  });
  return {
    lines,
    count: quantityOf(wishes),
    subtotal: lines.reduce((sum, line) => sum + line.total, 0),
    loading: wishes.length > 0 && products.size === 0 && error === undefined,
    error,
    busy: null,
    set: async (productId, quantity) => wishStore.set(productId, quantity),
    retry: () => setRound((n) => n + 1),
  };
}
