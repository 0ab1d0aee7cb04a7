import { useQuery } from "@apollo/client/react";
import { ProductReviewsDocument, type ProductReviewsQuery } from "../graphql/generated/buying/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { rating } from "../ui/format.ts";
import { Loading } from "../ui/Loading.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { Stars } from "../ui/Rating.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./ProductReviews.module.css";

const PAGE = 6;

type Review = NonNullable<ProductReviewsQuery["product"]>["reviews"]["edges"][number]["node"];

/** What buyers say of a product, newest first, under the mean of their ratings. */
export function ProductReviews({ productId }: { readonly productId: string }) {
  const { t } = useBuyingWords();
  const { data, loading, error, fetchMore, refetch } = useQuery(ProductReviewsDocument, {
    variables: { id: productId, first: PAGE },
    context: { wait: "none" },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const product = data?.product;
  return (
    <section className={styles.reviews} data-testid="product-reviews">
      <h2>
        {t("review.title")}
        {product?.rating ? (
          <span className={styles.mean}>
            <Stars value={product.rating} label={t("product.rating")} />
            {t("product.ratingOf", { mean: rating(product.rating), count: product.reviewCount })}
          </span>
        ) : null}
      </h2>
      {error && !product ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!product && loading && (
        <Loading>
          <Bone height={110} />
        </Loading>
      )}
      {product?.reviews.edges.length === 0 && <p className={cards.soft}>{t("review.none")}</p>}
      <ul className={styles.list}>
        {product?.reviews.edges.map(({ node }) => (
          <Said key={node.id} review={node} />
        ))}
      </ul>
      {product?.reviews.pageInfo.hasNextPage && (
        <LoadMore load={() => fetchMore({ variables: { after: product.reviews.pageInfo.endCursor } })} />
      )}
    </section>
  );
}

function Said({ review }: { readonly review: Review }) {
  const { t, on } = useBuyingWords();
  return (
    <li className={styles.review} data-testid="product-review">
      <div className={styles.head}>
        <strong>{review.author}</strong>
        {review.rating && <Stars value={review.rating} label={t("review.starsOf", { count: review.rating })} />}
        <time className={styles.when} dateTime={review.createdAt}>
          {on(review.createdAt)}
        </time>
      </div>
      <p className={styles.comment}>{review.comment}</p>
    </li>
  );
}
