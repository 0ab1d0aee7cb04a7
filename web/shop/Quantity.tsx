import { Loader } from "@mantine/core";
import { MinusIcon, PlusIcon, TrashIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./Quantity.module.css";

interface QuantityProps {
  readonly name: string;
  readonly value: number;
  /** What can be bought right now. */
  readonly max: number;
  /** 0 where the line may be taken out with the same button. */
  readonly min: 0 | 1;
  readonly busy?: boolean;
  onChange(quantity: number): void;
}

/** How many pieces, by two buttons large enough for a thumb; they keep the focus while their press is sent. */
export function Quantity({ name, value, max, min, busy, onChange }: QuantityProps) {
  const { t } = useBuyingWords();
  const removes = min === 0 && value === 1;
  return (
    <fieldset className={styles.quantity}>
      <legend className={styles.heard}>{t("quantity.of", { name })}</legend>
      <button
        type="button"
        disabled={value <= min}
        aria-disabled={busy || undefined}
        aria-label={removes ? t("cart.remove", { name }) : t("quantity.less")}
        onClick={() => busy || onChange(value - 1)}
      >
        {removes ? <TrashIcon size={18} /> : <MinusIcon size={18} />}
      </button>
      <output aria-live="polite">{busy ? <Loader size={16} aria-label={t("common.loading")} /> : value}</output>
      <button
        type="button"
        disabled={value >= max}
        aria-disabled={busy || undefined}
        aria-label={t("quantity.more")}
        onClick={() => busy || onChange(value + 1)}
      >
        <PlusIcon size={18} />
      </button>
    </fieldset>
  );
}
