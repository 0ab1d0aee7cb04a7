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
import { cancelSubscription } from "../../domain/payment/cancelSubscription.ts";
import {
  type CreateSubscriptionInput as CreateInput,
  createSubscription,
} from "../../domain/payment/createSubscription.ts";
import { deleteSavedCard } from "../../domain/payment/deleteSavedCard.ts";
import { WALLET } from "../../domain/payment/linkedAccount.rules.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import { listSavedCards, type SavedCardView } from "../../domain/payment/savedCard.queries.ts";
import {
  countAllSubscriptions,
  countMySubscriptions,
  findSubscription,
  listAllSubscriptions,
  listMySubscriptions,
  type SubscriptionView,
} from "../../domain/payment/subscription.queries.ts";
import {
  accessUntil,
  type SubscriptionMethod as Method,
  type SubscriptionProblem as Problem,
  problemOf,
  SUBSCRIPTION_METHODS,
  SUBSCRIPTION_PROBLEMS,
} from "../../domain/payment/subscription.rules.ts";
import { type SubscriptionState as State, SUBSCRIPTION_STATES } from "../../domain/payment/subscription.states.ts";
import { connectionOf, DeskPageArgs, type Listed, listed, PageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { User } from "./identity.graphql.ts";
import { Payment } from "./payment.graphql.ts";
import { DateTime, Money } from "./scalars.ts";

const SubscriptionState = graphqlEnum("SubscriptionState", SUBSCRIPTION_STATES, {
  values: {
    STARTING: "The gateway has not answered yet.",
    UNKNOWN: "It never did: whether it has it is being found out.",
    PENDING: "The first month is to be charged.",
    PAST_DUE: "A month is not paid yet and is tried again; access is kept meanwhile.",
    SUSPENDED: "Nothing more is tried; it may be ordered anew.",
  },
});
const SubscriptionMethod = graphqlEnum("SubscriptionMethod", SUBSCRIPTION_METHODS);
const SubscriptionProblem = graphqlEnum("SubscriptionProblem", SUBSCRIPTION_PROBLEMS, {
  values: {
    CARD_EXPIRED: "The card is over, or will be when the next month is charged.",
    ACCOUNT_UNLINKED: "The account is not linked any more.",
    CHARGE_FAILED: "The last charge did not succeed.",
  },
});

@ObjectType({ description: "A card that Midtrans keeps. Its number is not here.", simpleResolvers: true })
class SavedCard {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: "Its first and last digits." }) maskedCard!: string;
  @Field(() => String, { nullable: true }) bank!: string | null;
  @Field(() => DateTime, { nullable: true }) expiresAt!: Date | null;
  @Field(() => DateTime) createdAt!: Date;
}

@ObjectType({ description: "A package that is charged month by month.", simpleResolvers: true })
class Subscription {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: "LSUB-7F3K9Q; the gateway order_ids of its charges begin with it." })
  number!: string;
  @Field(() => ID) packageId!: string;
  @Field(() => String) packageName!: string;
  @Field(() => SubscriptionState) state!: State;
  @Field(() => SubscriptionMethod) method!: Method;
  @Field(() => Money, { description: "A month." }) amount!: number;
  @Field(() => String, { nullable: true }) maskedCard!: string | null;
  @Field(() => String, { nullable: true, description: `Of the linked ${WALLET} account.` }) maskedPhone!: string | null;
  @Field(() => DateTime, { nullable: true, description: "When the months end that are paid." }) paidUntil!: Date | null;
  @Field(() => DateTime, { nullable: true }) nextChargeAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) endedAt!: Date | null;
  @Field(() => DateTime) createdAt!: Date;
}

const SubscriptionConnection = connectionOf("Subscription", () => Subscription);

@InputType()
class CreateSubscriptionInput implements CreateInput {
  @Field(() => ID) packageId!: string;
  @Field(() => SubscriptionMethod) method!: Method;
  @Field(() => ID, { nullable: true, description: "For CREDIT_CARD: one of savedCards." }) savedCardId?: string | null;
  @Field(() => ID, { nullable: true, description: "For GOPAY: one of linkedAccounts that is LINKED." })
  linkedAccountId?: string | null;
  @Field(() => String) idempotencyKey!: string;
}

@ArgsType()
class AdminSubscriptionsArgs extends DeskPageArgs {
  @Field(() => [SubscriptionState], { nullable: true }) state?: State[] | null;
  @Field(() => ID, { nullable: true }) userId?: string | null;
}

@Resolver(() => SavedCard)
export class SavedCardResolver {
  @Query(() => [SavedCard], { description: "The caller's own, newest first." })
  savedCards(@Ctx() { app, actor }: Context): Promise<SavedCardView[]> {
    return listSavedCards(app, actor);
  }

  @Mutation(() => ID, { description: "Forgets a card for good. Refused while a subscription is charged to it." })
  deleteSavedCard(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<string> {
    return deleteSavedCard(app, actor, { id });
  }
}

@Resolver(() => Subscription)
export class SubscriptionResolver {
  @Query(() => SubscriptionConnection, { description: "The caller's own, newest first." })
  async subscriptions(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<SubscriptionView>> {
    return listed(await listMySubscriptions(app, actor, args), () => countMySubscriptions(app, actor));
  }

  @Query(() => SubscriptionConnection)
  async adminSubscriptions(
    @Args(() => AdminSubscriptionsArgs) args: AdminSubscriptionsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<SubscriptionView>> {
    return listed(await listAllSubscriptions(app, actor, args, args), () => countAllSubscriptions(app, actor, args));
  }

  @Mutation(() => Subscription, {
    description: "Charged to a saved card or a linked account every month, the first one some minutes later.",
  })
  async createSubscription(
    @Arg("input", () => CreateSubscriptionInput) input: CreateSubscriptionInput,
    @Ctx() context: Context,
  ): Promise<SubscriptionView> {
    const { app, actor } = context;
    return findSubscription(app, actor, await createSubscription(app, actor, input, context));
  }

  @Mutation(() => Subscription, { description: "Owner and staff. What is paid stays until its end." })
  async cancelSubscription(
    @Arg("subscriptionId", () => ID) subscriptionId: string,
    @Ctx() { app, actor }: Context,
  ): Promise<SubscriptionView> {
    return findSubscription(app, actor, await cancelSubscription(app, actor, { subscriptionId }));
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => Boolean, { description: "Whether its owner is let in now." })
  hasAccess(@Root() subscription: SubscriptionView, @Ctx() { app }: Context): boolean {
    const until = accessUntil(subscription);
    return until !== null && app.clock.now() < until;
  }

  @FieldResolver(() => SubscriptionProblem, { nullable: true, description: "What its owner should put right." })
  problem(@Root() subscription: SubscriptionView, @Ctx() { app }: Context): Problem | null {
    return problemOf(subscription, app.clock.now());
  }

  @FieldResolver(() => User)
  user(@Root() { userId }: SubscriptionView, @Ctx() { loaders }: Context): Promise<UserView> {
    return loaders.users.load(userId);
  }

  @FieldResolver(() => [Payment], { description: "Its latest charges, newest first; each is a payment of its own." })
  async charges(@Root() { id }: SubscriptionView, @Ctx() { loaders }: Context): Promise<PaymentView[]> {
    const ids = await loaders.charges.load(id);
    return Promise.all(ids.map((payment) => loaders.payments.load(payment)));
  }
}
