import type { ReactNode } from "react";
import { CheckIcon, ClockIcon, CrossIcon, MinusIcon } from "../ui/icons/icons.tsx";
import type { Meaning } from "../ui/status.ts";
import styles from "./Board.module.css";

const icons: Readonly<Record<Meaning, ReactNode>> = {
  good: <CheckIcon size={40} />,
  waiting: <ClockIcon size={40} />,
  way: <ClockIcon size={40} />,
  ended: <MinusIcon size={40} />,
  wrong: <CrossIcon size={40} />,
};

interface BoardProps {
  readonly meaning: Meaning;
  readonly title: string;
  readonly text: ReactNode;
  readonly live?: string;
  readonly children: ReactNode;
}

/** How a payment stands, large, with what can be done next. */
export function Board({ meaning, title, text, live, children }: BoardProps) {
  return (
    <section className={styles.board} data-meaning={meaning} data-testid="outcome" aria-live="polite">
      <span className={styles.seal}>{icons[meaning]}</span>
      <h2>{title}</h2>
      <p className={styles.text}>{text}</p>
      <div className={styles.actions}>{children}</div>
      {live && (
        <p className={styles.live}>
          <span className={styles.pulse} /> {live}
        </p>
      )}
    </section>
  );
}
