import { Args, Ctx, Field, FieldResolver, ObjectType, Query, Resolver, Root } from "type-graphql";
import type { EnrollmentView } from "../../domain/enrollment/enrollment.queries.ts";
import {
  countPaymentsToApprove,
  type GrantView,
  listPaymentsToApprove,
} from "../../domain/enrollment/learningDesk.queries.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import { DeskPageArgs, type Listed, listed } from "./connection.ts";
import type { Context } from "./context.ts";
import { Enrollment } from "./enrollment.graphql.ts";
import { Payment, PaymentConnection } from "./payment.graphql.ts";
import { DateTime } from "./scalars.ts";

@ObjectType({ description: "One payment's part in an enrolment.", simpleResolvers: true })
class EnrollmentGrant {
  @Field(() => DateTime) grantedAt!: Date;
  @Field(() => DateTime, { nullable: true, description: "Null: it stands." }) revokedAt!: Date | null;
}

@Resolver(() => Enrollment)
export class LearningDeskResolver {
  @Query(() => PaymentConnection, {
    description: "Payments for courses that are paid and wait for approval, the longest waiting first.",
  })
  async paymentsToApprove(
    @Args(() => DeskPageArgs) args: DeskPageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<PaymentView>> {
    return listed(await listPaymentsToApprove(app, actor, args), () => countPaymentsToApprove(app, actor));
  }

  @FieldResolver(() => [EnrollmentGrant], {
    description: "What it stands on, the oldest first, and what was taken back of that.",
  })
  grants(@Root() { id }: EnrollmentView, @Ctx() { loaders }: Context): Promise<GrantView[]> {
    return loaders.grantsOf.load(id);
  }
}

@Resolver(() => EnrollmentGrant)
export class EnrollmentGrantResolver {
  @FieldResolver(() => Payment)
  payment(@Root() { paymentId }: GrantView, @Ctx() { loaders }: Context): Promise<PaymentView> {
    return loaders.payments.load(paymentId);
  }
}
