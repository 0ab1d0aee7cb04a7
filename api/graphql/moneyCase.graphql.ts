import { Args, Ctx, Field, FieldResolver, ID, ObjectType, Query, Resolver, Root } from "type-graphql";
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import type { OrderView } from "../../domain/order/order.queries.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import { countMoneyCases, listMoneyCases, type MoneyCaseView } from "../../domain/report/moneyCase.queries.ts";
import { connectionOf, type Listed, listed, OpenPageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency } from "./enums.ts";
import { User } from "./identity.graphql.ts";
import { Order } from "./order.graphql.ts";
import { Payment } from "./payment.graphql.ts";
import { DateTime, Money } from "./scalars.ts";

@ObjectType({ simpleResolvers: true, description: "Money that a person must decide about." })
class MoneyCase {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: "Such as AMOUNT_MISMATCH, PAID_TWICE, UNMATCHED, REVERSED_AFTER_SHIPPING." })
  kind!: string;

  @Field(() => Money)
  amount!: number;

  @Field(() => String)
  summary!: string;

  @Field(() => [String], { description: "What can end it." })
  actions!: string[];

  @Field(() => DateTime)
  openedAt!: Date;

  @Field(() => DateTime, { nullable: true })
  resolvedAt!: Date | null;

  @Field(() => String, { nullable: true })
  resolution!: string | null;
}

const MoneyCaseConnection = connectionOf("MoneyCase", () => MoneyCase);

/** Whoever may read the case may read what it is about: it is staff's. */
@Resolver(() => MoneyCase)
export class MoneyCaseResolver {
  @Query(() => MoneyCaseConnection)
  async moneyCases(
    @Args(() => OpenPageArgs) args: OpenPageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<MoneyCaseView>> {
    const open = args.open ?? true;
    return listed(await listMoneyCases(app, actor, { ...args, open }), () => countMoneyCases(app, actor, open));
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => Payment, { nullable: true })
  async payment(@Root() { paymentId }: MoneyCaseView, @Ctx() { loaders }: Context): Promise<PaymentView | null> {
    return paymentId && loaders.payments.load(paymentId);
  }

  @FieldResolver(() => Order, { nullable: true })
  async order(@Root() { orderId }: MoneyCaseView, @Ctx() { loaders }: Context): Promise<OrderView | null> {
    return orderId && loaders.orders.load(orderId);
  }

  @FieldResolver(() => User, { nullable: true, description: "Who took it." })
  async owner(@Root() { ownerId }: MoneyCaseView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return ownerId && loaders.users.load(ownerId);
  }
}
