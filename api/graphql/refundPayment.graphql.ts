import {
  Arg,
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
} from "type-graphql";
import type { MoneyBack as Back } from "../../domain/refund/moneyBack.rules.ts";
import {
  type RefundPreview as Preview,
  type PreviewRefundInput,
  previewRefund,
} from "../../domain/refund/previewRefund.ts";
import { type RefundView, readRefund } from "../../domain/refund/refund.queries.ts";
import { type RefundPaymentInput, refundPayment } from "../../domain/refund/refundPayment.ts";
import type { RefundItemWish } from "../../domain/refund/refundPlan.rules.ts";
import { MoneyBack, PreviewRefusal } from "./cancel.graphql.ts";
import type { Context } from "./context.ts";
import { Currency } from "./enums.ts";
import { Refund } from "./refund.graphql.ts";
import { Money } from "./scalars.ts";

@InputType()
class RefundItemInput implements RefundItemWish {
  @Field(() => ID) orderItemId!: string;
  @Field(() => Int) quantity!: number;
  @Field(() => Boolean, { description: "The pieces are on the shelf again." }) restock!: boolean;
}

@InputType({ description: "orderId is needed where the payment pays for several orders." })
class RefundInput implements RefundPaymentInput {
  @Field(() => ID) paymentId!: string;
  @Field(() => ID, { nullable: true }) orderId?: string | null;
  @Field(() => [RefundItemInput], { nullable: true }) items?: RefundItemInput[] | null;
  @Field(() => Money) amount!: number;
  @Field(() => String, { description: "At most 255 characters: the gateway is told." }) reason!: string;
  @Field(() => String) idempotencyKey!: string;
}

@InputType({ description: "As RefundInput; without an amount the suggested one is meant." })
class RefundPreviewInput implements PreviewRefundInput {
  @Field(() => ID) paymentId!: string;
  @Field(() => ID, { nullable: true }) orderId?: string | null;
  @Field(() => [RefundItemInput], { nullable: true }) items?: RefundItemInput[] | null;
  @Field(() => Money, { nullable: true }) amount?: number | null;
}

@ObjectType({ simpleResolvers: true, description: "What some pieces stand for: amount = goods - discount + shipping." })
class RefundShares {
  @Field(() => Money) goods!: number;
  @Field(() => Money) discount!: number;
  @Field(() => Money) shipping!: number;
  @Field(() => Money, { description: "PPN that goods and shipping contain." }) tax!: number;
  @Field(() => Money) amount!: number;
}

@ObjectType({ simpleResolvers: true, description: "Pieces of an item that a refund can still name." })
class RefundableItem {
  @Field(() => ID) orderItemId!: string;
  @Field(() => String) productName!: string;
  @Field(() => Int, { description: "Their money was not given back." }) refundable!: number;
  @Field(() => Int, { description: "They can be put on the shelf again." }) restockable!: number;
}

@ObjectType({ simpleResolvers: true, description: "What refundPayment would do now." })
class RefundPreview {
  @Field(() => Money, { description: "What was asked about, or what is suggested." }) amount!: number;
  @Field(() => Money) suggested!: number;
  @Field(() => Money, { description: "The most that it may be; 0 where it is refused whatever the amount." })
  max!: number;
  @Field(() => Money, { description: "What is left of the order's money, or of the payment's." }) left!: number;
  @Field(() => RefundShares, { nullable: true, description: "Null: no items were named." })
  shares!: RefundShares | null;
  @Field(() => [RefundableItem], { description: "Of the order that is meant; none where several could be." })
  items!: RefundableItem[];
  @Field(() => MoneyBack, { nullable: true, description: "Null: it is refused." }) moneyBack!: Back | null;
  @Field(() => PreviewRefusal, { nullable: true, description: "Null: it is not refused." })
  refusal!: PreviewRefusal | null;
}

@Resolver(() => RefundPreview)
export class RefundPaymentResolver {
  @Query(() => RefundPreview, { description: "Admin: what refundPayment would do now; changes nothing." })
  refundPreview(
    @Arg("input", () => RefundPreviewInput) input: RefundPreviewInput,
    @Ctx() { app, actor }: Context,
  ): Promise<Preview> {
    return previewRefund(app, actor, input);
  }

  @Mutation(() => Refund, {
    description: "Admin: gives money back, of a payment, of one of its orders, or of items with their pieces.",
  })
  async refundPayment(
    @Arg("input", () => RefundInput) input: RefundInput,
    @Ctx() { app, actor }: Context,
  ): Promise<RefundView> {
    return readRefund(app, await refundPayment(app, actor, input));
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }
}
