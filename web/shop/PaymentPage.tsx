import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Link, useParams } from "react-router";
import { PaymentRefunds } from "../account/PaymentRefunds.tsx";
import { SignedInOnly } from "../account/SignedInOnly.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { RefreshIcon } from "../ui/icons/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useFocusBack } from "../ui/useFocusBack.ts";
import { Outcome } from "./Outcome.tsx";
import { PaymentFrame } from "./PaymentFrame.tsx";
import styles from "./PaymentPage.module.css";
import { Deadline } from "./pay/Deadline.tsx";
import { Guides, useGuides } from "./pay/Guides.tsx";
import { Instrument } from "./pay/Instrument.tsx";
import { SwitchMethod } from "./pay/SwitchMethod.tsx";
import { Unknown } from "./pay/Unknown.tsx";
import { isTryOver, payUntil } from "./payStep.ts";
import { type PaymentView, usePayment } from "./usePayment.ts";

/** Paying: what, how much, until when, and by what; the same on every device. It turns to paid by itself. */
export function PaymentPage() {
  const { t } = useBuyingWords();
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
  return (
    <PaymentFrame view={view}>
      <Step view={view} />
    </PaymentFrame>
  );
}

function Step({ view }: { readonly view: PaymentView }) {
  const { step } = view;
  if (step === "unknown") return <Unknown view={view} />;
  const isOpen = step === "pay" || step === "preparing" || step === "start" || step === "again";
  if (isOpen) return <PayBox view={view} />;
  return (
    <div className={cards.stack}>
      <Outcome view={view} />
      {view.payment && <PaymentRefunds payment={view.payment} />}
    </div>
  );
}

function PayBox({ view }: { readonly view: PaymentView }) {
  const { t } = useBuyingWords();
  const { payment, step, now } = view;
  const firstSeen = useRef(payment?.currentTransaction?.id);
  if (!payment) return null;
  const isCourse = payment.purpose === "ENROLLMENT";
  const until = step === "again" ? payment.expiresAt : payUntil(payment);
  return (
    <section className={styles.box}>
      {step === "again" && <TryEnded view={view} />}
      <p className={cards.soft}>{t("payment.due")}</p>
      <p className={styles.amount} data-testid="payment-amount">
        {money(payment.amount)}
      </p>
      {until && <Deadline until={until} now={now} />}
      <div className={styles.means}>
        {step === "pay" && (
          <Open
            key={payment.currentTransaction?.id}
            view={view}
            isNew={payment.currentTransaction?.id !== firstSeen.current}
          />
        )}
        {step === "preparing" && <Preparing view={view} />}
        {(step === "start" || step === "again") && <SwitchMethod view={view} open={undefined} />}
      </div>
      <p className={styles.live} role="status">
        <span className={styles.pulse} />
        {view.stale ? t("payment.lookFailed") : t("payment.watching")}
      </p>
      <p className={styles.keep}>
        {t("payment.closeSafely")}{" "}
        <Link to={isCourse ? "/courses" : "/orders"}>{t(isCourse ? "learn.mine" : "nav.orders")}</Link>
      </p>
    </section>
  );
}

/** What can be paid now, how, and the way to another method. */
function Open({ view, isNew }: { readonly view: PaymentView; readonly isNew: boolean }) {
  const { t } = useBuyingWords();
  const [switching, setSwitching] = useState(false);
  const opener = useFocusBack(switching);
  const heading = useRef<HTMLHeadingElement>(null);
  // The choice that led here is gone from the page: who goes by keyboard or ear goes on at what came of it.
  useEffect(() => {
    if (isNew) heading.current?.focus({ preventScroll: true });
  }, [isNew]);
  const { payment } = view;
  const current = payment?.currentTransaction;
  const named = useGuides(payment?.id ?? "", current?.id);
  if (!payment || !current) return null;
  const label = named?.methodLabel ?? "";
  return (
    <>
      <h2 ref={heading} tabIndex={-1} className={styles.by} data-testid="method-label">
        {named ? t("pay.with", { label }) : <Bone width={180} height={24} />}
      </h2>
      <Instrument payment={payment} instructions={current.instructions} label={label} />
      <div className={styles.actions}>
        <SyncButton view={view} />
        {!switching && (
          <Button
            ref={opener}
            variant="subtle"
            fullWidth
            onClick={() => setSwitching(true)}
            data-testid="change-method"
          >
            {t("switch.open")}
          </Button>
        )}
      </div>
      {switching && <SwitchMethod view={view} open={label} onClose={() => setSwitching(false)} />}
      {!switching && named && <Guides guides={named.guides} />}
    </>
  );
}

function SyncButton({ view }: { readonly view: PaymentView }) {
  const { t } = useBuyingWords();
  return (
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
  );
}

/** Past this a person wonders whether it comes at all. */
const SLOW_AFTER_MS = 12_000;

function Preparing({ view }: { readonly view: PaymentView }) {
  const { t } = useBuyingWords();
  const current = view.payment?.currentTransaction;
  const label = useGuides(view.payment?.id ?? "", current?.id)?.methodLabel ?? t("choice.title");
  const isSlow = current !== undefined && current !== null && view.now - Date.parse(current.createdAt) > SLOW_AFTER_MS;
  return (
    <>
      <Button size="lg" fullWidth loading aria-label={t("pay.preparing", { label })} data-testid="pay-preparing" />
      <p className={cards.soft} role="status" data-testid="preparing-words">
        {isSlow ? `${t("pay.slowTitle")}. ${t("pay.slow")}` : t("pay.preparing", { label })}
      </p>
    </>
  );
}

function TryEnded({ view }: { readonly view: PaymentView }) {
  const { t } = useBuyingWords();
  const { payment, now } = view;
  const label = useGuides(payment?.id ?? "", payment?.currentTransaction?.id)?.methodLabel;
  const isOver = payment ? isTryOver(payment, now) : false;
  return (
    <p className={styles.failed} role="alert" data-testid="try-failed">
      {isOver ? t("pay.tryOver", { label: label ?? "" }) : t("payment.tryFailed")}
    </p>
  );
}
