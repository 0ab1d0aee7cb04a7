import { Button } from "@mantine/core";
import { useState } from "react";
import type { ShippingRatesQuery } from "../graphql/generated/buying/graphql.ts";
import cards from "../ui/Card.module.css";
import { arrivalDays, money, weight } from "../ui/format.ts";
import { StoreIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./ShippingChoice.module.css";
import { rateKey } from "./shippingChoice.ts";
import type { BasketLine } from "./useBasket.ts";

type StoreRates = ShippingRatesQuery["shippingRates"][number];
type Rate = StoreRates["rates"][number];

interface ShippingChoiceProps {
  readonly store: { readonly id: string; readonly name: string };
  readonly lines: readonly BasketLine[];
  /** Undefined until there is a destination and its rates have come. */
  readonly rates: StoreRates | undefined;
  readonly chosen: Rate | undefined;
  /** What stands in the place of the rates while there are none. */
  readonly waiting: string;
  onChoose(key: string): void;
}

/** One store's goods and the couriers that can bring them, with price, arrival and where the figure comes from. */
export function ShippingChoice({ store, lines, rates, chosen, waiting, onChoose }: ShippingChoiceProps) {
  const { t } = useBuyingWords();
  return (
    <section className={cards.card}>
      <h2>
        <StoreIcon /> {store.name}
      </h2>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line.product.id}>
            <span>
              {line.quantity} × {line.product.name}
            </span>
            <span className="tabular">{money(line.total)}</span>
          </li>
        ))}
      </ul>
      <fieldset className={styles.rates}>
        <legend>
          {t("shipping.choose")}
          {rates && <span className={cards.soft}> · {weight(rates.weightGrams)}</span>}
        </legend>
        {!rates && <p className={cards.soft}>{waiting}</p>}
        {rates?.rates.length === 0 && <p className={styles.none}>{t("shipping.none")}</p>}
        {rates && (
          <Rates
            key={rates.rates.length}
            rates={rates.rates}
            name={`rate-${store.id}`}
            chosen={chosen}
            onChoose={onChoose}
          />
        )}
      </fieldset>
    </section>
  );
}

/** Couriers that are shown before one asks for the others; the cheapest come first from the server. */
const SHOWN = 4;

interface RatesProps {
  readonly rates: readonly Rate[];
  readonly name: string;
  readonly chosen: Rate | undefined;
  onChoose(key: string): void;
}

function Rates({ rates, name, chosen, onChoose }: RatesProps) {
  const { t } = useBuyingWords();
  const sourceOf = useSource();
  const [all, setAll] = useState(false);
  const sources = new Set(rates.map(sourceOf));
  // Said once where it is the same for every courier.
  const common = sources.size === 1 ? [...sources][0] : null;
  const shown = all ? rates : rates.filter((rate, index) => index < SHOWN || rate === chosen);
  return (
    <>
      {common && <p className={styles.source}>{common}</p>}
      {shown.map((rate) => (
        <RateOption
          key={rateKey(rate)}
          rate={rate}
          source={common === null ? sourceOf(rate) : ""}
          name={name}
          checked={rate === chosen}
          onChoose={() => onChoose(rateKey(rate))}
        />
      ))}
      {shown.length < rates.length && (
        <Button variant="subtle" size="sm" onClick={() => setAll(true)} data-testid="more-couriers">
          {t("shipping.more", { count: rates.length - shown.length })}
        </Button>
      )}
    </>
  );
}

/** Where a figure comes from, where it was not just asked for. */
function useSource() {
  const { t, at } = useBuyingWords();
  return ({ source, quotedAt }: Rate): string => {
    if (source === "LIVE") return "";
    return source === "CACHED" ? t("shipping.cached", { when: at(quotedAt) }) : t("shipping.fallback");
  };
}

interface RateOptionProps {
  readonly rate: Rate;
  readonly source: string;
  readonly name: string;
  readonly checked: boolean;
  onChoose(): void;
}

function RateOption({ rate, source, name, checked, onChoose }: RateOptionProps) {
  const { t } = useBuyingWords();
  const days = arrivalDays(rate.etd);
  return (
    <label className={styles.rate} data-testid="shipping-option">
      <input type="radio" name={name} checked={checked} onChange={onChoose} />
      <span className={styles.what}>
        <strong>
          {rate.courier.toUpperCase()} {rate.service}
        </strong>
        <span className={cards.soft}>{days ? t("shipping.arrives", { days }) : rate.description}</span>
        {source && <span className={styles.source}>{source}</span>}
      </span>
      <strong className="tabular">{money(rate.cost)}</strong>
    </label>
  );
}
