import { Textarea } from "@mantine/core";
import { useId } from "react";
import styles from "./ReasonChoice.module.css";
import { OWN_WORDS, type ReadyReason, type ReasonDraft, reasonWords } from "./reason.ts";

interface ReasonChoiceProps {
  readonly legend: string;
  readonly ownLabel: string;
  readonly missingText: string;
  /** As long a reason as the server keeps. */
  readonly maxLength: number;
  /** Those that come up most. */
  readonly reasons: readonly ReadyReason[];
  readonly draft: ReasonDraft;
  /** Whether what is missing is said. */
  readonly tried: boolean;
  onChange(draft: ReasonDraft): void;
}

/** Why somebody does something: one of a few reasons, or words of one's own. */
export function ReasonChoice(props: ReasonChoiceProps) {
  const { draft, ownLabel, tried, missingText, onChange } = props;
  const name = useId();
  const isMissing = tried && reasonWords(draft) === "";
  const choose = (choice: string) => onChange({ ...draft, choice });
  return (
    <fieldset className={styles.reasons}>
      <legend>{props.legend}</legend>
      {[...props.reasons, { kept: OWN_WORDS, shown: ownLabel }].map(({ kept: choice, shown }, index) => (
        <label key={choice} className={styles.reason}>
          <input
            type="radio"
            name={name}
            checked={draft.choice === choice}
            onChange={() => choose(choice)}
            data-testid={choice === OWN_WORDS ? "reason-own" : `reason-${index}`}
          />
          <span>{shown}</span>
        </label>
      ))}
      {draft.choice === OWN_WORDS && (
        <Textarea
          aria-label={ownLabel}
          autosize
          minRows={2}
          maxLength={props.maxLength}
          value={draft.own}
          error={isMissing ? missingText : null}
          onChange={(event) => onChange({ ...draft, own: event.currentTarget.value })}
          data-testid="reason-words"
        />
      )}
      {isMissing && draft.choice !== OWN_WORDS && (
        <p className={styles.missing} role="alert">
          {missingText}
        </p>
      )}
    </fieldset>
  );
}
