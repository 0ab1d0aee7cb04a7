import type { ReactNode } from "react";
import { Link } from "react-router";
import type { PaymentStateFragment } from "../graphql/generated/buying/graphql.ts";
import { CourseBill } from "../learn/CourseBill.tsx";
import { useCoursePurchase } from "../learn/useCoursePurchase.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { ReceiptIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { paymentMeaning } from "../ui/status.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { LostPage } from "./LostPage.tsx";
import type { PaymentView } from "./usePayment.ts";

/** The frame of both payment pages: loading, refusals, what is being paid for, and the status as a chip. */
export function PaymentFrame({ view, children }: { readonly view: PaymentView; readonly children: ReactNode }) {
  const { payment } = view;
  if (view.error) return <Failure error={view.error} onRetry={view.retry} />;
  if (view.loading) {
    return (
      <Loading>
        <div className={cards.columns}>
          <Bone height={330} />
          <Bone height={260} />
        </div>
      </Loading>
    );
  }
  if (!payment) return <LostPage />;
  const isCourse = payment.purpose === "ENROLLMENT";
  return (
    <div className={cards.columns}>
      <div className={cards.stack}>
        <p>
          <HowItStands view={view} payment={payment} />
        </p>
        {view.refusal ? <Failure error={view.refusal} /> : null}
        {children}
      </div>
      {isCourse ? <CourseBill paymentId={payment.id} number={payment.number} /> : <PaidFor payment={payment} />}
    </div>
  );
}

function HowItStands({ view, payment }: { readonly view: PaymentView; readonly payment: PaymentStateFragment }) {
  const { t } = useBuyingWords();
  const purchase = useCoursePurchase(payment.purpose === "ENROLLMENT" ? payment.id : null);
  // Its time is over on this clock already; the server says so within moments.
  const status = view.step === "expired" ? "EXPIRED" : payment.status;
  const isChecked = status === "PAID" && purchase?.type != null;
  return (
    <StatusChip
      meaning={isChecked ? "waiting" : paymentMeaning[status]}
      label={isChecked ? t("learn.waits") : t(`paymentStatus.${status}`)}
      status={status}
      testId="payment-status"
    />
  );
}

function PaidFor({ payment }: { readonly payment: PaymentStateFragment }) {
  const { t } = useBuyingWords();
  return (
    <aside className={`${cards.card} ${cards.sticky}`} aria-label={t("payment.for")}>
      <h2>
        <ReceiptIcon /> {t("payment.for")}
      </h2>
      <div className={cards.stack}>
        {payment.orders.map((order) => (
          <div key={order.id}>
            <h3>
              <Link to={`/orders/${order.id}`}>{order.store.name}</Link>
            </h3>
            <p className={cards.soft}>{order.number}</p>
            <dl className={cards.rows}>
              {order.items.map((item) => (
                <div key={item.id} className={cards.row}>
                  <dt>
                    {item.quantity} × {item.productName}
                  </dt>
                  <dd>{money(item.total)}</dd>
                </div>
              ))}
              <div className={cards.row}>
                <dt>{t("summary.shipping")}</dt>
                <dd>{money(order.shippingCost)}</dd>
              </div>
              <div className={cards.row}>
                <dt>{t("summary.taxInside")}</dt>
                <dd>{money(order.tax)}</dd>
              </div>
            </dl>
          </div>
        ))}
        <dl>
          <div className={`${cards.row} ${cards.total}`}>
            <dt>{t("summary.total")}</dt>
            <dd>{money(payment.amount)}</dd>
          </div>
        </dl>
        <p className={cards.soft}>{t("payment.number", { number: payment.number })}</p>
      </div>
    </aside>
  );
}
