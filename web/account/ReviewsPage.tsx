import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { MyReviewsDocument, type MyReviewsQuery } from "../graphql/generated/buying/graphql.ts";
import { ProductPicture } from "../shop/ProductPicture.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { StarIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { OwnReview } from "./OwnReview.tsx";
import styles from "./Review.module.css";
import { SignedInOnly } from "./SignedInOnly.tsx";

const PAGE = 10;

/** What the caller said of what he bought, newest first. */
export function ReviewsPage() {
  const { t } = useBuyingWords();
  return (
    <SignedInOnly>
      <Page title={t("reviews.title")} narrow>
        <ReviewList />
      </Page>
    </SignedInOnly>
  );
}

function ReviewList() {
  const { t } = useBuyingWords();
  const { data, loading, error, fetchMore, refetch } = useQuery(MyReviewsDocument, {
    variables: { first: PAGE },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const reviews = data?.reviews;
  if (!reviews && loading) {
    return (
      <Loading>
        <div className={cards.stack}>
          <Bone height={170} />
          <Bone height={170} />
        </div>
      </Loading>
    );
  }
  if (!reviews) return <Failure error={error} onRetry={() => void refetch()} />;
  if (reviews.edges.length === 0) {
    return (
      <Empty
        icon={<StarIcon size={32} />}
        title={t("reviews.emptyTitle")}
        text={t("reviews.emptyText")}
        action={
          <Button component={Link} to="/orders?stage=done">
            {t("nav.orders")}
          </Button>
        }
      />
    );
  }
  return (
    <div className={styles.list}>
      {reviews.edges.map(({ node }) => (
        <About key={node.id} review={node} />
      ))}
      {reviews.pageInfo.hasNextPage && (
        <LoadMore load={() => fetchMore({ variables: { after: reviews.pageInfo.endCursor } })} />
      )}
    </div>
  );
}

function About({ review }: { readonly review: MyReviewsQuery["reviews"]["edges"][number]["node"] }) {
  const { product } = review;
  return (
    <article className={`${cards.card} ${cards.stack}`}>
      <header className={styles.about}>
        <span className={styles.picture}>
          <ProductPicture name={product.name} url={product.imageUrl} />
        </span>
        <h2>
          <Link to={`/products/${product.slug}`}>{product.name}</Link>
        </h2>
      </header>
      <OwnReview review={review} productName={product.name} />
    </article>
  );
}
