import styles from "./ResolveCase.module.css";
import { useDeskWords } from "./useDeskWords.ts";

/** The words and test ids of what is decided about. */
const ABOUT = {
  case: {
    legend: "cases.action",
    missing: "cases.actionMissing",
    says: "caseAction",
    does: "caseEffect",
    id: "action",
  },
  gap: { legend: "gap.action", missing: "gap.actionMissing", says: "gapAction", does: "gapEffect", id: "gap-action" },
} as const;

interface ActionChoiceProps {
  readonly about: keyof typeof ABOUT;
  readonly actions: readonly string[];
  readonly action: string;
  readonly missing: boolean;
  onChange(action: string): void;
}

/** One of the actions that end a money case or a discrepancy, each with what it does. */
export function ActionChoice({ about, actions, action, missing, onChange }: ActionChoiceProps) {
  const { t, named } = useDeskWords();
  const words = ABOUT[about];
  return (
    <fieldset className={styles.actions}>
      <legend>{t(words.legend)}</legend>
      {actions.map((one) => (
        <label key={one} className={styles.action}>
          <input
            type="radio"
            name={words.id}
            checked={action === one}
            onChange={() => onChange(one)}
            data-testid={`${words.id}-${one}`}
          />
          <span>
            {named(`${words.says}.${one}`, one)}
            <small>{named(`${words.does}.${one}`, "")}</small>
          </span>
        </label>
      ))}
      {missing && (
        <p className={styles.missing} role="alert">
          {t(words.missing)}
        </p>
      )}
    </fieldset>
  );
}
