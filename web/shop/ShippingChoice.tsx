import type { ShippingRatesQuery } from "../graphql/generated/shop/graphql.ts";
import cards from "../ui/Card.module.css";
import { arrivalDays, money, weight } from "../ui/format.ts";
import { StoreIcon } from "../ui/icons/icons.tsx";
import { useWords } from "../ui/words.tsx";
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
  const { t } = useWords();
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
        {rates?.rates.map((rate) => (
          <RateOption
            key={rateKey(rate)}
            rate={rate}
            name={`rate-${store.id}`}
            checked={rate === chosen}
            onChoose={() => onChoose(rateKey(rate))}
          />
        ))}
      </fieldset>
    </section>
  );
}

interface RateOptionProps {
  readonly rate: Rate;
  readonly name: string;
  readonly checked: boolean;
  onChoose(): void;
}

function RateOption({ rate, name, checked, onChoose }: RateOptionProps) {
  const { t, at } = useWords();
  const days = arrivalDays(rate.etd);
  return (
    <label className={styles.rate} data-testid="shipping-option">
      <input type="radio" name={name} checked={checked} onChange={onChoose} />
      <span className={styles.what}>
        <strong>
          {rate.courier.toUpperCase()} {rate.service}
        </strong>
        <span className={cards.soft}>{days ? t("shipping.arrives", { days }) : rate.description}</span>
        {rate.source === "CACHED" && (
          <span className={styles.source}>{t("shipping.cached", { when: at(rate.quotedAt) })}</span>
        )}
        {rate.source === "FALLBACK" && <span className={styles.source}>{t("shipping.fallback")}</span>}
      </span>
      <strong className="tabular">{money(rate.cost)}</strong>
    </label>
  );
}
