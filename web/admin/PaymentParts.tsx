import { Link } from "react-router";
import type { StaffPaymentFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { CardIcon } from "../ui/icons/icons.tsx";
import type { MoneyStrip as Strip } from "./moneyStrip.ts";
import styles from "./PaymentParts.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useMethodNames } from "./useMethodNames.ts";

interface TransactionsProps {
  readonly payment: StaffPaymentFragment;
  /** Not on the payment's own page. */
  readonly isLinked?: boolean;
}

/** How a payment's money stands, or one order's part of it, at one look. */
export function MoneyStrip({ strip }: { readonly strip: Strip }) {
  const { t } = useDeskWords();
  const names = ["due", "paid", "refunded", "refundable", "inDoubt"] as const;
  return (
    <dl className={styles.strip} data-testid="money-strip">
      {names.map((name) => (
        <div key={name} data-loud={(name === "inDoubt" && strip.inDoubt > 0) || undefined}>
          <dt>{t(`admin.${name}`)}</dt>
          <dd>{money(strip[name])}</dd>
        </div>
      ))}
      {strip.returning > 0 && (
        <div data-loud>
          <dt>{t("refunds.returning")}</dt>
          <dd>{money(strip.returning)}</dd>
        </div>
      )}
    </dl>
  );
}

/** A payment's tries at the gateway, with its last words about each. */
export function Transactions({ payment, isLinked }: TransactionsProps) {
  const { t, at } = useDeskWords();
  const nameOf = useMethodNames();
  const number = t("payment.number", { number: payment.number });
  return (
    <section className={cards.card}>
      <h2>
        <CardIcon /> {t("admin.transactions")}
      </h2>
      <p className={cards.soft}>
        {isLinked ? <Link to={`/admin/payments/${payment.id}`}>{number}</Link> : number} ·{" "}
        {t(`paymentStatus.${payment.status}`)} · {money(payment.amount)}
      </p>
      <ul className={styles.tries}>
        {payment.transactions.map((one) => (
          <li key={one.id}>
            <code>{one.gatewayOrderId}</code>
            <span>
              {nameOf(one.method)} · {t(`tryState.${one.state}`)}
              {one.gatewayStatus && ` · ${one.gatewayStatus}`}
              {one.fraudStatus && ` (${one.fraudStatus})`}
            </span>
            <span className={cards.soft}>{at(one.createdAt)}</span>
            {one.lastCheckedAt && (
              <span className={cards.soft}>{t("admin.lastChecked", { when: at(one.lastCheckedAt) })}</span>
            )}
            {one.nextPollAt && <span className={cards.soft}>{t("admin.nextCheck", { when: at(one.nextPollAt) })}</span>}
            {one.gatewayTransactionId && <code className={cards.soft}>{one.gatewayTransactionId}</code>}
            <p className={styles.ways}>
              <Link to={`/admin/calls?q=${one.gatewayOrderId}`} data-testid="calls-link">
                {t("calls.ofTry")}
              </Link>
              <Link to={`/admin/notifications?q=${one.gatewayOrderId}`}>{t("calls.newsOfTry")}</Link>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
