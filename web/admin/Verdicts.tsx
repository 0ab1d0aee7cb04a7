import { FraudVerdictsDocument, type VerdictRowFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { ShieldIcon } from "../ui/icons/icons.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { DecideReview } from "./DecideReview.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useList, useListWatch } from "./useList.ts";
import styles from "./Verdicts.module.css";

const meanings: Readonly<Record<VerdictRowFragment["verdict"], Meaning>> = {
  ALLOW: "good",
  REVIEW: "waiting",
  REFUSE: "wrong",
};

/** What became of a start: a person's decision where there is one, else what the rules said. */
export function VerdictChip({ verdict: { verdict, decision } }: { readonly verdict: VerdictRowFragment }) {
  const { t } = useDeskWords();
  return (
    <StatusChip
      meaning={decision ? "ended" : meanings[verdict]}
      label={t(decision ? `decision.${decision}` : `verdict.${verdict}`)}
      status={decision ?? verdict}
    />
  );
}

/** The rules that spoke, in words. */
export function useReasons() {
  const { named } = useDeskWords();
  return ({ reasons }: VerdictRowFragment): string =>
    reasons.map((reason) => named(`reason.${reason}`, reason)).join(", ") || "–";
}

/** What the fraud rules said of each start of a payment, with its decision where one is wanted. */
export function PaymentVerdicts({ paymentId }: { readonly paymentId: string }) {
  const { t } = useDeskWords();
  const list = useList(FraudVerdictsDocument, { open: false, paymentId }, (data) => data.fraudVerdicts);
  useListWatch(list);
  const { connection, error, retry, fetchMore } = list;
  return (
    <section className={cards.card} data-testid="verdicts">
      <h2>
        <ShieldIcon /> {t("fraud.ofPayment")}
      </h2>
      {error && !connection ? <Failure error={error} onRetry={retry} /> : null}
      {connection?.edges.length === 0 && <p className={cards.soft}>{t("fraud.noVerdicts")}</p>}
      <ul className={styles.verdicts}>
        {connection?.edges.map(({ node }) => (
          <Verdict key={node.id} verdict={node} />
        ))}
      </ul>
      {connection?.pageInfo.hasNextPage && <LoadMore load={() => fetchMore(connection.pageInfo.endCursor ?? "")} />}
    </section>
  );
}

function Verdict({ verdict }: { readonly verdict: VerdictRowFragment }) {
  const { t, at } = useDeskWords();
  const reasons = useReasons();
  return (
    <li data-testid="verdict">
      <div className={styles.head}>
        <VerdictChip verdict={verdict} />
        <span className={cards.soft}>
          {t(`stage.${verdict.stage}`)} · {at(verdict.at)}
        </span>
      </div>
      {verdict.reasons.length > 0 && <p>{reasons(verdict)}</p>}
      <details>
        <summary data-testid="verdict-more">{t("fraud.more")}</summary>
        <DecideReview verdict={verdict} />
      </details>
    </li>
  );
}
