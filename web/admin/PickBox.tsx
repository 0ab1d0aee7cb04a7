import styles from "./Shipping.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import type { Selection } from "./useSelection.ts";

interface PickBoxProps {
  readonly number: string;
  readonly checked: boolean;
  onChange(checked: boolean): void;
}

/** Marks one row. */
export function PickBox({ number, checked, onChange }: PickBoxProps) {
  const { t } = useDeskWords();
  return (
    <label className={styles.pick}>
      <input
        type="checkbox"
        aria-label={t("ship.pickOne", { number })}
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
        data-testid="pick"
      />
    </label>
  );
}

/** Marks every row that is shown, and says how many are. */
export function PickAll<Row extends { readonly id: string }>({ selection }: { readonly selection: Selection<Row> }) {
  const { t } = useDeskWords();
  return (
    <label className={styles.pickAll}>
      <input
        type="checkbox"
        checked={selection.isAll}
        onChange={(event) => selection.setAll(event.currentTarget.checked)}
        data-testid="pick-all"
      />
      {t("ship.pickAll")}
      <span role="status">{t("ship.picked", { count: selection.rows.length })}</span>
    </label>
  );
}
