import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { CancelSubscriptionDocument, type SubscriptionsQuery } from "../graphql/generated/buying/graphql.ts";
import { cardName } from "../shop/pay/cardName.ts";
import { useLinkedLabel } from "../shop/pay/useLinkedLabel.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import { canEndSubscription, subscriptionMeaning } from "../ui/status.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import lines from "./PaymentList.module.css";
import { PaymentLine } from "./PaymentList.tsx";
import styles from "./Saved.module.css";

type Subscription = SubscriptionsQuery["subscriptions"]["edges"][number]["node"];
type State = Subscription["state"];

const OVER: ReadonlySet<State> = new Set<State>(["SUSPENDED", "CANCELLED", "REFUSED"]);
const UNSETTLED: ReadonlySet<State> = new Set<State>(["STARTING", "UNKNOWN", "PENDING", "CANCELLING"]);

/** Whether it is about to become something else by itself. */
export const isUnsettled = (state: State): boolean => UNSETTLED.has(state);

/** One subscription: how it stands, what it costs, until when it is paid, its charges, and its end. */
export function SubscriptionCard({ subscription }: { readonly subscription: Subscription }) {
  const { on, t } = useBuyingWords();
  const label = useLinkedLabel();
  const { state, paidUntil, nextChargeAt, maskedCard, maskedPhone, problem } = subscription;
  const by = maskedCard ? cardName({ maskedCard }) : maskedPhone ? `${label} ${maskedPhone}` : "–";
  return (
    <article className={`${cards.card} ${cards.stack}`} data-testid="subscription">
      <header className={styles.head}>
        <div>
          <h2>{subscription.packageName}</h2>
          <p className={cards.soft}>{subscription.number}</p>
        </div>
        <StatusChip meaning={subscriptionMeaning[state]} label={t(`subscription.${state}`)} status={state} />
      </header>
      <p className={cards.soft}>{t(`subscriptionText.${state}`)}</p>
      {problem && (
        <p className={styles.refused} data-testid="subscription-problem">
          {t(`subscriptionProblem.${problem}`)} <Link to="/account/saved">{t("saved.title")}</Link>
        </p>
      )}
      <p className={styles.price}>{t("subscriptions.monthly", { amount: money(subscription.amount) })}</p>
      <dl className={cards.rows}>
        <Row label={t("subscriptions.by")} value={by} />
        {nextChargeAt && !OVER.has(state) && state !== "CANCELLING" && (
          <Row label={t("subscriptions.next")} value={on(nextChargeAt)} />
        )}
        {paidUntil && <Row label={t("subscriptions.paidUntil")} value={on(paidUntil)} />}
        <Row
          label={t("subscriptions.access")}
          value={t(subscription.hasAccess ? "subscriptions.open" : "subscriptions.shut")}
        />
      </dl>
      <End subscription={subscription} />
      <Charges charges={subscription.charges} />
    </article>
  );
}

function Row({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div className={cards.row}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What can be done with it now: end it, or order it anew. */
function End({ subscription: { id, state, packageId, paidUntil } }: { readonly subscription: Subscription }) {
  const { on, t } = useBuyingWords();
  const say = useToast();
  const [cancel, { loading, error }] = useMutation(CancelSubscriptionDocument, { variables: { subscriptionId: id } });
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await cancel().catch(() => null);
    if (answer?.data) say(t("subscriptions.ended"));
  };
  if (OVER.has(state)) {
    return (
      <div>
        <Button component={Link} to={`/packages/${packageId}/subscribe`} variant="light">
          {t("subscriptions.again")}
        </Button>
      </div>
    );
  }
  if (!canEndSubscription(state)) return null;
  return (
    <div className={cards.stack}>
      {error && <Failure error={error} />}
      <ConfirmAction
        label={t("subscriptions.end")}
        effect={paidUntil ? t("subscriptions.endEffect", { when: on(paidUntil) }) : t("subscriptions.endUnpaidEffect")}
        loading={loading}
        onConfirm={submit}
        testId="cancel-subscription"
        danger
      />
    </div>
  );
}

function Charges({ charges }: Pick<Subscription, "charges">) {
  const { t } = useBuyingWords();
  if (charges.length === 0) return null;
  return (
    <details className={styles.charges}>
      <summary data-testid="charges">{t("subscriptions.charges", { count: charges.length })}</summary>
      <ul className={lines.list}>
        {charges.map((charge) => (
          <PaymentLine key={charge.id} payment={charge} />
        ))}
      </ul>
    </details>
  );
}
