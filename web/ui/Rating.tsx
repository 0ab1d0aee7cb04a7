import { useId } from "react";
import { StarIcon } from "./icons/icons.tsx";
import styles from "./Rating.module.css";

const STARS = [1, 2, 3, 4, 5] as const;

/** A rating as stars, and in words for who can't see them. */
export function Stars({ value, label }: { readonly value: number; readonly label: string }) {
  return (
    <span className={styles.stars}>
      <span className={styles.heard}>{label}</span>
      {STARS.map((star) => (
        <span key={star} data-lit={star <= Math.round(value) || undefined}>
          <StarIcon size={16} />
        </span>
      ))}
    </span>
  );
}

interface StarChoiceProps {
  readonly legend: string;
  /** Null: none yet. */
  readonly value: number | null;
  /** What each number of stars means. */
  readonly meanings: readonly string[];
  /** Said while none is chosen. */
  readonly none: string;
  onChange(value: number): void;
}

/** One to five stars: a row of radio buttons, moved by arrow keys as any other. */
export function StarChoice({ legend, value, meanings, none, onChange }: StarChoiceProps) {
  const name = useId();
  return (
    <fieldset className={styles.choice}>
      <legend>{legend}</legend>
      <div className={styles.row}>
        <div className={styles.options}>
          {STARS.map((star) => (
            <label key={star} data-lit={(value !== null && star <= value) || undefined} data-testid={`star-${star}`}>
              <input
                type="radio"
                name={name}
                aria-label={meanings[star - 1]}
                checked={value === star}
                onChange={() => onChange(star)}
              />
              <StarIcon size={30} />
            </label>
          ))}
        </div>
        <span className={styles.said} aria-hidden="true">
          {value === null ? none : meanings[value - 1]}
        </span>
      </div>
    </fieldset>
  );
}
