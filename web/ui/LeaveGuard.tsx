import { Button } from "@mantine/core";
import { useEffect, useId, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { type BlockerFunction, useBlocker } from "react-router";
import cards from "./Card.module.css";
import styles from "./LeaveGuard.module.css";
import { unsaved } from "./unsaved.ts";
import { useWords } from "./words.tsx";

// Other filters or another tab of the same page leave its forms as they are.
const wouldLose: BlockerFunction = ({ currentLocation, nextLocation }) =>
  currentLocation.pathname !== nextLocation.pathname && unsaved.any();

const askFirst = (event: BeforeUnloadEvent) => event.preventDefault();

/** Asks before a page with a half-filled form is left (see useUnsaved); once a room, because a router has one such. */
export function LeaveGuard() {
  const blocker = useBlocker(wouldLose);
  const isUnsaved = useSyncExternalStore(unsaved.subscribe, unsaved.any);
  useEffect(() => {
    if (!isUnsaved) return;
    window.addEventListener("beforeunload", askFirst);
    return () => window.removeEventListener("beforeunload", askFirst);
  }, [isUnsaved]);
  return blocker.state === "blocked" ? <Question onStay={blocker.reset} onLeave={blocker.proceed} /> : null;
}

function Question({ onStay, onLeave }: { onStay(): void; onLeave(): void }) {
  const { t } = useWords();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // Closed before it is taken out of the page: only then the focus goes back to where it was.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.question}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onStay();
      }}
      data-testid="leave-question"
    >
      <h2 id={id}>{t("leave.title")}</h2>
      <p>{t("leave.text")}</p>
      <div className={cards.actions}>
        <Button onClick={onStay} data-testid="leave-stay">
          {t("leave.stay")}
        </Button>
        <Button variant="default" onClick={onLeave} data-testid="leave-go">
          {t("leave.go")}
        </Button>
      </div>
    </dialog>
  );
}
