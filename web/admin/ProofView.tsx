import { useQuery } from "@apollo/client/react";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "react-router";
import { ProofDocument, type ProofFragment } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { WarningIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { caseAge } from "./caseAge.ts";
import { DecideProof } from "./DecideProof.tsx";
import { MemberChip, SetMember } from "./MemberMark.tsx";
import { ProofImage } from "./ProofImage.tsx";
import styles from "./Proofs.module.css";
import { titlesOf } from "./proofCourses.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useMinute } from "./useMinute.ts";

/** A link lives for 15 minutes. */
const LINK_RENEWED_MS = 10 * 60 * 1000;

interface ProofViewProps {
  readonly id: string;
  /** Whether the queue has it: what leaves the queue was decided by somebody. */
  readonly isWaiting: boolean;
  onDecided(payment: ProofFragment): void;
  /** Somebody else was faster. */
  onStale(): void;
}

/** One payment for courses: its proof beside what it must show, and the decision. */
export function ProofView({ id, isWaiting, onDecided, onStale }: ProofViewProps) {
  // Always anew: a link to a proof lives for minutes.
  const { data, loading, error, refetch } = useQuery(ProofDocument, {
    variables: { id },
    fetchPolicy: "network-only",
    pollInterval: LINK_RENEWED_MS,
  });
  const wasWaiting = useRef(isWaiting);
  useEffect(() => {
    // Without an answer the decision is refused, which says the same.
    if (wasWaiting.current && !isWaiting) refetch().catch(() => null);
    wasWaiting.current = isWaiting;
  }, [isWaiting, refetch]);
  const payment = data?.payment;
  if (error && !payment) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!payment) {
    return loading ? (
      <Loading>
        <Bone height={420} />
      </Loading>
    ) : null;
  }
  return (
    <div className={styles.proof} data-testid="proof" data-number={payment.number}>
      <ProofImage payment={payment} />
      <div className={cards.stack}>
        <Facts payment={payment} />
        <DecideProof payment={payment} onDecided={onDecided} onStale={onStale} />
      </div>
    </div>
  );
}

function Facts({ payment }: { readonly payment: ProofFragment }) {
  const { t } = useDeskWords();
  const { type, user } = payment;
  const price = payment.package?.prices.find((each) => each.type === type)?.price;
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <p className={styles.amount}>
        <span>{t("proofs.amount")}</span>
        <strong data-testid="proof-amount">{money(payment.amount)}</strong>
        {type && price === payment.amount && <small>{t("proofs.price", { type: t(`enrollType.${type}`) })}</small>}
      </p>
      {price !== undefined && price !== payment.amount && (
        <p className={styles.warn}>
          <WarningIcon size={18} /> {t("proofs.priceChanged", { price: money(price) })}
        </p>
      )}
      {type === "DIKE" && !user.isMember && (
        <p className={styles.warn} data-testid="not-a-member">
          <WarningIcon size={18} /> {t("proofs.memberPriceOnly")}
        </p>
      )}
      <UsedBy payment={payment} />
      <FactRows payment={payment} />
      {type === "DIKE" && !user.isMember && <SetMember user={user} />}
    </section>
  );
}

/** One receipt pays once: who shows it as well, and what became of that. */
function UsedBy({ payment: { proofUsedBy } }: { readonly payment: ProofFragment }) {
  const { t } = useDeskWords();
  if (proofUsedBy.length === 0) return null;
  return (
    <div className={styles.warn} data-testid="proof-used">
      <WarningIcon size={18} />
      <div>
        {t("proofs.usedBy")}
        <ul>
          {proofUsedBy.map(({ id, number, status, user }) => (
            <li key={id}>
              <Link to={`/admin/payments/${id}`}>{number}</Link> · {user.name} · {t(`paymentStatus.${status}`)}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function FactRows({ payment }: { readonly payment: ProofFragment }) {
  const { t, at } = useDeskWords();
  const now = useMinute();
  const { type, user } = payment;
  const age = caseAge(payment.createdAt, now);
  const row = (label: string, value: ReactNode) => (
    <div className={cards.row}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl className={cards.rows}>
      {row(t("proofs.package"), payment.package?.name)}
      {row(t("proofs.type"), type && t(`enrollType.${type}`))}
      {row(t("proofs.courses"), titlesOf(payment))}
      {row(
        t("proofs.learner"),
        <>
          {user.name} <MemberChip isMember={user.isMember} />
          <br />
          <small>{user.email}</small>
        </>,
      )}
      {row(t("proofs.how"), payment.channel === "MANUAL_TRANSFER" ? t("proofs.transfer") : "Midtrans")}
      {row(t("proofs.sent"), at(payment.createdAt))}
      {row(t("proofs.waits"), t(`cases.${age.unit}`, { count: age.count }))}
      {row(t("admin.number"), <Link to={`/admin/payments/${payment.id}`}>{payment.number}</Link>)}
    </dl>
  );
}
