import { Button } from "@mantine/core";
import { useRef } from "react";
import { Link } from "react-router";
import { usePerson } from "../account/usePerson.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure, useFailureWords } from "../ui/Failure.tsx";
import { detailNumber, failureOf } from "../ui/failure.ts";
import { money } from "../ui/format.ts";
import { BagIcon, StoreIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { BasketChanges } from "./BasketChanges.tsx";
import { byStore } from "./byStore.ts";
import styles from "./CartPage.module.css";
import { ProductPicture } from "./ProductPicture.tsx";
import { Quantity } from "./Quantity.tsx";
import { UnpaidFirst } from "./UnpaidFirst.tsx";
import { type Basket, type BasketLine, useBasket } from "./useBasket.ts";

/** The basket, by store, with what it costs before shipping. */
export function CartPage() {
  const { t } = useBuyingWords();
  const basket = useBasket(true);
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <Page title={t("cart.title")} headingRef={heading}>
      <UnpaidFirst />
      {basket.error ? <Failure error={basket.error} onRetry={basket.retry} /> : null}
      {basket.loading && (
        <Loading>
          <div className={cards.stack}>
            <Bone height={130} />
            <Bone height={130} />
          </div>
        </Loading>
      )}
      {!basket.loading && !basket.error && basket.lines.length === 0 && <NothingIn />}
      {basket.lines.length > 0 && <Filled basket={basket} onGone={() => heading.current?.focus()} />}
    </Page>
  );
}

/** A visitor's own basket may be empty, and the one of his account, of which he was reminded, is not. */
function NothingIn() {
  const { t } = useBuyingWords();
  const { signedIn } = usePerson();
  return (
    <Empty
      icon={<BagIcon size={32} />}
      title={t("cart.emptyTitle")}
      text={t(signedIn ? "cart.emptyText" : "cart.emptyVisitorText")}
      action={
        <div className={cards.actions}>
          <Button component={Link} to="/">
            {t("cart.browse")}
          </Button>
          {!signedIn && (
            <Button component={Link} to="/login?next=/cart" variant="light" data-testid="sign-in-to-cart">
              {t("login.submit")}
            </Button>
          )}
        </div>
      }
    />
  );
}

interface FilledProps {
  readonly basket: Basket;
  /** What had the focus is gone. */
  onGone(): void;
}

function Filled({ basket, onGone }: FilledProps) {
  const { t } = useBuyingWords();
  const { signedIn } = usePerson();
  const short = basket.lines.some((line) => line.quantity > line.available);
  return (
    <div className={cards.columns}>
      <div className={cards.stack}>
        <BasketChanges basket={basket} onAccepted={onGone} />
        {byStore(basket.lines).map(({ store, lines }) => (
          <section key={store.id} className={cards.card}>
            <h2>
              <StoreIcon /> {store.name}
            </h2>
            <ul className={styles.lines}>
              {lines.map((line) => (
                <CartLine key={line.product.id} line={line} basket={basket} onGone={onGone} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <aside className={`${cards.card} ${cards.sticky}`} aria-label={t("summary.title")}>
        <h2>{t("summary.title")}</h2>
        <dl className={cards.rows}>
          <div className={cards.row}>
            <dt>{t("summary.goods", { count: basket.count })}</dt>
            <dd>{money(basket.subtotal)}</dd>
          </div>
          <div className={cards.row}>
            <dt>{t("summary.shipping")}</dt>
            <dd>{t("cart.shippingLater")}</dd>
          </div>
        </dl>
        <Button
          component={Link}
          to={signedIn ? "/checkout" : "/login?next=/checkout"}
          size="lg"
          fullWidth
          mt={18}
          data-disabled={short || undefined}
          onClick={(event) => short && event.preventDefault()}
          data-testid="go-checkout"
        >
          {t("cart.checkout")}
        </Button>
        {!signedIn && <p className={styles.note}>{t("cart.signInNote")}</p>}
        {short && <p className={styles.short}>{t("cart.fixStock")}</p>}
      </aside>
    </div>
  );
}

function CartLine({ line, basket, onGone }: FilledProps & { readonly line: BasketLine }) {
  const { t } = useBuyingWords();
  const say = useToast();
  const wordsFor = useFailureWords();
  const { product, quantity, available, previousPrice } = line;
  const change = async (wanted: number) => {
    try {
      await basket.set(product.id, wanted);
      if (wanted > 0) return;
      say(t("cart.removed", { name: product.name }));
      onGone();
    } catch (error) {
      const failure = failureOf(error);
      const left = detailNumber(failure, "available");
      say(left === undefined ? wordsFor(failure) : t("cart.onlyLeft", { name: product.name, count: left }), "wrong");
    }
  };
  return (
    <li className={styles.line} data-testid="cart-line">
      <Link to={`/products/${product.slug}`} className={styles.picture} tabIndex={-1} aria-hidden="true">
        <ProductPicture name={product.name} url={product.imageUrl} />
      </Link>
      <div className={styles.name}>
        <Link to={`/products/${product.slug}`}>{product.name}</Link>
        <p className={cards.soft}>
          {money(product.price)}
          {previousPrice !== null && (
            <span className={styles.changed} data-testid="price-changed">
              {t(product.price > previousPrice ? "cart.dearer" : "cart.cheaper", { before: money(previousPrice) })}
            </span>
          )}
        </p>
        {quantity > available && (
          <p className={styles.short}>
            {available === 0 ? t("cart.goneNow") : t("cart.onlyLeft", { name: product.name, count: available })}
          </p>
        )}
      </div>
      <div className={styles.controls}>
        <Quantity
          name={product.name}
          value={quantity}
          min={0}
          max={available}
          busy={basket.busy === product.id}
          onChange={(wanted) => void change(wanted)}
        />
        <strong className="tabular">{money(line.total)}</strong>
      </div>
    </li>
  );
}
