/** A rate as the list of shippingRates has it; only what choosing needs. */
export interface RateLike {
  readonly courier: string;
  readonly service: string;
  readonly cost: number;
}

interface StoreRatesLike<Rate extends RateLike> {
  readonly store: { readonly id: string };
  readonly rates: readonly Rate[];
}

/** What was chosen, by store: `courier service`. */
export type Choices = Readonly<Record<string, string>>;

export const rateKey = (rate: RateLike): string => `${rate.courier} ${rate.service}`;

/**
 * The rate of each store: the one that was chosen where it is still offered, else the cheapest. A store without
 * rates is left out, and nothing can be sent from it.
 */
export function chosenRates<Rate extends RateLike>(
  stores: ReadonlyArray<StoreRatesLike<Rate>>,
  choices: Choices,
): ReadonlyMap<string, Rate> {
  const chosen = new Map<string, Rate>();
  for (const { store, rates } of stores) {
    const wanted = rates.find((rate) => rateKey(rate) === choices[store.id]);
    const cheapest = rates.reduce<Rate | undefined>(
      (best, rate) => (best && best.cost <= rate.cost ? best : rate),
      undefined,
    );
    const rate = wanted ?? cheapest;
    if (rate) chosen.set(store.id, rate);
  }
  return chosen;
}
