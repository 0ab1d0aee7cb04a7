import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { ProductView } from "../../domain/catalog/catalogue.queries.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import type { ReviewId } from "../../domain/kernel/ids.ts";
import type { OrderItemView } from "../../domain/order/order.queries.ts";
import { archiveReview } from "../../domain/review/archiveReview.ts";
import { createReview, type ReviewInput as NewReview } from "../../domain/review/createReview.ts";
import { deleteReview } from "../../domain/review/deleteReview.ts";
import { canReadReason, canReview } from "../../domain/review/review.access.ts";
import {
  countAllReviews,
  countMyReviews,
  listAllReviews,
  listMyReviews,
  REVIEW_STATES,
  type ReviewView,
  readReview,
  type ReviewState as State,
} from "../../domain/review/review.queries.ts";
import { type ReviewUpdateInput as Change, updateReview } from "../../domain/review/updateReview.ts";
import { Product } from "./catalog.graphql.ts";
import { connectionOf, DeskPageArgs, type Listed, listed, PageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { graphqlEnum } from "./enums.ts";
import { OrderItem } from "./order.graphql.ts";
import { DateTime } from "./scalars.ts";

@ObjectType({ simpleResolvers: true })
class Review {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: "The reviewer's display name." }) author!: string;
  @Field(() => Int, { nullable: true }) rating!: number | null;
  @Field(() => String) comment!: string;
  @Field(() => Boolean, { description: "False: its author took it back." }) isActive!: boolean;
  @Field(() => Boolean, { description: "True: staff took it down." }) isArchived!: boolean;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime) updatedAt!: Date;
}

const ReviewState = graphqlEnum("ReviewState", REVIEW_STATES, {
  description: "SHOWN: on its product's page. TAKEN_BACK: by its author. TAKEN_DOWN: by staff.",
});

const ReviewConnection = connectionOf("Review", () => Review);

@InputType()
class ReviewInput implements NewReview {
  @Field(() => ID) productId!: string;
  @Field(() => Int, { nullable: true }) rating?: number | null;
  @Field(() => String) comment!: string;
}

@InputType()
class ReviewUpdateInput implements Change {
  @Field(() => Int, { nullable: true, description: "Left out: as it is. Null: none any more." })
  rating?: number | null;

  @Field(() => String, { nullable: true })
  comment?: string | null;
}

@ArgsType()
class ProductReviewsArgs {
  @Field(() => Int, { nullable: true, defaultValue: 10 }) first!: number;
  @Field(() => String, { nullable: true }) after?: string | null;
}

@ArgsType()
class AdminReviewsArgs extends DeskPageArgs {
  @Field(() => ID, { nullable: true }) productId?: string | null;
  @Field(() => Boolean, { nullable: true, defaultValue: true }) includeArchived!: boolean;
  @Field(() => ReviewState, { nullable: true }) state?: State | null;
  @Field(() => Int, { nullable: true, description: "Its stars." }) rating?: number | null;
  @Field(() => String, { nullable: true, description: "The author's whole e-mail address." }) search?: string | null;
}

/** What was just written, as it stands now. */
async function written({ app }: Context, id: ReviewId): Promise<ReviewView> {
  const review = await readReview(app.db, id);
  if (!review) throw new Refusal("NOT_FOUND", "There is no such review");
  return review;
}

@Resolver(() => Review)
export class ReviewResolver {
  @Query(() => ReviewConnection, { description: "The caller's own reviews." })
  async reviews(@Args(() => PageArgs) args: PageArgs, @Ctx() { app, actor }: Context): Promise<Listed<ReviewView>> {
    return listed(await listMyReviews(app, actor, args), () => countMyReviews(app, actor));
  }

  @Query(() => ReviewConnection, { description: "Staff: every review, also those taken back or taken down." })
  async adminReviews(
    @Args(() => AdminReviewsArgs) args: AdminReviewsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<ReviewView>> {
    const filter = { ...args, includeArchived: args.includeArchived ?? true };
    return listed(await listAllReviews(app, actor, filter, args), () => countAllReviews(app, actor, filter));
  }

  @Mutation(() => Review)
  async createReview(
    @Arg("input", () => ReviewInput) input: ReviewInput,
    @Ctx() context: Context,
  ): Promise<ReviewView> {
    return written(context, await createReview(context.app, context.actor, input));
  }

  @Mutation(() => Review)
  async updateReview(
    @Arg("reviewId", () => ID) reviewId: string,
    @Arg("input", () => ReviewUpdateInput) input: ReviewUpdateInput,
    @Ctx() context: Context,
  ): Promise<ReviewView> {
    return written(context, await updateReview(context.app, context.actor, reviewId, input));
  }

  @Mutation(() => Review, { description: "Soft: the row stays." })
  async deleteReview(@Arg("reviewId", () => ID) reviewId: string, @Ctx() context: Context): Promise<ReviewView> {
    return written(context, await deleteReview(context.app, context.actor, reviewId));
  }

  @Mutation(() => Review, { description: "Staff: takes a review down for good; its author is told the reason." })
  async archiveReview(
    @Arg("reviewId", () => ID) reviewId: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() context: Context,
  ): Promise<ReviewView> {
    return written(context, await archiveReview(context.app, context.actor, reviewId, reason));
  }

  @FieldResolver(() => Product)
  product(@Root() review: ReviewView, @Ctx() { loaders }: Context): Promise<ProductView> {
    return loaders.products.load(review.productId);
  }

  @FieldResolver(() => String, { nullable: true, description: "Why staff took it down; for its author and staff." })
  archiveReason(@Root() review: ReviewView, @Ctx() { actor }: Context): string | null {
    return canReadReason(actor, review) ? review.archiveReason : null;
  }
}

/** Stands here and not beside the product, because reviews know products and not the other way round. */
@Resolver(() => Product)
export class ProductReviewsResolver {
  @FieldResolver(() => ReviewConnection, { description: "What buyers say, newest first." })
  async reviews(
    @Root() product: ProductView,
    @Args(() => ProductReviewsArgs) { first, after }: ProductReviewsArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Listed<ReviewView>> {
    const page = await loaders.reviewsOf.load({ productId: product.id, first: first ?? 10, after: after ?? null });
    return listed(page, () => Promise.resolve(product.reviewCount));
  }
}

/** The same of an order's line. */
@Resolver(() => OrderItem)
export class OrderItemReviewResolver {
  @FieldResolver(() => Review, { nullable: true, description: "What its buyer says of the product." })
  async review(@Root() item: OrderItemView, @Ctx() { loaders }: Context): Promise<ReviewView | null> {
    return (await loaders.itemReviews.load(item.id)).review;
  }

  @FieldResolver(() => Boolean, { description: "The caller bought it, has it, and has not reviewed the product yet." })
  async canReview(@Root() item: OrderItemView, @Ctx() { actor, loaders }: Context): Promise<boolean> {
    return canReview(actor, await loaders.itemReviews.load(item.id));
  }
}
