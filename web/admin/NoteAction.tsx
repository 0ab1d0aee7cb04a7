import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import styles from "./NoteAction.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useOpening } from "./useOpening.ts";

interface NoteActionProps {
  readonly label: string;
  readonly note: string;
  readonly noteMax: number;
  readonly loading: boolean;
  readonly error: unknown;
  /** Of the button that asks, its field and the one that does it. */
  readonly testIds: readonly [open: string, note: string, confirm: string];
  /** Does it; what is refused stands in `error`. */
  onSend(note: string): Promise<unknown>;
}

/** A button whose deed wants a note for the next person: nothing is done without one. */
export function NoteAction({ label, note, noteMax, loading, error, testIds, onSend }: NoteActionProps) {
  const { t } = useDeskWords();
  const { isOpen, open, close, button, form } = useOpening();
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(text.trim() === "");
    if (text.trim() !== "" && !loading) await onSend(text.trim());
  };
  if (!isOpen) {
    return (
      <div>
        <Button ref={button} size="sm" variant="light" onClick={open} data-testid={testIds[0]}>
          {label}
        </Button>
      </div>
    );
  }
  return (
    <form ref={form} className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      {error ? <Failure error={error} /> : null}
      <TextInput
        size="sm"
        label={note}
        maxLength={noteMax}
        value={text}
        error={missing && t("admin.clearNoteMissing")}
        onChange={(event) => setText(event.currentTarget.value)}
        data-testid={testIds[1]}
      />
      <div className={cards.actions}>
        <Button size="sm" type="submit" loading={loading} data-testid={testIds[2]}>
          {label}
        </Button>
        <Button size="sm" variant="default" disabled={loading} onClick={close}>
          {t("common.keep")}
        </Button>
      </div>
    </form>
  );
}
