import { Button, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import type { Failure as FailureData } from "../ui/failure.ts";
import { ActionChoice } from "./ActionChoice.tsx";
import { useDeskWords } from "./useDeskWords.ts";

/** As the server takes it. */
const NOTE_MAX = 500;
/** The words and test ids of what is decided about. */
const ABOUT = {
  case: { title: "cases.resolve", note: "cases.note" },
  gap: { title: "gap.resolve", note: "gap.note" },
} as const;

interface ActionFormProps {
  readonly about: keyof typeof ABOUT;
  readonly actions: readonly string[];
  readonly loading: boolean;
  readonly error: unknown;
  /** What a refusal means here; its general words where it answers none. */
  readonly meaning?: (failure: FailureData) => string | undefined;
  /** Why this person can't end it now. What was typed before that stays. */
  readonly obstacle: string | null;
  onEnd(action: string, note: string): Promise<unknown>;
}

/** Ends a money case or a discrepancy by one of its actions, with a word of what was found out. */
export function ActionForm({ about, actions, loading, error, meaning, obstacle, onEnd }: ActionFormProps) {
  const { t } = useDeskWords();
  const [action, setAction] = useState("");
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const words = ABOUT[about];
  if (obstacle !== null && action === "" && note === "") return <p className={cards.soft}>{obstacle}</p>;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (action !== "" && note.trim() !== "" && !loading) await onEnd(action, note.trim());
  };
  return (
    <form className={`${cards.card} ${cards.stack}`} onSubmit={(event) => void submit(event)} noValidate>
      <h2>{t(words.title)}</h2>
      {obstacle !== null && <p role="status">{obstacle}</p>}
      {error ? <Failure error={error} {...(meaning && { meaning })} /> : null}
      <ActionChoice about={about} actions={actions} action={action} missing={tried && !action} onChange={setAction} />
      <Textarea
        label={t(words.note)}
        maxLength={NOTE_MAX}
        minRows={3}
        autosize
        value={note}
        error={tried && note.trim() === "" && t("admin.clearNoteMissing")}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-testid={`${about}-note`}
      />
      <Button type="submit" loading={loading} disabled={obstacle !== null} data-testid={`resolve-${about}`}>
        {t(words.title)}
      </Button>
    </form>
  );
}
