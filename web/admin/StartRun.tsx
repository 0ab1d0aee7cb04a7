import { useMutation } from "@apollo/client/react";
import { RunReconciliationDocument } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { RefreshIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** Has a day closed, or looked at again. */
export function StartRun({ day, label }: { readonly day: string; readonly label: string }) {
  const { t } = useDeskWords();
  const say = useToast();
  const dayWords = useDayWords();
  const [run, { loading, error }] = useMutation(RunReconciliationDocument, NEWS);
  const named = { day: dayWords(day) };
  const start = async () => {
    // A refusal stands in `error`.
    const answer = await run({ variables: { day } }).catch(() => null);
    if (answer?.data) say(t("close.runStarted", named));
  };
  return (
    <div className={cards.stack}>
      {error && <Failure error={error} />}
      <ConfirmAction
        label={label}
        icon={<RefreshIcon size={18} />}
        effect={t("close.runEffect", named)}
        loading={loading}
        onConfirm={start}
        testId="run-close"
      />
    </div>
  );
}
