import { Arg, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import { type ShippingCost as Cost, listShippingCosts } from "../../domain/reconciliation/shippingCost.queries.ts";
import { findStatement, listStatements } from "../../domain/reconciliation/statement.queries.ts";
import type { StoreStatement as Statement } from "../../domain/reconciliation/statement.rules.ts";
import type { Context } from "./context.ts";
import { Currency } from "./enums.ts";
import { CalendarDay, Money, SignedMoney } from "./scalars.ts";

@ObjectType({ simpleResolvers: true, description: "A store's day in the ledger; payouts to stores stay outside." })
class StoreStatement implements Statement {
  @Field(() => CalendarDay) day!: string;
  @Field(() => ID, { nullable: true, description: "Null: of what is no store's, such as courses." })
  storeId!: string | null;
  @Field(() => String, { nullable: true }) storeName!: string | null;
  @Field(() => SignedMoney, { description: "Goods without PPN." }) sales!: number;
  @Field(() => SignedMoney, { description: "Without PPN." }) shipping!: number;
  @Field(() => SignedMoney) discount!: number;
  @Field(() => SignedMoney, { description: "Of what was sold, less that of credit notes." }) ppn!: number;
  @Field(() => SignedMoney, { description: "And chargebacks; without the PPN that credit notes took back." })
  refunds!: number;
  @Field(() => SignedMoney, { description: "Its share of what the gateway kept, as booked that day." })
  fees!: number;
  @Field(() => SignedMoney, { description: "sales + shipping - discount + ppn - refunds - fees" }) net!: number;
}

@ObjectType({ simpleResolvers: true, description: "What customers paid for parcels, and what couriers took." })
class ShippingCost implements Cost {
  @Field(() => ID) storeId!: string;
  @Field(() => String) storeName!: string;
  @Field(() => Int) parcels!: number;
  @Field(() => Money) quoted!: number;
  @Field(() => Money) cost!: number;
  @Field(() => Money) cashback!: number;
  @Field(() => SignedMoney, { description: "Above 0 the shop's loss." }) difference!: number;
}

@Resolver(() => StoreStatement)
export class StatementResolver {
  @Query(() => [StoreStatement], { description: "Together they are what the ledger has of the day." })
  storeStatements(@Arg("day", () => CalendarDay) day: string, @Ctx() { app, actor }: Context): Promise<Statement[]> {
    return listStatements(app, actor, day);
  }

  @Query(() => StoreStatement, { nullable: true })
  storeStatement(
    @Arg("storeId", () => ID) storeId: string,
    @Arg("day", () => CalendarDay) day: string,
    @Ctx() { app, actor }: Context,
  ): Promise<Statement | null> {
    return findStatement(app, actor, storeId, day);
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }
}

@Resolver(() => ShippingCost)
export class ShippingCostResolver {
  @Query(() => [ShippingCost], { description: "Of parcels booked in these Jakarta days, both inclusive." })
  shippingCosts(
    @Arg("from", () => CalendarDay) from: string,
    @Arg("to", () => CalendarDay) to: string,
    @Ctx() { app, actor }: Context,
  ): Promise<Cost[]> {
    return listShippingCosts(app, actor, { from, to });
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }
}
