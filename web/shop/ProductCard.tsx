import { Link } from "react-router";
import type { ProductCardFragment } from "../graphql/generated/shop/graphql.ts";
import { money, rating } from "../ui/format.ts";
import { StarIcon } from "../ui/icons/icons.tsx";
import { useWords } from "../ui/words.tsx";
import styles from "./ProductCard.module.css";
import { ProductPicture } from "./ProductPicture.tsx";

/** From here down the number of pieces is worth saying. */
export const LOW_STOCK = 5;

interface ProductCardProps {
  readonly product: ProductCardFragment;
  readonly eager?: boolean;
}

/** A product in a list: the whole card is one link. */
export function ProductCard({ product, eager }: ProductCardProps) {
  const { t } = useWords();
  const gone = product.stock === 0;
  return (
    <article className={styles.card} data-gone={gone || undefined} data-testid="product-card">
      <div className={styles.picture}>
        <ProductPicture name={product.name} url={product.imageUrl} eager={eager} />
        {gone && <span className={styles.flag}>{t("product.gone")}</span>}
        {!gone && product.stock <= LOW_STOCK && (
          <span className={styles.flag} data-low>
            {t("product.low", { count: product.stock })}
          </span>
        )}
      </div>
      <div className={styles.body}>
        <h2>
          <Link to={`/products/${product.slug}`}>{product.name}</Link>
        </h2>
        <p className={styles.price}>{money(product.price)}</p>
        <p className={styles.meta}>
          <span className={styles.store}>{product.store.name}</span>
          {product.rating !== null && product.rating !== undefined && (
            <span className={styles.rating}>
              <StarIcon size={14} />
              <span className={styles.heard}>{t("product.rating")} </span>
              {rating(product.rating)}
            </span>
          )}
        </p>
      </div>
    </article>
  );
}
