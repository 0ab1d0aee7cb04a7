import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import {
  countDiscrepancies,
  type DiscrepancyView,
  findDiscrepancy,
  listDiscrepancies,
  requireDiscrepancy,
} from "../../domain/reconciliation/discrepancy.queries.ts";
import {
  countRuns,
  findRun,
  listRuns,
  type MethodEquation,
  RUN_STATES,
  type RunState,
  type RunView,
  requireRun,
  shownEquation,
} from "../../domain/reconciliation/reconciliation.queries.ts";
import { resolveDiscrepancy } from "../../domain/reconciliation/resolveDiscrepancy.ts";
import { runReconciliation } from "../../domain/reconciliation/runReconciliation.ts";
import { reportLink } from "../../domain/reconciliation/runReport.queries.ts";
import { signOffReconciliation } from "../../domain/reconciliation/signOffReconciliation.ts";
import { takeDiscrepancy } from "../../domain/reconciliation/takeDiscrepancy.ts";
import type { RefundView } from "../../domain/refund/refund.queries.ts";
import { connectionOf, DeskPageArgs, type Listed, listed, OpenPageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { User } from "./identity.graphql.ts";
import { Payment } from "./payment.graphql.ts";
import { Refund } from "./refund.graphql.ts";
import { CalendarDay, DateTime, Money, SignedMoney } from "./scalars.ts";

const ReconciliationState = graphqlEnum("ReconciliationState", RUN_STATES);

@ObjectType({ simpleResolvers: true, description: "sales = settled + pending + refunded + fees + inDoubt" })
class ReconciliationMethod {
  @Field(() => String) method!: string;
  @Field(() => SignedMoney) sales!: number;
  @Field(() => SignedMoney) settled!: number;
  @Field(() => SignedMoney) pending!: number;
  @Field(() => Money) refunded!: number;
  @Field(() => SignedMoney) fees!: number;
  @Field(() => SignedMoney) inDoubt!: number;
  @Field(() => SignedMoney, { description: "What people decided of it: sales are what was captured less this." })
  adjusted!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "A day's close. sales + owedBack = settled + pending + refunded + fees + inDoubt; counts are gateway transactions.",
})
class ReconciliationRun {
  @Field(() => CalendarDay) day!: string;
  @Field(() => ReconciliationState) state!: RunState;
  @Field(() => Int, { description: "How often it was begun." }) round!: number;
  @Field(() => Int) total!: number;
  @Field(() => Int, { description: "Those that the gateway has answered about." }) checked!: number;
  @Field(() => Int) matched!: number;
  @Field(() => Int, { description: "Differed, and were set right by the gateway's answer." }) healed!: number;
  @Field(() => Int) differing!: number;
  @Field(() => Int, { description: "The gateway did not answer: nothing is proven of them." }) unanswered!: number;
  @Field(() => Int, { description: "Open discrepancies." }) open!: number;
  @Field(() => DateTime) startedAt!: Date;
  @Field(() => DateTime, { nullable: true }) finishedAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) signedOffAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: "When something was found after its sign-off." })
  reopenedAt!: Date | null;
}

@ObjectType({ simpleResolvers: true, description: "Something of a day that does not agree." })
class Discrepancy {
  @Field(() => ID) id!: string;
  @Field(() => CalendarDay) day!: string;
  @Field(() => String) kind!: string;
  @Field(() => String, { description: "What it is about, such as a gateway order id." }) subject!: string;
  @Field(() => String, { nullable: true }) ours!: string | null;
  @Field(() => String, { nullable: true }) theirs!: string | null;
  @Field(() => SignedMoney, { description: "Ours less theirs." }) amount!: number;
  @Field(() => String, { description: "Redacted JSON: what is known of it." }) evidence!: string;
  @Field(() => [String], { description: "What can end it, as resolveDiscrepancy takes it." }) actions!: string[];
  @Field(() => DateTime) openedAt!: Date;
  @Field(() => DateTime, { description: "When it was last found." }) seenAt!: Date;
  @Field(() => DateTime, { nullable: true }) takenAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) resolvedAt!: Date | null;
  @Field(() => String, { nullable: true, description: "HEALED: it ended by itself." }) action!: string | null;
  @Field(() => String, { nullable: true, description: "What was done, in words." }) resolution!: string | null;
}

@ArgsType()
class DiscrepanciesArgs extends OpenPageArgs {
  @Field(() => CalendarDay, { nullable: true }) day?: string | null;
  @Field(() => String, { nullable: true }) kind?: string | null;
}

const ReconciliationRunConnection = connectionOf("ReconciliationRun", () => ReconciliationRun);
const DiscrepancyConnection = connectionOf("Discrepancy", () => Discrepancy);

@Resolver(() => ReconciliationRun)
export class ReconciliationRunResolver {
  @Query(() => ReconciliationRunConnection, { description: "Staff: the days, the latest first." })
  async reconciliationRuns(
    @Args(() => DeskPageArgs) args: DeskPageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<RunView>> {
    return listed(await listRuns(app, actor, args), () => countRuns(app, actor));
  }

  @Query(() => ReconciliationRun, { nullable: true })
  reconciliationRun(
    @Arg("day", () => CalendarDay) day: string,
    @Ctx() { app, actor }: Context,
  ): Promise<RunView | null> {
    return findRun(app, actor, day);
  }

  @Mutation(() => ReconciliationRun, { description: "Has a day closed; answers at once, and the workers walk it." })
  async runReconciliation(
    @Arg("day", () => CalendarDay) day: string,
    @Ctx() { app, actor }: Context,
  ): Promise<RunView> {
    return requireRun(app, actor, await runReconciliation(app, actor, { day }));
  }

  @Mutation(() => ReconciliationRun, { description: "Admin: locks a day's figures." })
  async signOffReconciliation(
    @Arg("day", () => CalendarDay) day: string,
    @Ctx() { app, actor }: Context,
  ): Promise<RunView> {
    return requireRun(app, actor, await signOffReconciliation(app, actor, { day }));
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => Money, { description: "Captured, less what people decided of differences." })
  sales(@Root() run: RunView): number {
    return shownEquation(run).sales;
  }

  @FieldResolver(() => Money)
  settled(@Root() run: RunView): number {
    return shownEquation(run).settled;
  }

  @FieldResolver(() => Money, { description: "Still to be paid out." })
  pending(@Root() run: RunView): number {
    return shownEquation(run).pending;
  }

  @FieldResolver(() => Money)
  refunded(@Root() run: RunView): number {
    return shownEquation(run).refunded;
  }

  @FieldResolver(() => Money)
  fees(@Root() run: RunView): number {
    return shownEquation(run).fees;
  }

  @FieldResolver(() => Money, { description: "Of what does not agree: ours less theirs." })
  inDoubt(@Root() run: RunView): number {
    return shownEquation(run).inDoubt;
  }

  @FieldResolver(() => Money, {
    description: "What of the sums is below 0, in all; 0 of most days. By method they are exact.",
  })
  owedBack(@Root() run: RunView): number {
    return shownEquation(run).owedBack;
  }

  @FieldResolver(() => [ReconciliationMethod], { description: "The equation by method." })
  methods(@Root() { day }: RunView, @Ctx() { loaders }: Context): Promise<MethodEquation[]> {
    return loaders.methodsOfDay.load(day);
  }

  @FieldResolver(() => String, { description: "The day's report; the link is signed and short-lived." })
  reportJson(@Root() { day }: RunView, @Ctx() { app, actor }: Context): string {
    return reportLink(app, actor, day, "json");
  }

  @FieldResolver(() => String, { description: "As reportJson, for spreadsheets." })
  reportCsv(@Root() { day }: RunView, @Ctx() { app, actor }: Context): string {
    return reportLink(app, actor, day, "csv");
  }

  @FieldResolver(() => User, { nullable: true, description: "Null: the schedule." })
  async startedBy(@Root() { startedBy }: RunView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return startedBy && loaders.users.load(startedBy);
  }

  @FieldResolver(() => User, { nullable: true })
  async signedOffBy(@Root() { signedOffBy }: RunView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return signedOffBy && loaders.users.load(signedOffBy);
  }
}

@Resolver(() => Discrepancy)
export class DiscrepancyResolver {
  @Query(() => DiscrepancyConnection, { description: "Staff: the open ones unless it says otherwise." })
  async discrepancies(
    @Args(() => DiscrepanciesArgs) args: DiscrepanciesArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<DiscrepancyView>> {
    return listed(await listDiscrepancies(app, actor, args), () => countDiscrepancies(app, actor, args));
  }

  @Query(() => Discrepancy, { nullable: true })
  discrepancy(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<DiscrepancyView | null> {
    return findDiscrepancy(app, actor, id);
  }

  @Mutation(() => Discrepancy)
  async takeDiscrepancy(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<DiscrepancyView> {
    return requireDiscrepancy(app, actor, await takeDiscrepancy(app, actor, { id }));
  }

  @Mutation(() => Discrepancy, { description: "Ends a discrepancy by one of its actions." })
  async resolveDiscrepancy(
    @Arg("id", () => ID) id: string,
    @Arg("action", () => String) action: string,
    @Arg("note", () => String) note: string,
    @Ctx() { app, actor }: Context,
  ): Promise<DiscrepancyView> {
    return requireDiscrepancy(app, actor, await resolveDiscrepancy(app, actor, { id, action, note }));
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => Payment, { nullable: true })
  async payment(@Root() { paymentId }: DiscrepancyView, @Ctx() { loaders }: Context): Promise<PaymentView | null> {
    return paymentId && loaders.payments.load(paymentId);
  }

  @FieldResolver(() => Refund, { nullable: true })
  async refund(
    @Root() { paymentId, refundId }: DiscrepancyView,
    @Ctx() { loaders }: Context,
  ): Promise<RefundView | null> {
    const refunds = paymentId && refundId ? await loaders.refundsOfPayment.load(paymentId) : [];
    return refunds.find(({ id }) => id === refundId) ?? null;
  }

  @FieldResolver(() => User, { nullable: true, description: "Who took it." })
  async owner(@Root() { ownerId }: DiscrepancyView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return ownerId && loaders.users.load(ownerId);
  }

  @FieldResolver(() => User, { nullable: true, description: "Null: it ended by itself." })
  async resolvedBy(@Root() { resolvedBy }: DiscrepancyView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return resolvedBy && loaders.users.load(resolvedBy);
  }
}
