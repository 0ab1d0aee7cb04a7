import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { type PaymentRowFragment, PaymentsDocument } from "../graphql/generated/buying/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { CardIcon, NextIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { isOpen, isPayable, paymentMeaning } from "../ui/status.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useWatch } from "../ui/useWatch.ts";
import styles from "./PaymentList.module.css";

interface PaymentListProps {
  readonly first: number;
  /** The newest alone, with a way to the others; else all, page by page. */
  readonly brief?: boolean;
}

/** The caller's payments, newest first, each with what it was or can be paid by. */
export function PaymentList({ first, brief = false }: PaymentListProps) {
  const { t, spoken } = useBuyingWords();
  const { data, loading, error, fetchMore, refetch } = useQuery(PaymentsDocument, {
    variables: { first, language: spoken },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
    // A look at the first page leaves the others where they are.
    refetchWritePolicy: "merge",
  });
  const payments = data?.payments;
  useWatch(payments?.edges.some(({ node }) => isOpen(node.status)) ?? false, () => refetch());
  if (!payments && loading) {
    return (
      <Loading>
        <div className={cards.stack}>
          <Bone height={84} />
          <Bone height={84} />
        </div>
      </Loading>
    );
  }
  if (!payments) return <Failure error={error} onRetry={() => void refetch()} />;
  if (payments.edges.length === 0) {
    if (brief) return <p className={cards.soft}>{t("history.emptyText")}</p>;
    return (
      <Empty
        icon={<CardIcon size={32} />}
        title={t("history.emptyTitle")}
        text={t("history.emptyText")}
        action={
          <Button component={Link} to="/">
            {t("cart.browse")}
          </Button>
        }
      />
    );
  }
  const shown = brief ? payments.edges.slice(0, first) : payments.edges;
  const hasMore = payments.pageInfo.hasNextPage || shown.length < payments.edges.length;
  return (
    <>
      <ul className={styles.list}>
        {shown.map(({ node }) => (
          <PaymentLine key={node.id} payment={node} />
        ))}
      </ul>
      {hasMore &&
        (brief ? (
          <Button component={Link} to="/payments" variant="light" mt={14} fullWidth data-testid="all-payments">
            {t("history.all")}
          </Button>
        ) : (
          <LoadMore load={() => fetchMore({ variables: { after: payments.pageInfo.endCursor } })} />
        ))}
    </>
  );
}

/** One payment: what for, by what, when it matters, how much, and how it stands. */
export function PaymentLine({ payment }: { readonly payment: PaymentRowFragment }) {
  const { t } = useBuyingWords();
  const when = useWhen(payment);
  const stores = [...new Set(payment.orders.map(({ store }) => store.name))].join(", ");
  // Somebody still looks at it; a month of a subscription has no such step.
  const isChecked = payment.status === "PAID" && payment.type != null;
  const method = payment.channel === "MANUAL_TRANSFER" ? t("bought.transfer") : payment.currentTransaction?.methodLabel;
  return (
    <li className={styles.line} data-testid="payment-line">
      <div className={styles.what}>
        <h3>
          <Link to={`/payments/${payment.id}`}>{stores || payment.package?.name || t("history.title")}</Link>
        </h3>
        <p className={cards.soft}>
          {method ?? t("history.noMethod")} · {payment.number}
        </p>
        <p className={styles.when}>{when}</p>
      </div>
      <div className={styles.much}>
        <strong className="tabular">{money(payment.amount)}</strong>
        <StatusChip
          meaning={isChecked ? "waiting" : paymentMeaning[payment.status]}
          label={isChecked ? t("learn.waits") : t(`paymentStatus.${payment.status}`)}
          status={payment.status}
        />
        {payment.refundedAmount > 0 && (
          <span className={cards.soft}>{t("history.refunded", { amount: money(payment.refundedAmount) })}</span>
        )}
      </div>
      <NextIcon size={18} />
    </li>
  );
}

/** The time that matters: when it was paid, until when it can be, else when it began. */
function useWhen(payment: PaymentRowFragment): string {
  const { at, t } = useBuyingWords();
  // A proof is only what the customer says: whether it was paid is staff's word.
  if (payment.channel === "MANUAL_TRANSFER") return t("bought.proofSentAt", { when: at(payment.createdAt) });
  if (payment.paidAt) return t("history.paidAt", { when: at(payment.paidAt) });
  if (isPayable(payment.status) && payment.expiresAt) return t("history.until", { when: at(payment.expiresAt) });
  return t("history.createdAt", { when: at(payment.createdAt) });
}
