import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import type { SessionId } from "../../domain/kernel/ids.ts";
import { canReadOrder } from "../../domain/order/order.access.ts";
import type { OrderView } from "../../domain/order/order.queries.ts";
import { answerChallenge } from "../../domain/payment/answerChallenge.ts";
import { cancelPayment, expirePayment } from "../../domain/payment/cancelPayment.ts";
import { currentTransaction } from "../../domain/payment/lockPayment.ts";
import { type PaymentMethod as Method, methodInfo } from "../../domain/payment/methods.rules.ts";
import { canReadInstructions } from "../../domain/payment/payment.access.ts";
import {
  countAllPayments,
  countMyPayments,
  findPayment,
  listAllPayments,
  listMyPayments,
  type PaymentView,
  type TransactionView,
} from "../../domain/payment/payment.queries.ts";
import { type TransactionState as State, TRANSACTION_STATES } from "../../domain/payment/payment.rules.ts";
import { PAYMENT_STATUSES, type PaymentStatus as Status } from "../../domain/payment/payment.states.ts";
import {
  renewPaymentToken,
  type StartPaymentInput as StartInput,
  startPayment,
} from "../../domain/payment/startPayment.ts";
import { syncPayment } from "../../domain/payment/syncPayment.ts";
import { connectionOf, DeskPageArgs, type Listed, listed, PageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { User } from "./identity.graphql.ts";
import { guides, inLanguage, LanguageArgs, PaymentGuide, PaymentMethod } from "./paymentMethod.graphql.ts";
import { CalendarDay, DateTime, Money } from "./scalars.ts";

const PaymentPurpose = graphqlEnum("PaymentPurpose", ["ORDER", "ENROLLMENT"]);
const PaymentChannel = graphqlEnum("PaymentChannel", ["MIDTRANS", "MANUAL_TRANSFER"]);
export const PaymentStatus = graphqlEnum("PaymentStatus", PAYMENT_STATUSES, {
  values: {
    CHALLENGED: "Midtrans's fraud screening wants a person to look.",
    APPROVED: "An administrator confirmed an enrolment payment; its enrolments exist.",
  },
});
const TransactionState = graphqlEnum("TransactionState", TRANSACTION_STATES, {
  description: "STARTING: the gateway has not answered yet. UNKNOWN: it never did, and is being asked.",
});

@ObjectType({ description: "What the customer needs to pay; only what the method has is set.", simpleResolvers: true })
class PaymentInstructions {
  @Field(() => String, { nullable: true }) redirectUrl?: string;
  @Field(() => String, { nullable: true }) snapToken?: string;
  @Field(() => String, { nullable: true }) vaNumber?: string;
  @Field(() => String, { nullable: true }) bank?: string;
  @Field(() => String, { nullable: true }) billerCode?: string;
  @Field(() => String, { nullable: true }) billKey?: string;
  @Field(() => String, { nullable: true }) paymentCode?: string;
  @Field(() => String, { nullable: true }) qrString?: string;
  @Field(() => String, { nullable: true }) qrImageUrl?: string;
  @Field(() => String, { nullable: true }) deeplinkUrl?: string;
}

@ObjectType({
  description: "One try at the gateway. A payment has several where the customer changed the method.",
  simpleResolvers: true,
})
class PaymentTransaction {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: "The order_id that Midtrans knows." }) gatewayOrderId!: string;
  @Field(() => String, { nullable: true }) gatewayTransactionId!: string | null;
  @Field(() => PaymentMethod) method!: Method;
  @Field(() => TransactionState) state!: State;
  @Field(() => String, { nullable: true, description: "Midtrans's own transaction_status, as last confirmed." })
  gatewayStatus!: string | null;
  @Field(() => String, { nullable: true }) fraudStatus!: string | null;
  @Field(() => PaymentInstructions) instructions!: PaymentInstructions;
  @Field(() => DateTime, { nullable: true }) expiresAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: "When Midtrans was last asked." }) lastCheckedAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: "When it is asked next; null when nothing is open." })
  nextPollAt!: Date | null;
  @Field(() => DateTime) createdAt!: Date;
}

@ObjectType({ simpleResolvers: true })
export class Payment {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: "LNS-20261120-7F3K9Q; the gateway order_ids begin with it." }) number!: string;
  @Field(() => PaymentPurpose) purpose!: "ORDER" | "ENROLLMENT";
  @Field(() => PaymentChannel) channel!: "MIDTRANS" | "MANUAL_TRANSFER";
  @Field(() => PaymentStatus) status!: Status;
  @Field(() => PaymentMethod, { nullable: true }) method!: Method | null;
  @Field(() => Money) amount!: number;
  @Field(() => Money) refundedAmount!: number;
  @Field(() => String, { nullable: true, description: "Single use, good for five minutes: `startPayment` wants it." })
  paymentToken?: string | null;
  @Field(() => DateTime, { nullable: true }) paidAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) expiresAt!: Date | null;
  @Field(() => DateTime) createdAt!: Date;
}

export const PaymentConnection = connectionOf("Payment", () => Payment);

@InputType()
class PaymentFilter {
  @Field(() => [PaymentStatus], { nullable: true }) status?: Status[] | null;
  @Field(() => PaymentPurpose, { nullable: true }) purpose?: "ORDER" | "ENROLLMENT" | null;
  @Field(() => CalendarDay, { nullable: true }) from?: string | null;
  @Field(() => CalendarDay, { nullable: true }) to?: string | null;
}

@InputType()
class StartPaymentInput implements StartInput {
  @Field(() => ID) paymentId!: string;
  @Field(() => PaymentMethod) method!: Method;
  @Field(() => String) paymentToken!: string;
  @Field(() => String, { nullable: true }) savedCardToken?: string | null;
  @Field(() => String) idempotencyKey!: string;
}

@ArgsType()
class PaymentsArgs extends PageArgs {
  @Field(() => PaymentFilter, { nullable: true }) filter?: PaymentFilter | null;
}

@ArgsType()
class AdminPaymentsArgs extends DeskPageArgs {
  @Field(() => PaymentFilter, { nullable: true }) filter?: PaymentFilter | null;
  @Field(() => ID, { nullable: true }) userId?: string | null;
  @Field(() => String, { nullable: true }) search?: string | null;
}

/** The payment as it stands now, for the answer of a mutation that has allowed it already. */
export async function paymentNow({ app, actor }: Context, id: string): Promise<PaymentView> {
  const payment = await findPayment(app, actor, id);
  if (!payment) throw new Refusal("NOT_FOUND", "There is no such payment");
  return payment;
}

/** The tries of a payment, oldest first, without what is paid by for those who do not pay it. */
async function readableTransactions({ actor, loaders }: Context, payment: PaymentView): Promise<TransactionView[]> {
  const all = await loaders.transactions.load(payment.id);
  return canReadInstructions(actor, payment) ? all : all.map((each) => ({ ...each, instructions: {} }));
}

@Resolver(() => Payment)
export class PaymentResolver {
  @Query(() => PaymentConnection, { description: "The caller's own payments, newest first." })
  async payments(
    @Args(() => PaymentsArgs) args: PaymentsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<PaymentView>> {
    return listed(await listMyPayments(app, actor, args.filter, args), () => countMyPayments(app, actor, args.filter));
  }

  @Query(() => PaymentConnection)
  async adminPayments(
    @Args(() => AdminPaymentsArgs) args: AdminPaymentsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<PaymentView>> {
    return listed(await listAllPayments(app, actor, args, args), () => countAllPayments(app, actor, args));
  }

  @Query(() => Payment, { nullable: true })
  payment(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<PaymentView | null> {
    return findPayment(app, actor, id);
  }

  @Mutation(() => Payment)
  async startPayment(
    @Arg("input", () => StartPaymentInput) input: StartPaymentInput,
    @Ctx() context: Context,
  ): Promise<PaymentView> {
    return paymentNow(context, await startPayment(context.app, context.actor, input, context));
  }

  @Mutation(() => Payment, { description: "A fresh single-use token for an unpaid payment of the caller's." })
  async renewPaymentToken(
    @Arg("paymentId", () => ID) paymentId: string,
    @Ctx() context: Context,
  ): Promise<PaymentView> {
    const { paymentToken } = await renewPaymentToken(context.app, context.actor, { paymentId });
    return { ...(await paymentNow(context, paymentId)), paymentToken };
  }

  @Mutation(() => Payment)
  async cancelPayment(@Arg("paymentId", () => ID) paymentId: string, @Ctx() context: Context): Promise<PaymentView> {
    return paymentNow(context, await cancelPayment(context.app, context.actor, { paymentId }));
  }

  @Mutation(() => Payment, { description: "Asks Midtrans how the payment stands and applies the answer." })
  async syncPayment(@Arg("paymentId", () => ID) paymentId: string, @Ctx() context: Context): Promise<PaymentView> {
    return paymentNow(context, await syncPayment(context.app, context.actor, { paymentId }));
  }

  @Mutation(() => Payment)
  async expirePayment(@Arg("paymentId", () => ID) paymentId: string, @Ctx() context: Context): Promise<PaymentView> {
    return paymentNow(context, await expirePayment(context.app, context.actor, { paymentId }));
  }

  @Mutation(() => Payment, { description: "Staff: answer Midtrans's fraud challenge." })
  async acceptChallenge(@Arg("paymentId", () => ID) paymentId: string, @Ctx() context: Context): Promise<PaymentView> {
    return paymentNow(context, await answerChallenge(context.app, context.actor, { paymentId, answer: "ACCEPT" }));
  }

  @Mutation(() => Payment)
  async denyChallenge(@Arg("paymentId", () => ID) paymentId: string, @Ctx() context: Context): Promise<PaymentView> {
    return paymentNow(context, await answerChallenge(context.app, context.actor, { paymentId, answer: "DENY" }));
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => User)
  user(@Root() payment: PaymentView, @Ctx() { loaders }: Context): Promise<UserView> {
    return loaders.users.load(payment.userId);
  }

  @FieldResolver(() => [PaymentTransaction])
  transactions(@Root() payment: PaymentView, @Ctx() context: Context): Promise<TransactionView[]> {
    return readableTransactions(context, payment);
  }

  @FieldResolver(() => PaymentTransaction, { nullable: true })
  async currentTransaction(@Root() payment: PaymentView, @Ctx() context: Context): Promise<TransactionView | null> {
    return currentTransaction(payment.status, await readableTransactions(context, payment));
  }
}

@Resolver(() => PaymentTransaction)
export class PaymentTransactionResolver {
  @FieldResolver(() => String, { description: "The method's name." })
  methodLabel(@Root() { method }: TransactionView, @Args(() => LanguageArgs) { language }: LanguageArgs): string {
    return inLanguage(language, methodInfo(method).label);
  }

  @FieldResolver(() => [PaymentGuide], { description: "How to pay by it, the handiest way first." })
  guides(@Root() { method }: TransactionView, @Args(() => LanguageArgs) { language }: LanguageArgs): PaymentGuide[] {
    return guides(method, language);
  }
}

/** Archived orders of the caller's own are not reached through a payment either. */
export async function readableOrders({ actor, loaders }: Context, sessionId: SessionId | null): Promise<OrderView[]> {
  if (!sessionId) return [];
  const orders = await loaders.ordersOfSession.load(sessionId);
  return orders.filter((order) => canReadOrder(actor, order));
}
