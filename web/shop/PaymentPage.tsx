import { Button } from "@mantine/core";
import { Link, useParams } from "react-router";
import { SignedInOnly } from "../account/SignedInOnly.tsx";
import cards from "../ui/Card.module.css";
import { countdown, money } from "../ui/format.ts";
import { ClockIcon, RefreshIcon } from "../ui/icons/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { useWords } from "../ui/words.tsx";
import { Outcome } from "./Outcome.tsx";
import { PaymentFrame } from "./PaymentFrame.tsx";
import styles from "./PaymentPage.module.css";
import { payPage } from "./payStep.ts";
import { type PaymentView, usePayment } from "./usePayment.ts";

/** Paying: what, how much, until when, and over to Midtrans's page. It turns to paid by itself. */
export function PaymentPage() {
  const { t } = useWords();
  return (
    <SignedInOnly>
      <Page title={t("payment.title")}>
        <Watched />
      </Page>
    </SignedInOnly>
  );
}

function Watched() {
  const { paymentId = "" } = useParams();
  const view = usePayment(paymentId);
  const open = view.step === "pay" || view.step === "preparing" || view.step === "start" || view.step === "again";
  return <PaymentFrame view={view}>{open ? <PayBox view={view} /> : <Outcome view={view} />}</PaymentFrame>;
}

function PayBox({ view }: { readonly view: PaymentView }) {
  const { t } = useWords();
  const { payment, step, now } = view;
  if (!payment) return null;
  return (
    <section className={styles.box}>
      {step === "again" && (
        <p className={styles.failed} role="alert" data-testid="try-failed">
          {t("payment.tryFailed")}
        </p>
      )}
      <p className={cards.soft}>{t("payment.due")}</p>
      <p className={styles.amount} data-testid="payment-amount">
        {money(payment.amount)}
      </p>
      {payment.expiresAt && <Deadline until={payment.expiresAt} now={now} />}
      <div className={styles.actions}>
        <PayButton view={view} />
        <Button
          variant="light"
          size="lg"
          fullWidth
          leftSection={<RefreshIcon size={18} />}
          loading={view.syncing}
          onClick={() => void view.sync()}
          data-testid="sync-payment"
        >
          {t("payment.alreadyPaid")}
        </Button>
        {step === "pay" && (
          <Button
            variant="subtle"
            fullWidth
            loading={view.restarting}
            onClick={() => void view.restart()}
            data-testid="change-method"
          >
            {t("payment.changeMethod")}
          </Button>
        )}
      </div>
      <p className={styles.live} role="status">
        <span className={styles.pulse} />
        {view.stale ? t("payment.lookFailed") : t("payment.watching")}
      </p>
      <p className={styles.keep}>
        {t("payment.closeSafely")} <Link to="/orders">{t("nav.orders")}</Link>
      </p>
    </section>
  );
}

function Deadline({ until, now }: { readonly until: string; readonly now: number }) {
  const { t, at } = useWords();
  return (
    <p className={styles.deadline}>
      <ClockIcon size={18} />
      <span>
        {t("payment.before", { when: at(until) })} ·{" "}
        <strong className="tabular" role="timer" aria-live="off">
          {countdown(Date.parse(until) - now)}
        </strong>
      </span>
    </p>
  );
}

function PayButton({ view }: { readonly view: PaymentView }) {
  const { t } = useWords();
  const page = view.payment && payPage(view.payment);
  if (view.step === "pay" && page) {
    return (
      <Button component="a" href={page} size="lg" fullWidth data-testid="pay-now">
        {t("payment.payNow")}
      </Button>
    );
  }
  if (view.step === "preparing") {
    return (
      <Button size="lg" fullWidth loading aria-label={t("payment.preparing")} data-testid="pay-preparing">
        {t("payment.preparing")}
      </Button>
    );
  }
  return (
    <Button size="lg" fullWidth loading={view.restarting} onClick={() => void view.restart()} data-testid="pay-again">
      {view.step === "again" ? t("payment.tryAgain") : t("payment.payNow")}
    </Button>
  );
}
