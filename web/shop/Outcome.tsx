import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { money } from "../ui/format.ts";
import { CheckIcon, ClockIcon, CrossIcon, DocumentIcon, MinusIcon } from "../ui/icons/icons.tsx";
import type { Meaning } from "../ui/status.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./Outcome.module.css";
import type { PaymentView } from "./usePayment.ts";

const icons: Readonly<Record<Meaning, ReactNode>> = {
  good: <CheckIcon size={40} />,
  waiting: <ClockIcon size={40} />,
  way: <ClockIcon size={40} />,
  ended: <MinusIcon size={40} />,
  wrong: <CrossIcon size={40} />,
};

interface BoardProps {
  readonly meaning: Meaning;
  readonly title: string;
  readonly text: ReactNode;
  readonly live?: string;
  readonly children: ReactNode;
}

/** How a payment stands, large, with what can be done next. */
export function Board({ meaning, title, text, live, children }: BoardProps) {
  return (
    <section className={styles.board} data-meaning={meaning} data-testid="outcome" aria-live="polite">
      <span className={styles.seal}>{icons[meaning]}</span>
      <h2>{title}</h2>
      <p className={styles.text}>{text}</p>
      <div className={styles.actions}>{children}</div>
      {live && (
        <p className={styles.live}>
          <span className={styles.pulse} /> {live}
        </p>
      )}
    </section>
  );
}

/** The end of a payment: paid, in review, failed, expired or cancelled. */
export function Outcome({ view }: { readonly view: PaymentView }) {
  const { t } = useBuyingWords();
  const { step } = view;
  if (step === "paid") return <Paid view={view} />;
  if (step === "review") {
    return (
      <Board meaning="waiting" title={t("outcome.review")} text={t("outcome.reviewText")} live={t("payment.watching")}>
        <Button component={Link} to="/orders" variant="light">
          {t("nav.orders")}
        </Button>
      </Board>
    );
  }
  const end = step === "expired" ? "expired" : step === "cancelled" ? "cancelled" : "failed";
  if (view.payment?.purpose === "ENROLLMENT") {
    return (
      <Board
        meaning={end === "failed" ? "wrong" : "ended"}
        title={t(`outcome.${end}`)}
        text={t(`outcome.${end}CourseText`)}
      >
        <ToSubscriptions />
      </Board>
    );
  }
  return (
    <Board meaning={end === "failed" ? "wrong" : "ended"} title={t(`outcome.${end}`)} text={t(`outcome.${end}Text`)}>
      <Button component={Link} to="/">
        {t("outcome.shopAgain")}
      </Button>
      <Button component={Link} to="/orders" variant="light">
        {t("nav.orders")}
      </Button>
    </Board>
  );
}

function ToSubscriptions() {
  const { t } = useBuyingWords();
  return (
    <Button component={Link} to="/account/subscriptions" variant="light">
      {t("subscriptions.title")}
    </Button>
  );
}

function Paid({ view }: { readonly view: PaymentView }) {
  const { t, at } = useBuyingWords();
  const { payment } = view;
  if (!payment) return null;
  const isCourse = payment.purpose === "ENROLLMENT";
  return (
    <Board
      meaning="good"
      title={t("outcome.paid")}
      text={t(isCourse ? "outcome.paidCourseText" : "outcome.paidText", {
        amount: money(payment.amount),
        when: at(payment.paidAt),
      })}
    >
      {isCourse && <ToSubscriptions />}
      {payment.orders.map((order) => (
        <Button key={order.id} component={Link} to={`/orders/${order.id}`} data-testid="see-order">
          {payment.orders.length === 1 ? t("outcome.seeOrder") : t("outcome.seeOrderOf", { store: order.store.name })}
        </Button>
      ))}
      {payment.orders.map(
        (order) =>
          order.invoice && (
            <Button
              key={order.invoice.number}
              component="a"
              href={order.invoice.url}
              target="_blank"
              rel="noreferrer"
              variant="light"
              leftSection={<DocumentIcon size={18} />}
              data-testid="invoice-link"
            >
              {payment.orders.length === 1 ? t("order.invoice") : t("outcome.invoiceOf", { store: order.store.name })}
            </Button>
          ),
      )}
    </Board>
  );
}
