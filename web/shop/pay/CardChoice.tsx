import { useId } from "react";
import type { CardFragment } from "../../graphql/generated/shop/graphql.ts";
import { useWords } from "../../ui/words.tsx";
import { cardName } from "./cardName.ts";
import styles from "./MethodChoice.module.css";
import { usePayWords } from "./usePayWords.ts";

interface CardChoiceProps {
  readonly cards: readonly CardFragment[];
  /** Null: another card, on the gateway's page. */
  readonly chosen: string | null;
  /** Whether another card can be had here, too. */
  readonly another: boolean;
  onChoose(id: string | null): void;
}

/** Which of the saved cards pays, or another one on the gateway's page. */
export function CardChoice({ cards, chosen, another, onChoose }: CardChoiceProps) {
  const { on } = useWords();
  const { p } = usePayWords();
  const name = useId();
  return (
    <fieldset className={`${styles.group} ${styles.cards}`}>
      <legend>{p("cards.which")}</legend>
      <div className={styles.options}>
        {cards.map((card) => (
          <label key={card.id} className={styles.option} data-testid="saved-card">
            <input type="radio" name={name} checked={chosen === card.id} onChange={() => onChoose(card.id)} />
            <span className={styles.label}>
              {cardName(card)}
              <span className={styles.how}>
                {card.expiresAt ? p("cards.until", { when: on(card.expiresAt) }) : p("cards.atOnce")}
              </span>
            </span>
          </label>
        ))}
        {another && (
          <label className={styles.option} data-testid="another-card">
            <input type="radio" name={name} checked={chosen === null} onChange={() => onChoose(null)} />
            <span className={styles.label}>
              {p("cards.another")}
              <span className={styles.how}>{p("cards.anotherHow")}</span>
            </span>
          </label>
        )}
      </div>
    </fieldset>
  );
}
