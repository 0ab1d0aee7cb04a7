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
import { blockFraud, unblockFraud } from "../../domain/payment/blockFraud.ts";
import { decideFraudReview } from "../../domain/payment/decideFraudReview.ts";
import {
  countFraudBlocks,
  countFraudVerdicts,
  type FraudBlockView,
  type FraudVerdictView,
  listFraudBlocks,
  listFraudVerdicts,
} from "../../domain/payment/fraud.queries.ts";
import {
  BLOCK_KINDS,
  type FraudDecision as Decision,
  FRAUD_DECISIONS,
  FRAUD_STAGES,
  FRAUD_VERDICTS,
  type BlockKind as Kind,
  type FraudStage as Stage,
  type FraudVerdict as Verdict,
} from "../../domain/payment/fraud.rules.ts";
import type { PaymentMethod as Method } from "../../domain/payment/methods.rules.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import { connectionOf, type Listed, listed, OpenPageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { User } from "./identity.graphql.ts";
import { Payment } from "./payment.graphql.ts";
import { PaymentMethod } from "./paymentMethod.graphql.ts";
import { DateTime, Money } from "./scalars.ts";

const FraudOutcome = graphqlEnum("FraudOutcome", FRAUD_VERDICTS, {
  description: "REVIEW: the payment goes on and a person looks at it before anything is sent or opened for it.",
});
const FraudStage = graphqlEnum("FraudStage", FRAUD_STAGES, {
  description: "START: before the gateway was asked. PAID: after it was paid.",
});
const FraudDecision = graphqlEnum("FraudDecision", FRAUD_DECISIONS);
const FraudBlockKind = graphqlEnum("FraudBlockKind", BLOCK_KINDS);

@ObjectType({ simpleResolvers: true, description: "What the fraud rules said of one start of a payment." })
class FraudVerdict {
  @Field(() => ID) id!: string;
  @Field(() => FraudStage) stage!: Stage;
  @Field(() => FraudOutcome) verdict!: Verdict;
  @Field(() => [String], { description: "The rules that spoke: USER_STARTS, DEVICE_STARTS, DECLINED, OVER_HABIT, ..." })
  reasons!: string[];
  @Field(() => PaymentMethod, { nullable: true }) method!: Method | null;
  @Field(() => Money) amount!: number;
  @Field(() => [FraudBlockKind], { description: "What of it blockFraud can put on the blocklist." })
  blockable!: Kind[];
  @Field(() => DateTime) at!: Date;
  @Field(() => FraudDecision, { nullable: true }) decision!: Decision | null;
  @Field(() => DateTime, { nullable: true }) decidedAt!: Date | null;
  @Field(() => String, { nullable: true }) note!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "One entry of the blocklist: its starts are refused." })
class FraudBlock {
  @Field(() => ID) id!: string;
  @Field(() => FraudBlockKind) kind!: Kind;
  @Field(() => String) note!: string;
  @Field(() => DateTime) blockedAt!: Date;
  @Field(() => DateTime, { nullable: true, description: "Null while it is in force." }) liftedAt!: Date | null;
}

@InputType()
class FraudBlockInput {
  @Field(() => FraudBlockKind) kind!: Kind;
  @Field(() => String, {
    nullable: true,
    description: "An account's id or e-mail address, a masked card such as 48111111-1114, an IP address, a device.",
  })
  value?: string | null;
  @Field(() => ID, { nullable: true, description: "Given instead: what was seen in this verdict." })
  verdictId?: string | null;
  @Field(() => String) note!: string;
}

const FraudVerdictConnection = connectionOf("FraudVerdict", () => FraudVerdict);
const FraudBlockConnection = connectionOf("FraudBlock", () => FraudBlock);

@ArgsType()
class FraudVerdictsArgs extends OpenPageArgs {
  @Field(() => [FraudOutcome], { nullable: true }) verdict?: Verdict[] | null;
  @Field(() => ID, { nullable: true }) paymentId?: string | null;
  @Field(() => ID, { nullable: true }) userId?: string | null;
}

/** Whoever may read verdicts may read the payments and the people that they are about: it is staff. */
@Resolver(() => FraudVerdict)
export class FraudVerdictResolver {
  @Query(() => FraudVerdictConnection, { description: "Staff: those that wait for a person, or all of them." })
  async fraudVerdicts(
    @Args(() => FraudVerdictsArgs) args: FraudVerdictsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<FraudVerdictView>> {
    const filter = { ...args, open: args.open ?? true };
    return listed(await listFraudVerdicts(app, actor, filter, args), () => countFraudVerdicts(app, actor, filter));
  }

  @Mutation(() => FraudVerdict, {
    description: "Staff: lets a payment that waits go its way, or refuses it: an unpaid one is ended.",
  })
  decideFraudReview(
    @Arg("id", () => ID) id: string,
    @Arg("decision", () => FraudDecision) decision: Decision,
    @Arg("note", () => String) note: string,
    @Ctx() { app, actor }: Context,
  ): Promise<FraudVerdictView> {
    return decideFraudReview(app, actor, { id, decision, note });
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => String, { description: "JSON: what was counted." })
  figures(@Root() { figures }: FraudVerdictView): string {
    return JSON.stringify(figures);
  }

  @FieldResolver(() => Payment, { nullable: true, description: "Null: the checkout was refused, and there is none." })
  async payment(@Root() { paymentId }: FraudVerdictView, @Ctx() { loaders }: Context): Promise<PaymentView | null> {
    return paymentId && loaders.payments.load(paymentId);
  }

  @FieldResolver(() => User)
  user(@Root() { userId }: FraudVerdictView, @Ctx() { loaders }: Context): Promise<UserView> {
    return loaders.users.load(userId);
  }

  @FieldResolver(() => User, { nullable: true })
  async decidedBy(@Root() { decidedBy }: FraudVerdictView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return decidedBy && loaders.users.load(decidedBy);
  }
}

@Resolver(() => FraudBlock)
export class FraudBlockResolver {
  @Query(() => FraudBlockConnection, { description: "Staff: the blocklist, or what was lifted from it." })
  async fraudBlocks(
    @Args(() => OpenPageArgs) args: OpenPageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<FraudBlockView>> {
    const open = args.open ?? true;
    return listed(await listFraudBlocks(app, actor, { ...args, open }), () => countFraudBlocks(app, actor, open));
  }

  @Mutation(() => FraudBlock)
  blockFraud(
    @Arg("input", () => FraudBlockInput) input: FraudBlockInput,
    @Ctx() { app, actor }: Context,
  ): Promise<FraudBlockView> {
    return blockFraud(app, actor, input);
  }

  @Mutation(() => FraudBlock)
  unblockFraud(
    @Arg("id", () => ID) id: string,
    @Arg("note", () => String) note: string,
    @Ctx() { app, actor }: Context,
  ): Promise<FraudBlockView> {
    return unblockFraud(app, actor, { id, note });
  }

  @FieldResolver(() => User, { nullable: true, description: "The account that is blocked." })
  async user(@Root() { userId }: FraudBlockView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return userId && loaders.users.load(userId);
  }

  @FieldResolver(() => User, { nullable: true })
  async blockedBy(@Root() { blockedBy }: FraudBlockView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return blockedBy && loaders.users.load(blockedBy);
  }
}
