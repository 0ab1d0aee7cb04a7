import { Button } from "@mantine/core";
import cards from "../ui/Card.module.css";
import { useFailureWords } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { ShieldIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./CheckoutPage.module.css";
import type { Basket } from "./useBasket.ts";
import type { Change, CheckoutForm } from "./useCheckout.ts";

interface CheckoutSummaryProps {
  readonly basket: Basket;
  readonly checkout: CheckoutForm;
}

/** Goods, shipping, tax inside, total, and the one button, which carries the total. */
export function CheckoutSummary({ basket, checkout }: CheckoutSummaryProps) {
  const { t } = useBuyingWords();
  const wordsFor = useFailureWords();
  const { total, shippingCost, tax, changed, failure, gaps } = checkout;
  const incomplete = Object.keys(gaps).length > 0;
  const isAsking = checkout.rates === undefined && !checkout.ratesError;
  const missing = !checkout.draft.destination ? "completeFirst" : isAsking ? "asking" : "noShipping";
  return (
    <aside className={`${cards.card} ${cards.sticky}`} aria-label={t("summary.title")}>
      <h2>{t("summary.title")}</h2>
      <div aria-live="assertive">
        {changed && <ChangeNote change={changed} checkout={checkout} />}
        {failure && (
          <p className={styles.change} role="alert" data-testid="checkout-failure" data-code={failure.code}>
            {wordsFor(failure)}
          </p>
        )}
      </div>
      <dl className={cards.rows}>
        <div className={cards.row}>
          <dt>{t("summary.goods", { count: basket.count })}</dt>
          <dd>{money(basket.subtotal)}</dd>
        </div>
        <div className={cards.row}>
          <dt>{t("summary.shipping")}</dt>
          <dd>{shippingCost === undefined ? t("summary.later") : money(shippingCost)}</dd>
        </div>
        <div className={cards.row}>
          <dt>{t("summary.taxInside")}</dt>
          <dd>{tax === undefined ? t("summary.later") : money(tax)}</dd>
        </div>
        <div className={`${cards.row} ${cards.total}`}>
          <dt>{t("summary.total")}</dt>
          <dd data-testid="checkout-total">{money(total ?? basket.subtotal)}</dd>
        </div>
      </dl>
      <Button
        type="submit"
        size="lg"
        fullWidth
        mt={18}
        loading={checkout.working}
        disabled={total === undefined || !checkout.ways.chosen || basket.busy !== null || changed?.kind === "stock"}
        data-testid="checkout-submit"
      >
        {total === undefined ? t(`checkout.${missing}`) : t("checkout.pay", { total: money(total) })}
      </Button>
      {incomplete && (
        <p className={styles.change} role="alert">
          {t("checkout.gaps")}
        </p>
      )}
      <p className={styles.note}>
        <ShieldIcon size={16} /> {t("checkout.safe")}
      </p>
    </aside>
  );
}

function ChangeNote({ change, checkout }: { readonly change: Change; readonly checkout: CheckoutForm }) {
  const { t } = useBuyingWords();
  if (change.kind === "total") {
    return (
      <p className={styles.change} role="alert" data-testid="change-total">
        <strong>{t("change.totalTitle")}</strong>
        {change.after === undefined
          ? t("change.total", { before: money(change.before) })
          : t("change.totalTo", { before: money(change.before), after: money(change.after) })}
      </p>
    );
  }
  return (
    <div className={styles.change} role="alert" data-testid="change-stock">
      <strong>{t("change.stockTitle")}</strong>
      <span>
        {change.available === 0
          ? t("change.gone", { name: change.name })
          : t("change.stock", { name: change.name, count: change.available })}
      </span>
      <Button size="sm" variant="white" onClick={() => void checkout.acceptStock(change)} data-testid="accept-stock">
        {change.available === 0 ? t("change.takeOut") : t("change.takeLeft", { count: change.available })}
      </Button>
    </div>
  );
}
