import { Arg, Ctx, Field, FieldResolver, ID, ObjectType, Query, Resolver, Root } from "type-graphql";
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import type { PaymentStatus as Status } from "../../domain/payment/payment.states.ts";
import { type PaymentLogEntry as EntryView, listPaymentLog } from "../../domain/payment/paymentLog.queries.ts";
import type { Context } from "./context.ts";
import { User } from "./identity.graphql.ts";
import { PaymentStatus } from "./payment.graphql.ts";
import { DateTime } from "./scalars.ts";

@ObjectType({ simpleResolvers: true, description: "One step of a payment's life." })
class PaymentLogEntry {
  @Field(() => ID) id!: string;
  @Field(() => ID, { nullable: true, description: "The try that it is about." }) transactionId!: string | null;
  @Field(() => String, { description: "Such as captured, windowOver, gatewayStatus, challengeAnswer." }) step!: string;
  @Field(() => PaymentStatus, { nullable: true }) fromStatus!: Status | null;
  @Field(() => PaymentStatus, { nullable: true }) toStatus!: Status | null;
  @Field(() => String, { description: "JSON." }) detail!: string;
  @Field(() => String, { description: "CUSTOMER, STAFF, MIDTRANS or SYSTEM." }) source!: string;
  @Field(() => String, { nullable: true }) requestId!: string | null;
  @Field(() => DateTime) at!: Date;
}

@Resolver(() => PaymentLogEntry)
export class PaymentLogResolver {
  @Query(() => [PaymentLogEntry], { description: "Staff: what happened to a payment, the latest first." })
  paymentLog(@Arg("paymentId", () => ID) paymentId: string, @Ctx() { app, actor }: Context): Promise<EntryView[]> {
    return listPaymentLog(app, actor, { paymentId });
  }

  @FieldResolver(() => User, { nullable: true })
  async actor(@Root() { actorId }: EntryView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return actorId && loaders.users.load(actorId);
  }
}
