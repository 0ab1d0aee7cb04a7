import { Arg, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } from "type-graphql";
import {
  type StockBack as Pieces,
  type CancelPreview as Preview,
  previewCancel,
} from "../../domain/checkout/previewCancel.ts";
import { canReadOrder } from "../../domain/order/order.access.ts";
import type { OrderView } from "../../domain/order/order.queries.ts";
import type { OrderStatus as Status } from "../../domain/order/order.states.ts";
import { type MoneyBack as Back, MONEY_BACK_WAYS } from "../../domain/refund/moneyBack.rules.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { Order, OrderStatus } from "./order.graphql.ts";
import { DateTime, Money } from "./scalars.ts";

const MoneyBackWay = graphqlEnum("MoneyBackWay", MONEY_BACK_WAYS, {
  values: {
    GATEWAY: "To what it was paid with.",
    HAND: "By bank transfer, to an account that the customer names: the method takes no money back.",
  },
});

@ObjectType({ simpleResolvers: true, description: "How money would go back to the customer." })
export class MoneyBack {
  @Field(() => Money) amount!: number;
  @Field(() => MoneyBackWay) way!: Back["way"];
  @Field(() => String, { description: "What it was paid with, in Indonesian." }) paidWith!: string;
  @Field(() => DateTime, { nullable: true, description: "When it may be sent; null: now." }) notBefore!: Date | null;
  @Field(() => Int, {
    nullable: true,
    description: "Days until the customer has it, from when it is sent; null: nobody promises any.",
  })
  withinDays!: number | null;
}

@Resolver(() => MoneyBack)
export class MoneyBackResolver {
  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }
}

@ObjectType({ simpleResolvers: true, description: "Why something would be refused: what its mutation would answer." })
export class PreviewRefusal {
  @Field(() => String) code!: string;
  @Field(() => String) message!: string;
}

@ObjectType({ simpleResolvers: true, description: "Pieces that would be on the shelf again." })
class StockBack {
  @Field(() => ID) orderItemId!: string;
  @Field(() => String) productName!: string;
  @Field(() => Int) quantity!: number;
}

@ObjectType({ simpleResolvers: true, description: "What cancelOrder would do now." })
class CancelPreview {
  @Field(() => OrderStatus, {
    nullable: true,
    description: "What the order would be then: CANCELLED at once, or CANCEL_REQUESTED. Null: it is refused.",
  })
  becomes!: Status | null;
  @Field(() => [StockBack]) stock!: Pieces[];
  @Field(() => MoneyBack, { nullable: true, description: "Null: no money would go back." }) moneyBack!: Back | null;
  @Field(() => PreviewRefusal, { nullable: true, description: "Null: it is not refused." })
  refusal!: PreviewRefusal | null;
}

@Resolver(() => CancelPreview)
export class CancelPreviewResolver {
  @Query(() => CancelPreview, { description: "What cancelOrder would do now, for who may call it; changes nothing." })
  cancelPreview(@Arg("orderId", () => ID) orderId: string, @Ctx() { app, actor }: Context): Promise<Preview> {
    return previewCancel(app, actor, orderId);
  }

  @FieldResolver(() => [Order], { description: "Which would be cancelled: all of an unpaid checkout, else this one." })
  async orders(@Root() { orderIds }: Preview, @Ctx() { actor, loaders }: Context): Promise<OrderView[]> {
    const orders = await Promise.all(orderIds.map((id) => loaders.orders.load(id)));
    return orders.filter((order) => canReadOrder(actor, order));
  }
}
