import { useMutation } from "@apollo/client/react";
import { usePerson } from "../account/usePerson.ts";
import { ResolveDiscrepancyDocument, type WholeDiscrepancyFragment } from "../graphql/generated/admin/graphql.ts";
import { detailNumber, type Failure as FailureData } from "../ui/failure.ts";
import { useToast } from "../ui/Toast.tsx";
import { ActionForm } from "./ActionForm.tsx";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";

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
  const [resolve, { loading, error }] = useMutation(ResolveDiscrepancyDocument, NEWS);
  const end = async (action: string, note: string) => {
    // A refusal stands in `error`.
    const answer = await resolve({ variables: { id: gap.id, action, note } }).catch(() => null);
    if (answer?.data) say(t("gap.resolved"));
  };
  const { owner } = gap;
  return (
    <ActionForm
      about="gap"
      actions={gap.actions}
      loading={loading}
      error={error}
      meaning={meaning}
      obstacle={owner && owner.id !== person?.id ? t("gap.another", { name: owner.name }) : null}
      onEnd={end}
    />
  );
}
