import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { usePerson } from "../account/usePerson.ts";
import { OpenPaymentDocument } from "../graphql/generated/buying/graphql.ts";
import { money } from "../ui/format.ts";
import { isPayable } from "../ui/status.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useWatch } from "../ui/useWatch.ts";
import styles from "./UnpaidFirst.module.css";

/** Before another one is paid: the payment that was begun and is still open. Nothing where there is none. */
export function UnpaidFirst() {
  const { t, at } = useBuyingWords();
  const { signedIn } = usePerson();
  // A help beside the basket: where it can't be had the basket is whole all the same.
  const { data, refetch } = useQuery(OpenPaymentDocument, { skip: !signedIn, fetchPolicy: "cache-and-network" });
  const payment = data?.cart.openPayment;
  useWatch(signedIn && Boolean(payment), () => refetch());
  if (!signedIn || !payment || !isPayable(payment.status)) return null;
  return (
    <aside className={`${styles.unpaid} ${styles.alone}`} aria-label={t("unpaid.title")} data-testid="unpaid-first">
      <p>
        <strong>{t("unpaid.title")}</strong>
        {t("unpaid.text", { amount: money(payment.amount), when: at(payment.expiresAt) })}
      </p>
      <Button component={Link} to={`/payments/${payment.id}`} size="sm" data-testid="continue-unpaid">
        {t("order.continue")}
      </Button>
    </aside>
  );
}
