import { Button } from "@mantine/core";
import { Link, useParams } from "react-router";
import { SignedInOnly } from "../account/SignedInOnly.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { Board } from "./Board.tsx";
import { Outcome } from "./Outcome.tsx";
import { PaymentFrame } from "./PaymentFrame.tsx";
import { Unknown } from "./pay/Unknown.tsx";
import { payPage } from "./payStep.ts";
import { type PaymentView, usePayment } from "./usePayment.ts";

/**
 * Where Midtrans's page sends the customer back to. What its address says about the outcome is not believed: the page
 * shows what the server knows, and watches until that changes.
 */
export function ResultPage() {
  const { t } = useBuyingWords();
  return (
    <SignedInOnly>
      <Page title={t("result.title")}>
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
  if (view.step === "again") return <TryFailed view={view} />;
  if (view.step === "pay" || view.step === "preparing" || view.step === "start") return <Waiting view={view} />;
  if (view.step === "unknown") return <Unknown view={view} />;
  return <Outcome view={view} />;
}

function Waiting({ view }: { readonly view: PaymentView }) {
  const { at, t } = useBuyingWords();
  const page = view.payment && payPage(view.payment);
  return (
    <Board
      meaning="waiting"
      title={t("outcome.waiting")}
      text={t("outcome.waitingText", { when: at(view.payment?.expiresAt) })}
      live={view.stale ? t("payment.lookFailed") : t("payment.watching")}
    >
      <Button loading={view.syncing} onClick={() => void view.sync()} data-testid="sync-payment">
        {t("payment.alreadyPaid")}
      </Button>
      {page && (
        <Button component="a" href={page} variant="light" data-testid="pay-now">
          {t("outcome.backToPay")}
        </Button>
      )}
      <Button component={Link} to={`/payments/${view.payment?.id}`} variant="subtle">
        {t("outcome.paymentDetails")}
      </Button>
    </Board>
  );
}

function TryFailed({ view }: { readonly view: PaymentView }) {
  const { at, t } = useBuyingWords();
  const method = view.payment?.currentTransaction?.method;
  return (
    <Board
      meaning="wrong"
      title={t("outcome.tryFailed")}
      text={t("outcome.tryFailedText", { when: at(view.payment?.expiresAt) })}
    >
      {method && (
        <Button loading={view.starting} onClick={() => void view.start(method)} data-testid="pay-again">
          {t("payment.tryAgain")}
        </Button>
      )}
      <Button component={Link} to={`/payments/${view.payment?.id}`} variant="light" data-testid="other-method">
        {t("switch.open")}
      </Button>
      <Button variant="subtle" loading={view.syncing} onClick={() => void view.sync()} data-testid="sync-payment">
        {t("payment.alreadyPaid")}
      </Button>
    </Board>
  );
}
