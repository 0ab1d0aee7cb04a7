import { Button } from "@mantine/core";
import { Link } from "react-router";
import type { PaymentStateFragment } from "../graphql/generated/buying/graphql.ts";
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
  if (step === "paid" && view.payment) return <Paid payment={view.payment} />;
  if (step === "review") {
    return (
      <Board meaning="waiting" title={t("outcome.review")} text={t("outcome.reviewText")} live={t("payment.watching")}>
        <Button component={Link} to={isCourse ? "/courses" : "/orders"} variant="light">
          {t(isCourse ? "learn.mine" : "nav.orders")}
        </Button>
      </Board>
    );
  }
  const isTakenBack = view.payment?.status === "CHARGEBACK";
  const end = isTakenBack ? "chargeback" : step === "expired" || step === "cancelled" ? step : "failed";
  return (
    <Board
      meaning={end === "failed" || isTakenBack ? "wrong" : "ended"}
      title={t(`outcome.${end}`)}
      text={t(`outcome.${end}Text`)}
    >
      <Button component={Link} to="/">
        {t("outcome.shopAgain")}
      </Button>
      <Button component={Link} to="/orders" variant="light">
        {t("nav.orders")}
      </Button>
    </Board>
  );
}

/** What is said of money that came, and may have gone back since. */
function usePaidWords({ status, orders, amount, paidAt }: PaymentStateFragment) {
  const { t, at } = useBuyingWords();
  if (status === "REFUNDED") {
    const text = t("outcome.refundedText", { amount: money(amount) });
    return { meaning: "ended" as const, title: t("bought.refunded"), text };
  }
  if (orders.length > 0 && orders.every((order) => order.status === "CANCELLED"))
    return { meaning: "ended" as const, title: t("orderStep.CANCELLED"), text: t("outcome.backText") };
  const text = t("outcome.paidText", { amount: money(amount), when: at(paidAt) });
  return { meaning: "good" as const, title: t("outcome.paid"), text };
}

function Paid({ payment }: { readonly payment: PaymentStateFragment }) {
  const { t } = useBuyingWords();
  return (
    <Board {...usePaidWords(payment)}>
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
