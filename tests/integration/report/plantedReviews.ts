import { NOW } from "../../support/shopRows.ts";
import type { PlantedBreach, Write } from "./plantedBreaches.ts";
import type { PlantedShop } from "./plantedShop.ts";

const FIRST = "00000000-0000-7000-8000-000000000011";
const SECOND = "00000000-0000-7000-8000-000000000012";

/** A review of the paid order's product, as its buyer's; the order did not arrive. */
async function addReview(q: Write, { paid }: PlantedShop, id: string, rating: number | null) {
  await q(
    `insert into reviews (id, product_id, user_id, order_item_id, rating, comment, created_at, updated_at)
     select $1, i.product_id, o.user_id, i.id, $3, 'Bagus', $4, $4
       from order_items i join orders o on o.id = i.order_id where i.id = $2`,
    [id, paid.itemId, rating, NOW],
  );
}

const addUp = (q: Write, { shelf }: PlantedShop, reviews: number, rated: number, stars: number) =>
  q("update products set review_count = $2, rating_count = $3, rating_sum = $4 where id = $1", [
    shelf.productId,
    reviews,
    rated,
    stars,
  ]);

/** Breaches of what must hold of reviews. */
export const PLANTED_REVIEWS: readonly PlantedBreach[] = [
  {
    breach: "a review of goods that did not arrive",
    sql: async (q, shop) => {
      await addReview(q, shop, FIRST, 5);
      await addUp(q, shop, 1, 1, 5);
    },
    says: () => [`REVIEW ${FIRST}`],
  },
  {
    breach: "a product that shows a review which nobody wrote",
    sql: (q, shop) => addUp(q, shop, 1, 0, 0),
    says: () => ["REVIEW kemeja-batik-sekar"],
  },
  {
    breach: "a product whose rating counts one that was taken back",
    sql: async (q, shop) => {
      await addReview(q, shop, FIRST, 4);
      await q("update reviews set is_active = false where id = $1", [FIRST]);
      await addUp(q, shop, 1, 1, 4);
    },
    says: () => ["REVIEW kemeja-batik-sekar"],
  },
  {
    breach: "a second review by an author whose first was taken down",
    sql: async (q, shop) => {
      await q("drop index reviews_one");
      await q("update users set email = 'pembeli@lunas.test'");
      await addReview(q, shop, FIRST, 1);
      await q(
        `update reviews set is_archived = true, archived_at = created_at, archived_by = user_id, archive_reason = 'x'
          where id = $1`,
        [FIRST],
      );
      await addReview(q, shop, SECOND, 1);
      await addUp(q, shop, 1, 1, 1);
    },
    says: () => [`REVIEW ${SECOND}`, "REVIEW pembeli@lunas.test"],
  },
];
