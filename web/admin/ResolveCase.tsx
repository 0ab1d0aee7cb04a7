import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { usePerson } from "../account/usePerson.ts";
import { type MoneyCaseQuery, ResolveMoneyCaseDocument } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { useToast } from "../ui/Toast.tsx";
import { ActionForm } from "./ActionForm.tsx";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";

export type Case = NonNullable<MoneyCaseQuery["moneyCase"]>;

/** The action that has a form of its own, beside the parcel that it is about. */
const ON_THE_ORDER = "CONFIRM_BOOKING";

/** Ends a case by one of its prepared actions, with a word of what was done; another's case says whose it is. */
export function ResolveCase({ found }: { readonly found: Case }) {
  const { t } = useDeskWords();
  const say = useToast();
  const { person } = usePerson();
  const [resolve, { loading, error }] = useMutation(ResolveMoneyCaseDocument, NEWS);
  if (found.actions.includes(ON_THE_ORDER)) return <OnTheOrder found={found} />;
  const end = async (action: string, note: string) => {
    // A refusal stands in `error`.
    const answer = await resolve({ variables: { id: found.id, action, note } }).catch(() => null);
    if (answer?.data) say(t("cases.resolved"));
  };
  const { owner, actions } = found;
  const obstacle = owner && owner.id !== person?.id ? t("cases.another", { name: owner.name }) : null;
  return <ActionForm about="case" actions={actions} loading={loading} error={error} obstacle={obstacle} onEnd={end} />;
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
