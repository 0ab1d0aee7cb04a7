import { useMutation } from "@apollo/client/react";
import { Button, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { usePerson } from "../account/usePerson.ts";
import { type MoneyCaseQuery, ResolveMoneyCaseDocument } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { useToast } from "../ui/Toast.tsx";
import { ActionChoice } from "./ActionChoice.tsx";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";

export type Case = NonNullable<MoneyCaseQuery["moneyCase"]>;

/** As the server takes it. */
const NOTE_MAX = 500;

/** The action that has a form of its own, beside the parcel that it is about. */
const ON_THE_ORDER = "CONFIRM_BOOKING";

/** Ends a case by one of its prepared actions, with a word of what was done; another's case says whose it is. */
export function ResolveCase({ found }: { readonly found: Case }) {
  const { t } = useDeskWords();
  const say = useToast();
  const { person } = usePerson();
  const [action, setAction] = useState("");
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const [resolve, { loading, error }] = useMutation(ResolveMoneyCaseDocument, NEWS);
  if (found.owner && found.owner.id !== person?.id)
    return <p className={cards.soft}>{t("cases.another", { name: found.owner.name })}</p>;
  if (found.actions.includes(ON_THE_ORDER)) return <OnTheOrder found={found} />;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!action || note.trim() === "" || loading) return;
    // A refusal stands in `error` below.
    const answer = await resolve({ variables: { id: found.id, action, note: note.trim() } }).catch(() => null);
    if (answer?.data) say(t("cases.resolved"));
  };
  return (
    <form className={`${cards.card} ${cards.stack}`} onSubmit={(event) => void submit(event)} noValidate>
      <h2>{t("cases.resolve")}</h2>
      {error && <Failure error={error} />}
      <ActionChoice
        about="case"
        actions={found.actions}
        action={action}
        missing={tried && !action}
        onChange={setAction}
      />
      <Textarea
        label={t("cases.note")}
        maxLength={NOTE_MAX}
        minRows={3}
        autosize
        value={note}
        error={tried && note.trim() === "" && t("admin.clearNoteMissing")}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-testid="case-note"
      />
      <Button type="submit" loading={loading} data-testid="resolve-case">
        {t("cases.resolve")}
      </Button>
    </form>
  );
}

function OnTheOrder({ found }: { readonly found: Case }) {
  const { t } = useDeskWords();
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <h2>{t("caseAction.CONFIRM_BOOKING")}</h2>
      <p>{t("caseEffect.CONFIRM_BOOKING")}</p>
      {found.order && (
        <Button component={Link} to={`/admin/orders/${found.order.id}`} data-testid="to-booking">
          {found.order.number}
        </Button>
      )}
    </section>
  );
}
