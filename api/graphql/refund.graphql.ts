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
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import type { UserId } from "../../domain/kernel/ids.ts";
import { canReadOrder } from "../../domain/order/order.access.ts";
import type { OrderView } from "../../domain/order/order.queries.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import { approveManualRefund } from "../../domain/refund/approveManualRefund.ts";
import { withinDaysOf } from "../../domain/refund/moneyBack.rules.ts";
import { canReadMasked, canReadSettling } from "../../domain/refund/refund.access.ts";
import {
  countRefunds,
  listRefunds,
  type RefundOutcome as Outcome,
  REFUND_OUTCOMES,
  type RefundAttemptView,
  type RefundView,
  readRefund,
} from "../../domain/refund/refund.queries.ts";
import { REFUND_STATUSES, type RefundStatus as Status } from "../../domain/refund/refund.states.ts";
import { type BankAccount as Account, BANK_CODES } from "../../domain/refund/refundAccount.rules.ts";
import { retryRefund } from "../../domain/refund/retryRefund.ts";
import { revealRefundAccount } from "../../domain/refund/revealRefundAccount.ts";
import { type RefundAccountInput, setRefundAccount } from "../../domain/refund/setRefundAccount.ts";
import { settleRefundManually } from "../../domain/refund/settleRefundManually.ts";
import { connectionOf, DeskPageArgs, type Listed, listed } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { User } from "./identity.graphql.ts";
import { Order } from "./order.graphql.ts";
import { Payment } from "./payment.graphql.ts";
import { DateTime, Money } from "./scalars.ts";

const RefundStatus = graphqlEnum("RefundStatus", REFUND_STATUSES, {
  values: {
    MANUAL: "The method has no refund API: staff pays it back by hand.",
    WITHDRAWN: "The money went away by itself: a reversal or a chargeback.",
  },
});
const RefundOutcome = graphqlEnum("RefundOutcome", REFUND_OUTCOMES);

@ObjectType({ simpleResolvers: true })
class RefundAttempt {
  @Field(() => DateTime) at!: Date;
  @Field(() => RefundOutcome) outcome!: Outcome;
  @Field(() => String, { nullable: true, description: "Staff's alone." }) gatewayCode!: string | null;
  @Field(() => String, { nullable: true, description: "Staff's alone." }) message!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class Refund {
  @Field(() => ID) id!: string;
  @Field(() => Money) amount!: number;
  @Field(() => String) reason!: string;
  @Field(() => RefundStatus) status!: Status;
  @Field(() => Int, { description: "Since it was last begun." }) attempts!: number;
  @Field(() => DateTime, { nullable: true }) nextAttemptAt!: Date | null;
  @Field(() => String, { nullable: true, description: "Of a transfer by hand." }) bankReference!: string | null;
  @Field(() => DateTime, { nullable: true, description: "By hand alone: from then on its account stands." })
  approvedAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: "When the gateway or a person said that it is sent." })
  succeededAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: "When the customer's bank said that it has the money." })
  bankConfirmedAt!: Date | null;
  @Field(() => DateTime) createdAt!: Date;
}

@ObjectType({ simpleResolvers: true, description: "Where a refund goes, in full." })
class BankAccount {
  @Field(() => String) bankCode!: string;
  @Field(() => String) accountNumber!: string;
  @Field(() => String) accountName!: string;
}

@InputType()
class BankAccountInput implements RefundAccountInput {
  @Field(() => String, { description: `One of ${BANK_CODES.join(", ")}.` }) bankCode!: string;
  @Field(() => String, { description: "6 to 20 digits; spaces, dots and dashes do not count." }) accountNumber!: string;
  @Field(() => String) accountName!: string;
}

@ArgsType()
class AdminRefundsArgs extends DeskPageArgs {
  @Field(() => [RefundStatus], { nullable: true }) status?: Status[] | null;
  @Field(() => Boolean, { nullable: true, description: "Whether its account is approved; null: both." })
  approved?: boolean | null;
}

const RefundConnection = connectionOf("Refund", () => Refund);

/** People of the shop are no customer's business. */
const personOf = async ({ actor, loaders }: Context, id: UserId | null): Promise<UserView | null> =>
  id && canReadSettling(actor) ? loaders.users.load(id) : null;

@Resolver(() => Refund)
export class RefundResolver {
  @Query(() => RefundConnection, { description: "Staff: every refund, newest first." })
  async adminRefunds(
    @Args(() => AdminRefundsArgs) args: AdminRefundsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<RefundView>> {
    return listed(await listRefunds(app, actor, args), () => countRefunds(app, actor, args));
  }

  @Mutation(() => Refund, {
    description:
      "Customer: where a refund goes that no API can pay. Stored sealed; staff with the refund right reads it.",
  })
  async setRefundAccount(
    @Arg("refundId", () => ID) refundId: string,
    @Arg("input", () => BankAccountInput) account: BankAccountInput,
    @Ctx() { app, actor }: Context,
  ): Promise<RefundView> {
    return readRefund(app, await setRefundAccount(app, actor, { refundId, account }));
  }

  @Mutation(() => BankAccount, { description: "Admin: the account in full; who reads it is on the audit log." })
  revealRefundAccount(@Arg("refundId", () => ID) refundId: string, @Ctx() { app, actor }: Context): Promise<Account> {
    return revealRefundAccount(app, actor, { refundId });
  }

  @Mutation(() => Refund, { description: "Admin, another person than the one who settles it." })
  async approveManualRefund(
    @Arg("refundId", () => ID) refundId: string,
    @Ctx() { app, actor }: Context,
  ): Promise<RefundView> {
    return readRefund(app, await approveManualRefund(app, actor, { refundId }));
  }

  @Mutation(() => Refund, { description: "Admin: a transfer was made; `reference` is the bank's." })
  async settleRefundManually(
    @Arg("refundId", () => ID) refundId: string,
    @Arg("reference", () => String) reference: string,
    @Ctx() { app, actor }: Context,
  ): Promise<RefundView> {
    return readRefund(app, await settleRefundManually(app, actor, { refundId, reference }));
  }

  @Mutation(() => Refund, { description: "Admin: one that FAILED is sent again." })
  async retryRefund(@Arg("refundId", () => ID) refundId: string, @Ctx() { app, actor }: Context): Promise<RefundView> {
    return readRefund(app, await retryRefund(app, actor, { refundId }));
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => Payment)
  payment(@Root() { paymentId }: RefundView, @Ctx() { loaders }: Context): Promise<PaymentView> {
    return loaders.payments.load(paymentId);
  }

  @FieldResolver(() => Order, { nullable: true, description: "Null: it is of the payment, or the order is archived." })
  async order(@Root() { orderId }: RefundView, @Ctx() { actor, loaders }: Context): Promise<OrderView | null> {
    const order = orderId && (await loaders.orders.load(orderId));
    return order && canReadOrder(actor, order) ? order : null;
  }

  @FieldResolver(() => [RefundAttempt], { description: "The log of the tries, oldest first." })
  async attemptLog(@Root() { id }: RefundView, @Ctx() { actor, loaders }: Context): Promise<RefundAttemptView[]> {
    const log = await loaders.refundAttempts.load(id);
    return canReadSettling(actor) ? log : log.map((each) => ({ ...each, gatewayCode: null, message: null }));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Where a MANUAL refund goes, masked; null until the customer said.",
  })
  accountMasked(@Root() refund: RefundView, @Ctx() { actor }: Context): string | null {
    return canReadMasked(actor, refund) ? refund.accountMasked : null;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      "Days until its owner has it: from when it is sent, by hand from when it was asked for; null: unstated.",
  })
  withinDays(@Root() refund: RefundView): number | null {
    return withinDaysOf(refund);
  }

  @FieldResolver(() => User, { nullable: true, description: "Staff's alone; null: it was not decided by a person." })
  requestedBy(@Root() refund: RefundView, @Ctx() context: Context): Promise<UserView | null> {
    return personOf(context, refund.requestedBy);
  }

  @FieldResolver(() => User, { nullable: true, description: "Staff's alone." })
  approvedBy(@Root() refund: RefundView, @Ctx() context: Context): Promise<UserView | null> {
    return personOf(context, refund.approvedBy);
  }

  @FieldResolver(() => User, { nullable: true, description: "Staff's alone." })
  settledBy(@Root() refund: RefundView, @Ctx() context: Context): Promise<UserView | null> {
    return personOf(context, refund.settledBy);
  }
}

/** Stands here and not beside the order, because refunds know orders and not the other way round. */
@Resolver(() => Order)
export class OrderRefundsResolver {
  @FieldResolver(() => [Refund], { description: "Oldest first." })
  refunds(@Root() { id }: OrderView, @Ctx() { loaders }: Context): Promise<RefundView[]> {
    return loaders.refundsOfOrder.load(id);
  }
}

/** As OrderRefundsResolver. */
@Resolver(() => Payment)
export class PaymentRefundsResolver {
  @FieldResolver(() => [Refund], { description: "Those of its orders, and of money that paid for none. Oldest first." })
  refunds(@Root() { id }: PaymentView, @Ctx() { loaders }: Context): Promise<RefundView[]> {
    return loaders.refundsOfPayment.load(id);
  }
}
