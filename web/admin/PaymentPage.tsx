import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "react-router";
import { AdminPaymentDocument, type AdminPaymentQuery } from "../graphql/generated/admin/graphql.ts";
import { LostPage } from "../shop/LostPage.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { BackIcon, BookIcon, ClockIcon, PersonIcon, ReceiptIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { orderMeaning, paymentMeaning } from "../ui/status.ts";
import { Timeline } from "../ui/Timeline.tsx";
import { useWatch } from "../ui/useWatch.ts";
import { GiveBack } from "./GiveBack.tsx";
import { moneyStrip } from "./moneyStrip.ts";
import styles from "./OrderPage.module.css";
import { PaymentActions } from "./PaymentActions.tsx";
import { MoneyStrip, Transactions } from "./PaymentParts.tsx";
import { PaymentRefunds } from "./PaymentRefunds.tsx";
import { detailLine } from "./pretty.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { PaymentVerdicts } from "./Verdicts.tsx";

type Payment = NonNullable<AdminPaymentQuery["payment"]>;
type Log = AdminPaymentQuery["paymentLog"];

/** One payment: how its money stands, what the gateway says, what it pays for, and what staff can do. */
export function PaymentPage() {
  const { t } = useDeskWords();
  const { id = "" } = useParams();
  const { data, loading, error, refetch } = useQuery(AdminPaymentDocument, {
    variables: { id },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const payment = data?.payment;
  // Customers, workers and colleagues move it.
  useWatch(!!payment, () => refetch(), data?.paymentLog[0]?.id);
  if (data && !payment && !loading) return <LostPage />;
  return (
    <Page
      title={payment?.number ?? t("admin.payment")}
      aside={
        payment && (
          <StatusChip
            meaning={paymentMeaning[payment.status]}
            label={t(`paymentStatus.${payment.status}`)}
            status={payment.status}
            testId="payment-status"
          />
        )
      }
    >
      <Link to="/admin/payments" className={styles.back}>
        <BackIcon size={18} /> {t("admin.payments")}
      </Link>
      {error && !payment ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!payment && loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {data && payment && <PaymentView payment={payment} log={data.paymentLog} />}
    </Page>
  );
}

function PaymentView({ payment, log }: { readonly payment: Payment; readonly log: Log }) {
  const { t } = useDeskWords();
  return (
    <div className={cards.stack}>
      <MoneyStrip strip={moneyStrip(payment)} />
      <div className={cards.columns}>
        <div className={cards.stack}>
          <Transactions payment={payment} />
          <PaymentRefunds paymentId={payment.id} />
          {payment.package ? <BoughtCourses payment={payment} /> : <BoughtOrders payment={payment} />}
          <section className={cards.card}>
            <h2>
              <PersonIcon /> {t("admin.customer")}
            </h2>
            <p>
              <strong>{payment.user.name}</strong> ·{" "}
              <Link to={`/admin/payments?q=${encodeURIComponent(payment.user.email)}`}>{payment.user.email}</Link>
              {payment.user.phone && ` · ${payment.user.phone}`}
            </p>
          </section>
        </div>
        <div className={cards.stack}>
          <PaymentActions payment={payment} />
          <GiveBack paymentId={payment.id} orders={payment.orders} refundable={moneyStrip(payment).refundable} />
          <PaymentVerdicts paymentId={payment.id} />
          <History log={log} />
        </div>
      </div>
    </div>
  );
}

function BoughtOrders({ payment }: { readonly payment: Payment }) {
  const { t } = useDeskWords();
  return (
    <section className={cards.card}>
      <h2>
        <ReceiptIcon /> {t("admin.orders")}
      </h2>
      <ul className={cards.stack}>
        {payment.orders.map((order) => (
          <li key={order.id} className={cards.row}>
            <Link to={`/admin/orders/${order.id}`}>{order.number}</Link>
            <StatusChip
              meaning={orderMeaning[order.status]}
              label={t(`status.${order.status}`)}
              status={order.status}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a payment for courses bought, gave and took back, and the way to its approval while it waits. */
function BoughtCourses({ payment }: { readonly payment: Payment }) {
  const { t } = useDeskWords();
  const { type, rejectReason } = payment;
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <h2>
        <BookIcon /> {t("proofs.package")}
      </h2>
      <p>
        <strong>{payment.package?.name}</strong>
        {type && ` · ${t(`enrollType.${type}`)}`}
      </p>
      {rejectReason && <p>{t("proofs.decidedReason", { reason: rejectReason })}</p>}
      <ul className={cards.stack}>
        {payment.enrollments.map(({ id, status, course }) => (
          <li key={id} className={cards.row}>
            <Link to={`/admin/enrollments?q=${payment.number}`}>{course.title}</Link>
            <StatusChip
              meaning={status === "ENROLLED" ? "good" : "ended"}
              label={t(`enrollStatus.${status}`)}
              status={status}
            />
          </li>
        ))}
      </ul>
      {payment.status === "PAID" && <Link to={`/admin/proofs?id=${payment.id}`}>{t("proofs.toApprove")}</Link>}
    </section>
  );
}

function History({ log }: { readonly log: Log }) {
  const { t, named, at } = useDeskWords();
  return (
    <section className={cards.card}>
      <h2>
        <ClockIcon /> {t("step.history")}
      </h2>
      <Timeline
        label={t("step.history")}
        entries={log.map((entry) => ({
          key: entry.id,
          title:
            entry.fromStatus && entry.toStatus
              ? `${t(`paymentStatus.${entry.fromStatus}`)} → ${t(`paymentStatus.${entry.toStatus}`)}`
              : named(`step.${entry.step}`, entry.step),
          when: at(entry.at),
          who: entry.actor?.name ?? named(`deskSource.${entry.source}`, entry.source),
          note: detailLine(entry.detail),
        }))}
      />
    </section>
  );
}
