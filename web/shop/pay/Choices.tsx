import { useId } from "react";
import styles from "./MethodChoice.module.css";

/** One thing to choose: what it is, and what choosing it means. */
export interface Choice {
  readonly value: string;
  readonly title: string;
  /** Empty: nothing is to be said. */
  readonly how: string;
  readonly testId: string;
  /** Why it can't be had; left out: it can. */
  readonly obstacle?: string;
}

interface ChoicesProps {
  readonly legend: string;
  readonly choices: readonly Choice[];
  readonly chosen: string;
  onChoose(value: string): void;
}

/** One of a few, each with a word about it. */
export function Choices({ legend, choices, chosen, onChoose }: ChoicesProps) {
  const name = useId();
  return (
    <fieldset className={styles.group}>
      <legend>{legend}</legend>
      <div className={styles.column}>
        {choices.map(({ value, title, how, testId, obstacle }) => (
          <label key={value} className={styles.option} data-testid={testId}>
            <input
              type="radio"
              name={name}
              checked={chosen === value}
              disabled={obstacle !== undefined}
              onChange={() => onChoose(value)}
            />
            <span className={styles.label}>
              {title}
              {how && <span className={styles.how}>{how}</span>}
              {obstacle && <span className={styles.why}>{obstacle}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
