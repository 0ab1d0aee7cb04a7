import { Button } from "@mantine/core";
import { Link } from "react-router";
import { CourseOutcome } from "../learn/CourseOutcome.tsx";
import { money } from "../ui/format.ts";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { Board } from "./Board.tsx";
import type { PaymentView } from "./usePayment.ts";

/** The end of a payment: paid, in review, failed, expired or cancelled. */
export function Outcome({ view }: { readonly view: PaymentView }) {
  const { t } = useBuyingWords();
  const { step } = view;
  const isCourse = view.payment?.purpose === "ENROLLMENT";
  if (view.payment && isCourse && step !== "review") return <CourseOutcome payment={view.payment} />;
  if (step === "paid") return <Paid view={view} />;
  if (step === "review") {
    return (
      <Board meaning="waiting" title={t("outcome.review")} text={t("outcome.reviewText")} live={t("payment.watching")}>
        <Button component={Link} to={isCourse ? "/courses" : "/orders"} variant="light">
          {t(isCourse ? "learn.mine" : "nav.orders")}
        </Button>
      </Board>
    );
  }
  const end = step === "expired" ? "expired" : step === "cancelled" ? "cancelled" : "failed";
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

function Paid({ view }: { readonly view: PaymentView }) {
  const { t, at } = useBuyingWords();
  const { payment } = view;
  if (!payment) return null;
  return (
    <Board
      meaning="good"
      title={t("outcome.paid")}
      text={t("outcome.paidText", { amount: money(payment.amount), when: at(payment.paidAt) })}
    >
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
