import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import styles from "./ListTools.module.css";

interface FoldProps {
  readonly label: string;
  readonly testId: string;
  readonly children: ReactNode;
}

/** A sheet that opens under its button, and closes by Escape or a click beside it. */
export function Fold({ label, testId, children }: FoldProps) {
  const fold = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const onPress = ({ target }: PointerEvent) => {
      if (fold.current?.open && target instanceof Node && !fold.current.contains(target)) fold.current.open = false;
    };
    document.addEventListener("pointerdown", onPress);
    return () => document.removeEventListener("pointerdown", onPress);
  }, []);
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key !== "Escape" || !fold.current?.open) return;
    fold.current.open = false;
    fold.current.querySelector("summary")?.focus();
  };
  return (
    <details ref={fold} className={styles.fold} onKeyDown={onKeyDown}>
      <summary data-testid={testId}>{label}</summary>
      <div className={styles.sheet}>{children}</div>
    </details>
  );
}
