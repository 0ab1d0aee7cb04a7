import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { SignedInOnly } from "../account/SignedInOnly.tsx";
import { usePerson } from "../account/usePerson.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { BagIcon, CardIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { AddressForm } from "./AddressForm.tsx";
import { byStore } from "./byStore.ts";
import { CheckoutSummary } from "./CheckoutSummary.tsx";
import { MethodChoice } from "./pay/MethodChoice.tsx";
import { ShippingChoice } from "./ShippingChoice.tsx";
import { UnpaidFirst } from "./UnpaidFirst.tsx";
import { useBasket } from "./useBasket.ts";
import { type CheckoutForm, useCheckout } from "./useCheckout.ts";

/** Everything that buying needs, on one page. */
export function CheckoutPage() {
  const { t } = useBuyingWords();
  return (
    <SignedInOnly>
      <Page title={t("checkout.title")}>
        <UnpaidFirst />
        <Checkout />
      </Page>
    </SignedInOnly>
  );
}

/** Whose name could not be asked for: he types it. */
const UNKNOWN = { id: "", name: "", phone: null };

function Checkout() {
  const { person, loading } = usePerson();
  return loading ? <CheckoutBones /> : <CheckoutOf key={person?.id} person={person ?? UNKNOWN} />;
}

/** Goes to the first field that is to be mended: it may stand far above the button that was pressed. */
function useFocusOnWrong() {
  const form = useRef<HTMLFormElement>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);
  return { form, onTried: () => setTries((n) => n + 1) };
}

function CheckoutOf({ person }: { readonly person: Parameters<typeof useCheckout>[1] }) {
  const { t } = useBuyingWords();
  const basket = useBasket(true);
  const checkout = useCheckout(basket, person);
  const { form, onTried } = useFocusOnWrong();
  if (basket.loading) return <CheckoutBones />;
  if (basket.error) return <Failure error={basket.error} onRetry={basket.retry} />;
  if (basket.lines.length === 0 && !checkout.working) {
    return (
      <Empty
        icon={<BagIcon size={32} />}
        title={t("cart.emptyTitle")}
        text={t("checkout.emptyText")}
        action={
          <Button component={Link} to="/orders">
            {t("nav.orders")}
          </Button>
        }
      />
    );
  }
  const ratesWords = checkout.draft.destination ? t("shipping.asking") : t("shipping.needsAddress");
  return (
    <form
      ref={form}
      className={cards.columns}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void checkout.submit().finally(onTried);
      }}
    >
      <div className={cards.stack}>
        <AddressForm draft={checkout.draft} gaps={checkout.gaps} onChange={checkout.change} />
        {checkout.ratesError ? (
          <Failure
            error={checkout.ratesError}
            onRetry={checkout.retryRates}
            // A place that was chosen long ago and is known no more.
            meaning={({ code }) => (code === "INVALID_INPUT" ? t("address.destinationMissing") : undefined)}
          />
        ) : null}
        {byStore(basket.lines).map(({ store, lines }) => (
          <ShippingChoice
            key={store.id}
            store={store}
            lines={lines}
            rates={checkout.rates?.find((one) => one.store.id === store.id)}
            chosen={checkout.chosen.get(store.id)}
            waiting={ratesWords}
            onChoose={(key) => checkout.choose(store.id, key)}
          />
        ))}
        <PayWays checkout={checkout} />
      </div>
      <CheckoutSummary basket={basket} checkout={checkout} />
    </form>
  );
}

function CheckoutBones() {
  return (
    <Loading>
      <div className={cards.columns}>
        <div className={cards.stack}>
          <Bone height={380} />
          <Bone height={200} />
        </div>
        <Bone height={260} />
      </div>
    </Loading>
  );
}

function PayWays({ checkout }: { readonly checkout: CheckoutForm }) {
  const { t } = useBuyingWords();
  return (
    <section className={cards.card}>
      <h2>
        <CardIcon /> {t("checkout.method")}
      </h2>
      <MethodChoice ways={checkout.ways} needsGateway={false} />
    </section>
  );
}
