import type { ReactNode } from "react";
import { Link } from "react-router";
import type { StaffRefundFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { RefundActions } from "./RefundActions.tsx";
import styles from "./Refunds.module.css";
import { useDeskWords } from "./useDeskWords.ts";

interface RefundDetailProps {
  readonly refund: StaffRefundFragment;
  /** One column, where there is little room. */
  readonly isNarrow?: boolean;
}

/** Everything that is known of a refund, its tries, and what may be done about it. */
export function RefundDetail({ refund, isNarrow }: RefundDetailProps) {
  return (
    <div className={`${styles.detail} ${isNarrow ? "" : styles.sides}`} data-testid="refund-detail">
      <div className={cards.stack}>
        <Facts refund={refund} />
        <RefundActions refund={refund} />
      </div>
      <AttemptLog refund={refund} />
    </div>
  );
}

function Facts({ refund }: { readonly refund: StaffRefundFragment }) {
  const { t, at, named } = useDeskWords();
  const by = (person: { readonly name: string } | null | undefined, when?: string | null) =>
    person ? `${person.name}${when ? ` · ${at(when)}` : ""}` : null;
  return (
    <dl className={styles.facts}>
      <Fact name={t("refunds.reason")}>{named(`reason.${refund.reason}`, refund.reason)}</Fact>
      <Fact name={t("admin.customer")}>
        {refund.payment.user.name} · {refund.payment.user.email}
      </Fact>
      <Fact name={t("admin.payment")}>
        <Link to={`/admin/payments/${refund.payment.id}`}>{refund.payment.number}</Link>
      </Fact>
      <Fact name={t("refunds.askedBy")}>
        {by(refund.requestedBy, refund.createdAt) ?? t("refunds.askedBySystem", { when: at(refund.createdAt) })}
      </Fact>
      <Fact name={t("refunds.account")}>{refund.accountMasked}</Fact>
      <Fact name={t("refunds.approvedBy")}>{by(refund.approvedBy, refund.approvedAt)}</Fact>
      <Fact name={t("refunds.settledBy")}>{by(refund.settledBy, refund.succeededAt)}</Fact>
      <Fact name={t("refunds.reference")}>{refund.bankReference}</Fact>
      <Fact name={t("refunds.sentAt")}>{refund.settledBy ? null : at(refund.succeededAt)}</Fact>
      <Fact name={t("refunds.confirmedAt")}>{at(refund.bankConfirmedAt)}</Fact>
      <Fact name={t("refunds.creditNote")}>
        {refund.creditNote && (
          <a href={refund.creditNote.url} target="_blank" rel="noreferrer">
            {refund.creditNote.number}
          </a>
        )}
      </Fact>
      <Fact name={t("refunds.nextTry")}>{refund.status === "PENDING" ? at(refund.nextAttemptAt) : null}</Fact>
    </dl>
  );
}

/** A line of what is known; none where nothing is. */
function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function AttemptLog({ refund }: { readonly refund: StaffRefundFragment }) {
  const { t, at } = useDeskWords();
  return (
    <section aria-label={t("refunds.log")}>
      <h3>{t("refunds.log")}</h3>
      {refund.attemptLog.length === 0 ? (
        <p className={cards.soft}>{t("refunds.noTries")}</p>
      ) : (
        <ol className={styles.log} data-testid="attempt-log">
          {refund.attemptLog.map((one) => (
            <li key={one.at}>
              {t(`refundOutcome.${one.outcome}`)}
              {one.gatewayCode && ` · ${one.gatewayCode}`}
              <small>
                {at(one.at)}
                {one.message && ` · ${one.message}`}
              </small>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
