import { CheckIcon, ClockIcon, CrossIcon, MinusIcon, TruckIcon } from "./icons/icons.tsx";
import styles from "./StatusChip.module.css";
import type { Meaning } from "./status.ts";

const icons = { waiting: ClockIcon, good: CheckIcon, way: TruckIcon, ended: MinusIcon, wrong: CrossIcon } as const;

interface StatusChipProps {
  readonly meaning: Meaning;
  readonly label: string;
  readonly testId?: string;
  /** The status itself, for whoever reads the page by machine. */
  readonly status?: string;
}

/** A status as a word, a shape and a colour: never colour alone. */
export function StatusChip({ meaning, label, testId, status }: StatusChipProps) {
  const Icon = icons[meaning];
  return (
    <span className={styles.chip} data-meaning={meaning} data-status={status} data-testid={testId}>
      <Icon size={14} />
      {label}
    </span>
  );
}
