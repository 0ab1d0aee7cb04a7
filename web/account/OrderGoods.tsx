import { Link } from "react-router";
import type { OrderDetailFragment } from "../graphql/generated/buying/graphql.ts";
import { ProductPicture } from "../shop/ProductPicture.tsx";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { BagIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { ItemReview } from "./ItemReview.tsx";
import styles from "./OrderPage.module.css";

/** What was bought, and what its buyer says of it once it is his. */
export function OrderGoods({ order }: { readonly order: OrderDetailFragment }) {
  const { t } = useBuyingWords();
  return (
    <section className={cards.card}>
      <h2>
        <BagIcon /> {t("order.goodsFrom", { store: order.store.name })}
      </h2>
      <ul className={styles.items}>
        {order.items.map((item) => (
          <li key={item.id}>
            <span className={styles.picture}>
              <ProductPicture name={item.productName} url={item.product.imageUrl} />
            </span>
            <div>
              <Link to={`/products/${item.product.slug}`}>{item.productName}</Link>
              <p className={cards.soft}>
                {item.quantity} × {money(item.unitPrice)}
              </p>
            </div>
            <strong className="tabular">{money(item.total)}</strong>
            <ItemReview item={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}
