import type { Invariant } from "./invariant.rules.ts";

/** What must hold of what buyers say. */
export const REVIEW_INVARIANTS: readonly Invariant[] = [
  {
    id: "REVIEW",
    says: "every living review stands on its author's completed purchase, one a product, and products add them up",
    sql: `
      with living as (select * from reviews where is_active and not is_archived),
      sums as (
        select product_id, count(*) as reviews, count(rating) as rated, coalesce(sum(rating), 0) as stars
          from living group by product_id)
      select r.id::text as subject,
             format('stands on item %s of an order %s', r.order_item_id, o.status) as detail
        from living r
        left join order_items i on i.id = r.order_item_id and i.product_id = r.product_id
        left join orders o on o.id = i.order_id and o.user_id = r.user_id
       where o.status is distinct from 'COMPLETED'
      union all
      select u.email, format('%s reviews of the product %s are his or were taken down', count(*), r.product_id)
        from reviews r join users u on u.id = r.user_id
       where r.is_active or r.is_archived
       group by u.email, r.product_id having count(*) > 1
      union all
      select p.slug, format('shows %s reviews, %s ratings of %s stars; they are %s, %s of %s',
                            p.review_count, p.rating_count, p.rating_sum,
                            coalesce(s.reviews, 0), coalesce(s.rated, 0), coalesce(s.stars, 0))
        from products p left join sums s on s.product_id = p.id
       where (p.review_count, p.rating_count, p.rating_sum)
             is distinct from (coalesce(s.reviews, 0), coalesce(s.rated, 0), coalesce(s.stars, 0))`,
  },
];
