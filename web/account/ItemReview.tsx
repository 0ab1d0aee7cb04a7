import { Button } from "@mantine/core";
import { useState } from "react";
import type { OrderDetailFragment, OrderReviewsQuery } from "../graphql/generated/buying/graphql.ts";
import { StarIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useFocusBack } from "../ui/useFocusBack.ts";
import styles from "./OrderPage.module.css";
import { OwnReview } from "./OwnReview.tsx";
import { ReviewForm } from "./ReviewForm.tsx";

interface ItemReviewProps {
  readonly item: OrderDetailFragment["items"][number];
  /** Undefined until it is known. */
  readonly said: NonNullable<OrderReviewsQuery["order"]>["items"][number] | undefined;
}

/** What the buyer of a line says of it, or the way to say it; nothing before the goods are his. */
export function ItemReview({ item, said }: ItemReviewProps) {
  const { t } = useBuyingWords();
  const [writing, setWriting] = useState(false);
  const opener = useFocusBack(writing);
  if (said?.review) {
    return (
      <div className={styles.review}>
        <OwnReview review={said.review} productName={item.productName} justWritten={writing} />
      </div>
    );
  }
  if (!said?.canReview) return null;
  const product = { id: item.product.id, name: item.productName };
  return (
    <div className={styles.review}>
      {writing ? (
        <ReviewForm product={product} review={null} onClose={() => setWriting(false)} />
      ) : (
        <Button
          ref={opener}
          variant="light"
          size="sm"
          leftSection={<StarIcon size={16} />}
          onClick={() => setWriting(true)}
          data-testid="review-write"
        >
          {t("review.write")}
        </Button>
      )}
    </div>
  );
}
