import { useQuery } from "@apollo/client/react";
import { PaymentRefundsDocument, type StaffRefundFragment } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { CardIcon } from "../ui/icons/icons.tsx";
import { useWatch } from "../ui/useWatch.ts";
import { RefundDetail } from "./RefundDetail.tsx";
import styles from "./Refunds.module.css";
import { RefundChip } from "./RefundsPage.tsx";
import { useDeskWords } from "./useDeskWords.ts";

interface PaymentRefundsProps {
  readonly paymentId: string;
  /** Given: those of this order, and of money that paid for none. */
  readonly orderId?: string;
}

/** What of a payment goes back, each with its tries and what may be done about it. */
export function PaymentRefunds({ paymentId, orderId }: PaymentRefundsProps) {
  const { t } = useDeskWords();
  const { data, error, refetch } = useQuery(PaymentRefundsDocument, {
    variables: { id: paymentId },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const isMeant = ({ order }: StaffRefundFragment) => !orderId || !order || order.id === orderId;
  const refunds = data?.payment?.refunds.filter(isMeant);
  // What else the page asks for brings a new status by itself, but none of the tries that led to it.
  useWatch(!!refunds, () => refetch(), refunds?.map(({ status }) => status).join(" "));
  return (
    <section className={cards.card} data-testid="refunds">
      <h2>
        <CardIcon /> {t("refunds.ofPayment")}
      </h2>
      {error && !refunds ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!refunds && !error && <Bone height={60} />}
      {refunds?.length === 0 && <p className={cards.soft}>{t("refunds.none")}</p>}
      <ul className={styles.list}>
        {refunds?.map((refund) => (
          <Line key={refund.id} refund={refund} />
        ))}
      </ul>
    </section>
  );
}

function Line({ refund }: { readonly refund: StaffRefundFragment }) {
  const { t, at } = useDeskWords();
  return (
    <li data-testid="refund">
      <div className={styles.head}>
        <strong>{money(refund.amount)}</strong>
        <RefundChip refund={refund} />
        <span className={cards.soft}>{at(refund.createdAt)}</span>
      </div>
      <details>
        <summary data-testid="refund-more">{t("refunds.more")}</summary>
        <RefundDetail refund={refund} isNarrow />
      </details>
    </li>
  );
}
