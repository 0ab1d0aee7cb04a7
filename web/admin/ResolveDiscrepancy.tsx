import { useMutation } from "@apollo/client/react";
import { Button, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { usePerson } from "../account/usePerson.ts";
import { ResolveDiscrepancyDocument, type WholeDiscrepancyFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { detailNumber, type Failure as FailureData } from "../ui/failure.ts";
import { useToast } from "../ui/Toast.tsx";
import { ActionChoice } from "./ActionChoice.tsx";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** As the server takes it. */
const NOTE_MAX = 500;

/** What a refusal means here. */
function useMeaning() {
  const { t } = useDeskWords();
  return (failure: FailureData): string | undefined => {
    if (failure.code === "SECOND_PERSON_NEEDED") return t("gapRefusal.second");
    if (failure.code === "FORBIDDEN") return t("gapRefusal.trifle");
    if (failure.code !== "CONFLICT") return undefined;
    if (detailNumber(failure, "open") !== undefined) return t("gapRefusal.open");
    // Of all conflicts this one alone has nothing more to say.
    return Object.keys(failure.details).length === 0 ? t("gapRefusal.still") : undefined;
  };
}

/** Ends a discrepancy by one of its actions, with a word of what was found out; another's says whose it is. */
export function ResolveDiscrepancy({ gap }: { readonly gap: WholeDiscrepancyFragment }) {
  const { t } = useDeskWords();
  const say = useToast();
  const meaning = useMeaning();
  const { person } = usePerson();
  const [action, setAction] = useState("");
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const [resolve, { loading, error }] = useMutation(ResolveDiscrepancyDocument, NEWS);
  if (gap.owner && gap.owner.id !== person?.id)
    return <p className={cards.soft}>{t("gap.another", { name: gap.owner.name })}</p>;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!action || note.trim() === "" || loading) return;
    // A refusal stands in `error` below.
    const answer = await resolve({ variables: { id: gap.id, action, note: note.trim() } }).catch(() => null);
    if (answer?.data) say(t("gap.resolved"));
  };
  return (
    <form className={`${cards.card} ${cards.stack}`} onSubmit={(event) => void submit(event)} noValidate>
      <h2>{t("gap.resolve")}</h2>
      {error && <Failure error={error} meaning={meaning} />}
      <ActionChoice about="gap" actions={gap.actions} action={action} missing={tried && !action} onChange={setAction} />
      <Textarea
        label={t("gap.note")}
        maxLength={NOTE_MAX}
        minRows={3}
        autosize
        value={note}
        error={tried && note.trim() === "" && t("admin.clearNoteMissing")}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-testid="gap-note"
      />
      <Button type="submit" loading={loading} data-testid="resolve-gap">
        {t("gap.resolve")}
      </Button>
    </form>
  );
}
