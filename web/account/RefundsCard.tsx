import type { CustomerRefundFragment } from "../graphql/generated/buying/graphql.ts";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { CardIcon, CheckIcon, ClockIcon, DocumentIcon } from "../ui/icons/icons.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { RefundAccount } from "./RefundAccount.tsx";
import styles from "./Refunds.module.css";
import { isByHand, refundStage, stageMeaning } from "./refundStage.ts";

interface RefundsCardProps {
  readonly refunds: readonly CustomerRefundFragment[];
  /** The name of the method that was paid by; null where nobody knows. */
  readonly way: string | null;
  /** Beside an order, where money that paid for nothing is said to be that. */
  readonly isOfOrder?: boolean;
}

/** Money on its way back to its owner, and how far each of it is; nothing where there is none. */
export function RefundsCard({ refunds, way, isOfOrder = false }: RefundsCardProps) {
  const { t } = useBuyingWords();
  if (refunds.length === 0) return null;
  return (
    <section className={cards.card} data-testid="refunds">
      <h2>
        <CardIcon /> {t("refund.title")}
      </h2>
      <ul className={styles.refunds} aria-live="polite">
        {refunds.map((refund) => (
          <li key={refund.id} className={styles.refund} data-testid="refund">
            {isOfOrder && !refund.order && <p className={cards.soft}>{t("refund.ofPayment")}</p>}
            <RefundProgress refund={refund} way={way} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface RefundProgressProps {
  readonly refund: CustomerRefundFragment;
  readonly way: string | null;
}

function RefundProgress({ refund, way }: RefundProgressProps) {
  const { t, at, on } = useBuyingWords();
  const stage = refundStage(refund);
  const byHand = isByHand(refund);
  const bankTime = (days: number | null | undefined): string =>
    days == null ? t("refund.bankTimeUnstated") : t("refund.bankTime", { days });
  return (
    <>
      <div className={styles.head}>
        <strong>{money(refund.amount)}</strong>
        <StatusChip
          meaning={stageMeaning[stage]}
          label={t(`refundStage.${stage}`)}
          status={refund.status}
          testId="refund-status"
        />
      </div>
      <p>{byHand ? t("refund.byHand") : t("refund.byGateway", { way: way ?? t("refund.sameWay") })}</p>
      <ol className={styles.steps}>
        <Step title={t("refund.asked")} when={at(refund.createdAt)} isDone />
        <Step
          title={t(byHand ? "refund.transferred" : "refund.sent")}
          when={refund.succeededAt ? at(refund.succeededAt) : t(`refundNext.${stage}`)}
          isDone={refund.status === "SUCCEEDED"}
        />
        {!byHand && stage !== "withdrawn" && (
          <Step
            title={t("refund.received")}
            when={refund.bankConfirmedAt ? at(refund.bankConfirmedAt) : bankTime(refund.withinDays)}
            isDone={Boolean(refund.bankConfirmedAt)}
          />
        )}
      </ol>
      <RefundAccount refund={refund} />
      {refund.bankReference && (
        <p className={cards.soft}>{t("refund.reference", { reference: refund.bankReference })}</p>
      )}
      {refund.creditNote && (
        <p className={styles.note}>
          <DocumentIcon size={18} />
          <span>
            <a href={refund.creditNote.url} target="_blank" rel="noreferrer" data-testid="credit-note">
              {t("refund.creditNote", { number: refund.creditNote.number })}
            </a>{" "}
            <span className={cards.soft}>{on(refund.creditNote.issuedAt)}</span>
          </span>
        </p>
      )}
    </>
  );
}

interface StepProps {
  readonly title: string;
  readonly when: string;
  readonly isDone: boolean;
}

function Step({ title, when, isDone }: StepProps) {
  return (
    <li data-done={isDone || undefined}>
      {isDone ? <CheckIcon size={20} /> : <ClockIcon size={20} />}
      <span>
        {title}
        <small>{when}</small>
      </span>
    </li>
  );
}
