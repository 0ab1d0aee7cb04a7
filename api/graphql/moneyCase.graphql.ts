import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import type { OrderView } from "../../domain/order/order.queries.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import {
  countMoneyCases,
  findMoneyCase,
  listMoneyCases,
  type MoneyCaseView,
  requireMoneyCase,
} from "../../domain/report/moneyCase.queries.ts";
import { resolveMoneyCase } from "../../domain/report/resolveMoneyCase.ts";
import { takeMoneyCase } from "../../domain/report/takeMoneyCase.ts";
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

  @Field(() => String, { description: "Redacted JSON: what is known of it." })
  evidence!: string;

  @Field(() => [String], { description: "What can end it, as resolveMoneyCase takes it." })
  actions!: string[];

  @Field(() => DateTime)
  openedAt!: Date;

  @Field(() => DateTime, { nullable: true })
  takenAt!: Date | null;

  @Field(() => DateTime, { nullable: true })
  resolvedAt!: Date | null;

  @Field(() => String, { nullable: true, description: "The action that ended it." })
  action!: string | null;

  @Field(() => String, { nullable: true, description: "What was done, in words." })
  resolution!: string | null;
}

@ArgsType()
class MoneyCasesArgs extends OpenPageArgs {
  @Field(() => String, { nullable: true })
  kind?: string | null;
}

const MoneyCaseConnection = connectionOf("MoneyCase", () => MoneyCase);

/** Whoever may read the case may read what it is about: it is staff's. */
@Resolver(() => MoneyCase)
export class MoneyCaseResolver {
  @Query(() => MoneyCaseConnection)
  async moneyCases(
    @Args(() => MoneyCasesArgs) args: MoneyCasesArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<MoneyCaseView>> {
    const filter = { open: args.open ?? true, kind: args.kind };
    return listed(await listMoneyCases(app, actor, { ...args, ...filter }), () => countMoneyCases(app, actor, filter));
  }

  @Query(() => MoneyCase, { nullable: true })
  moneyCase(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<MoneyCaseView | null> {
    return findMoneyCase(app, actor, id);
  }

  @Mutation(() => MoneyCase)
  async takeMoneyCase(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<MoneyCaseView> {
    return requireMoneyCase(app, actor, await takeMoneyCase(app, actor, { id }));
  }

  @Mutation(() => MoneyCase, { description: "Ends a case by one of its prepared actions." })
  async resolveMoneyCase(
    @Arg("id", () => ID) id: string,
    @Arg("action", () => String) action: string,
    @Arg("note", () => String) note: string,
    @Ctx() { app, actor }: Context,
  ): Promise<MoneyCaseView> {
    return requireMoneyCase(app, actor, await resolveMoneyCase(app, actor, { id, action, note }));
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

  @FieldResolver(() => User, { nullable: true, description: "Who ended it." })
  async resolvedBy(@Root() { resolvedBy }: MoneyCaseView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return resolvedBy && loaders.users.load(resolvedBy);
  }
}
