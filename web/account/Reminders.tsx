import { useMutation, useQuery } from "@apollo/client/react";
import { useId } from "react";
import { ConsentDocument, SetConsentDocument } from "../graphql/generated/buying/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { BellIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./Reminders.module.css";

/** Whether the caller wants to be reminded of a basket that he left: only who says so is. */
export function Reminders() {
  const { t } = useBuyingWords();
  const { data, error, refetch } = useQuery(ConsentDocument, {
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  return (
    <section className={cards.card}>
      <h2>
        <BellIcon /> {t("consent.title")}
      </h2>
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error && (
        <Loading>
          <Bone height={56} />
        </Loading>
      )}
      {data?.me && <Choice consents={data.me.marketingConsent} />}
    </section>
  );
}

function Choice({ consents }: { readonly consents: boolean }) {
  const { t } = useBuyingWords();
  const id = useId();
  const say = useToast();
  const [keep, { loading, error }] = useMutation(SetConsentDocument);
  const change = async (consent: boolean) => {
    if (loading) return;
    // A refusal stands in `error` below.
    const answer = await keep({ variables: { consent } }).catch(() => null);
    if (answer?.data) say(t(answer.data.setMarketingConsent.marketingConsent ? "consent.on" : "consent.off"));
  };
  return (
    <div className={cards.stack}>
      {error && <Failure error={error} />}
      <div className={styles.choice} aria-busy={loading}>
        <input
          id={id}
          type="checkbox"
          checked={consents}
          aria-disabled={loading || undefined}
          aria-describedby={`${id}-how`}
          onChange={(event) => void change(event.currentTarget.checked)}
          data-testid="consent"
        />
        <label htmlFor={id}>{t("consent.label")}</label>
        <p id={`${id}-how`} className={cards.soft}>
          {loading ? t("consent.saving") : t("consent.how")}
        </p>
      </div>
    </div>
  );
}
