import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { type OrderDetailFragment, OrderReviewsDocument } from "../graphql/generated/buying/graphql.ts";
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
  // Asked apart from the order, which is looked at every other second until nothing of it changes any more.
  const { data } = useQuery(OrderReviewsDocument, {
    variables: { id: order.id },
    skip: order.status !== "COMPLETED",
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const reviewOf = (itemId: string) => data?.order?.items.find(({ id }) => id === itemId);
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
            <ItemReview item={item} said={reviewOf(item.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
