import { CheckIcon, WarningIcon } from "../ui/icons/icons.tsx";
import styles from "./Close.module.css";

/** Whether figures agree with each other, in a sentence. */
export function EquationVerdict({ isProven, text }: { readonly isProven: boolean; readonly text: string }) {
  return (
    <p className={styles.verdict} data-broken={!isProven || undefined} data-testid="verdict">
      {isProven ? <CheckIcon size={18} /> : <WarningIcon size={18} />}
      {text}
    </p>
  );
}
