import { useMutation, useQuery } from "@apollo/client/react";
import { useEffect, useRef } from "react";
import { usePerson } from "../account/usePerson.ts";
import {
  type CloseRunFragment,
  DiscrepanciesDocument,
  SignOffReconciliationDocument,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { detailNumber, type Failure as FailureData } from "../ui/failure.ts";
import { count, money } from "../ui/format.ts";
import { CheckIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import styles from "./Close.module.css";
import { type Doubt, obstaclesOf } from "./closeState.ts";
import { jakartaDay } from "./jakartaDay.ts";
import { NEWS } from "./news.ts";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useMinute } from "./useMinute.ts";

/** As many of a day's discrepancies as are added up here; of more the server says the sum. */
const ADDED_UP = 100;

function useDoubt(day: string, open: number): Doubt {
  // A list of its own, for it is added up and not shown.
  const { data, refetch } = useQuery(DiscrepanciesDocument, {
    variables: { day, open: true, first: ADDED_UP },
    fetchPolicy: "no-cache",
    skip: open === 0,
  });
  const asked = useRef(open);
  useEffect(() => {
    if (asked.current === open) return;
    asked.current = open;
    // Without an answer the server still looks at its own sum.
    if (open > 0) refetch().catch(() => null);
  }, [open, refetch]);
  const rows = open === 0 ? [] : (data?.discrepancies.edges ?? []);
  return { count: open, amount: rows.reduce((sum, { node }) => sum + Math.abs(node.amount), 0) };
}

/** Locks a day's figures in a person's name, or says why that can't be yet. */
export function SignOff({ run }: { readonly run: CloseRunFragment }) {
  const { t, at } = useDeskWords();
  return (
    <section className={`${cards.card} ${cards.stack}`} data-testid="sign-off-box">
      <h2>{t("close.signOffTitle")}</h2>
      {run.reopenedAt && <p className={styles.reopened}>{t("close.reopened", { when: at(run.reopenedAt) })}</p>}
      {run.state === "SIGNED_OFF" ? (
        <p data-testid="signed-off">
          {t("close.signedOffBy", { name: run.signedOffBy?.name ?? "", when: at(run.signedOffAt) })}
        </p>
      ) : (
        <Ask run={run} />
      )}
    </section>
  );
}

function Ask({ run }: { readonly run: CloseRunFragment }) {
  const { t } = useDeskWords();
  const { person } = usePerson();
  const doubt = useDoubt(run.day, run.open);
  const today = jakartaDay(useMinute());
  const obstacles = obstaclesOf(run, doubt, person?.role === "ADMIN");
  if (obstacles.length === 0) {
    return (
      <>
        {run.day >= today && <p data-testid="not-over">{t("close.notOver")}</p>}
        <Sign run={run} doubt={doubt} />
      </>
    );
  }
  return (
    <div data-testid="cannot-sign-off">
      <p>{t("close.cannot")}</p>
      <ul className={styles.obstacles}>
        {obstacles.map(({ word, ...values }) => (
          <li key={word} data-obstacle={word}>
            {t(`close.cannot.${word}`, {
              count: count(values.count ?? 0),
              amount: money(values.amount ?? 0),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sign({ run, doubt }: { readonly run: CloseRunFragment; readonly doubt: Doubt }) {
  const { t } = useDeskWords();
  const say = useToast();
  const named = { day: useDayWords()(run.day) };
  const [sign, { loading, error }] = useMutation(SignOffReconciliationDocument, NEWS);
  const meaning = (failure: FailureData): string | undefined => {
    const open = detailNumber(failure, "open");
    const amount = detailNumber(failure, "amount");
    const unanswered = detailNumber(failure, "unanswered");
    if (unanswered !== undefined) return t("close.cannot.unanswered", { count: count(unanswered) });
    if (open === undefined || amount === undefined) return undefined;
    return t("close.cannot.open", { count: count(open), amount: money(amount) });
  };
  return (
    <>
      {doubt.amount > 0 && <p className={cards.soft}>{t("close.trifle", { amount: money(doubt.amount) })}</p>}
      {error && <Failure error={error} meaning={meaning} />}
      <ConfirmAction
        label={t("close.signOff")}
        icon={<CheckIcon size={18} />}
        effect={t("close.signOffEffect", named)}
        loading={loading}
        // A refusal stands in `error`.
        onConfirm={async () => {
          if ((await sign({ variables: { day: run.day } }).catch(() => null))?.data) say(t("close.signedOff", named));
        }}
        testId="sign-off"
      />
    </>
  );
}
