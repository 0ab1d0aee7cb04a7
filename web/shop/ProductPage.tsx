import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { ProductDocument, type ProductQuery } from "../graphql/generated/shop/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import { Failure, useFailureWords } from "../ui/Failure.tsx";
import { detailNumber, failureOf } from "../ui/failure.ts";
import { money, rating, weight } from "../ui/format.ts";
import { BackIcon, BagIcon, ShieldIcon, StarIcon, StoreIcon, TruckIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useArrival } from "../ui/useArrival.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { LostPage } from "./LostPage.tsx";
import { LOW_STOCK } from "./ProductCard.tsx";
import styles from "./ProductPage.module.css";
import { ProductPicture } from "./ProductPicture.tsx";
import { ProductReviews } from "./ProductReviews.tsx";
import { Quantity } from "./Quantity.tsx";
import { useBasket } from "./useBasket.ts";

type Product = NonNullable<ProductQuery["product"]>;

/** One product: what it is, what it costs, how many are left, what others say, and into the basket. */
export function ProductPage() {
  const { t } = useBuyingWords();
  const { slug } = useParams();
  const { data, loading, error, refetch } = useQuery(ProductDocument, {
    variables: { slug },
    context: { wait: "none" },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const product = data?.product;
  useEffect(() => {
    if (product) document.title = `${product.name} · Lunas`;
  }, [product]);
  if (data && !product && !loading) return <LostPage />;
  return (
    <div className={styles.page}>
      <Link to="/" className={styles.back}>
        <BackIcon size={18} /> {t("common.toShop")}
      </Link>
      {error && !product ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {product ? <ProductView product={product} /> : loading && <ProductBones />}
      {product && <ProductReviews key={product.id} productId={product.id} />}
    </div>
  );
}

function ProductView({ product }: { readonly product: Product }) {
  const { t } = useBuyingWords();
  const heading = useArrival();
  return (
    <div className={styles.columns}>
      <div className={styles.picture}>
        <ProductPicture name={product.name} url={product.imageUrl} eager />
      </div>
      <div className={styles.facts}>
        <h1 ref={heading} tabIndex={-1}>
          {product.name}
        </h1>
        <p className={styles.under}>
          {product.rating ? (
            <span className={styles.rating}>
              <StarIcon size={16} />{" "}
              {t("product.ratingOf", { mean: rating(product.rating), count: product.reviewCount })}
            </span>
          ) : (
            <span>{t("product.unrated")}</span>
          )}
        </p>
        <p className={styles.price}>{money(product.price)}</p>
        <p className={styles.tax}>{t("product.taxInside")}</p>
        <BuyBox key={product.id} product={product} />
        <ul className={styles.promises}>
          <li>
            <StoreIcon /> {t("product.soldBy", { store: product.store.name })}
          </li>
          <li>
            <TruckIcon /> {t("product.shipsAt", { weight: weight(product.weightGrams) })}
          </li>
          <li>
            <ShieldIcon /> {t("product.safe")}
          </li>
        </ul>
        <section className={styles.about}>
          <h2>{t("product.about")}</h2>
          <p>{product.description}</p>
        </section>
      </div>
    </div>
  );
}

function BuyBox({ product }: { readonly product: Product }) {
  const { t } = useBuyingWords();
  const wordsFor = useFailureWords();
  const say = useToast();
  const basket = useBasket();
  const [wanted, setWanted] = useState(1);
  const [working, setWorking] = useState(false);
  const inBasket = basket.lines.find((line) => line.product.id === product.id)?.quantity ?? 0;
  const room = Math.max(0, product.stock - inBasket);
  const quantity = Math.min(wanted, Math.max(1, room));
  const add = async () => {
    if (basket.error) {
      // How many are in it already is not known, and a smaller number would take some out.
      say(wordsFor(failureOf(basket.error)), "wrong");
      basket.retry();
      return;
    }
    setWorking(true);
    try {
      await basket.set(product.id, inBasket + quantity);
      say(t("product.added", { name: product.name }));
      setWanted(1);
    } catch (error) {
      const failure = failureOf(error);
      const left = detailNumber(failure, "available");
      say(left === undefined ? wordsFor(failure) : t("cart.onlyLeft", { name: product.name, count: left }), "wrong");
    } finally {
      setWorking(false);
    }
  };
  return (
    <div className={styles.buy}>
      <p className={styles.stock} data-low={product.stock <= LOW_STOCK || undefined}>
        <strong className="tabular">{money(product.price * quantity)}</strong>
        <span>
          {product.stock === 0 ? t("product.gone") : t("product.stock", { count: product.stock })}
          {inBasket > 0 && ` · ${t("product.inCart", { count: inBasket })}`}
        </span>
      </p>
      <div className={styles.buyRow}>
        <Quantity name={product.name} value={quantity} min={1} max={Math.max(1, room)} onChange={setWanted} />
        <Button
          size="lg"
          fullWidth
          loading={working}
          disabled={room === 0 || basket.loading}
          leftSection={<BagIcon />}
          onClick={() => void add()}
          data-testid="add-to-cart"
        >
          {room === 0 && product.stock > 0 ? t("product.allInCart") : t("product.add")}
        </Button>
      </div>
    </div>
  );
}

function ProductBones() {
  return (
    <Loading>
      <div className={styles.columns}>
        <div className={styles.picture}>
          <div className={styles.pictureBone}>
            <Bone height="100%" />
          </div>
        </div>
        <div className={styles.facts}>
          <Bone width="75%" height={34} />
          <Bone width="40%" />
          <Bone width="35%" height={32} />
          <Bone height={50} />
          <Bone height={120} />
        </div>
      </div>
    </Loading>
  );
}
