import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from "type-graphql";
import { LINK_REFUSALS, type LinkRefusal as Refusal } from "../../domain/payment/accountGateway.ts";
import {
  findLinkedAccount,
  type LinkedAccountView,
  listLinkedAccounts,
} from "../../domain/payment/linkedAccount.queries.ts";
import { WALLET } from "../../domain/payment/linkedAccount.rules.ts";
import { LINKED_ACCOUNT_STATES, type LinkedAccountState as State } from "../../domain/payment/linkedAccount.states.ts";
import { type LinkGopayInput as LinkInput, linkGopay } from "../../domain/payment/linkGopay.ts";
import { unlinkGopay } from "../../domain/payment/unlinkGopay.ts";
import type { Context } from "./context.ts";
import { graphqlEnum } from "./enums.ts";
import { DateTime } from "./scalars.ts";

const LinkedAccountState = graphqlEnum("LinkedAccountState", LINKED_ACCOUNT_STATES, {
  values: {
    LINKING: `${WALLET} has not answered yet.`,
    PENDING: "Its owner is to agree at linkUrl or deeplinkUrl.",
    LINKED: "It can be charged.",
    UNLINKING: `It is not charged any more, and is being ended at ${WALLET}.`,
    EXPIRED: "It was not agreed to; another link may be asked for.",
    REFUSED: `${WALLET} links no such account; \`refusal\` says why.`,
  },
});
const LinkRefusal = graphqlEnum("LinkRefusal", LINK_REFUSALS, {
  values: {
    NOT_REGISTERED: `The number has no ${WALLET}.`,
    BLOCKED: `Its owner must turn to ${WALLET}.`,
    ALREADY_LINKED: "It is linked to this shop already.",
  },
});

@ObjectType({ description: `A ${WALLET} account that its owner lets the shop charge.`, simpleResolvers: true })
class LinkedAccount {
  @Field(() => ID) id!: string;
  @Field(() => LinkedAccountState) state!: State;
  @Field(() => String, { description: "+62812****7890" }) maskedPhone!: string;
  @Field(() => String, { nullable: true, description: "While PENDING: where its owner agrees, in a browser." })
  linkUrl!: string | null;
  @Field(() => String, { nullable: true, description: "While PENDING: the same in the app of a phone." })
  deeplinkUrl!: string | null;
  @Field(() => LinkRefusal, { nullable: true }) refusal!: Refusal | null;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime, { nullable: true }) linkedAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) endedAt!: Date | null;
}

@InputType()
class LinkGopayInput implements LinkInput {
  @Field(() => String, { nullable: true, description: `Of the ${WALLET} account. Left out: the caller's own number.` })
  phone?: string | null;
  @Field(() => String) idempotencyKey!: string;
}

@Resolver(() => LinkedAccount)
export class LinkedAccountResolver {
  @Query(() => [LinkedAccount], {
    description: "The caller's own, newest first, those that are over too. Ask again while one is PENDING.",
  })
  linkedAccounts(@Ctx() { app, actor }: Context): Promise<LinkedAccountView[]> {
    return listLinkedAccounts(app, actor);
  }

  @Mutation(() => LinkedAccount, { description: "Asks for a link. Nothing is charged before its owner has agreed." })
  async linkGopay(
    @Arg("input", () => LinkGopayInput) input: LinkGopayInput,
    @Ctx() { app, actor }: Context,
  ): Promise<LinkedAccountView> {
    return findLinkedAccount(app, actor, await linkGopay(app, actor, input));
  }

  @Mutation(() => LinkedAccount, { description: "Owner. CONFLICT while a subscription is charged to it." })
  async unlinkGopay(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<LinkedAccountView> {
    return findLinkedAccount(app, actor, await unlinkGopay(app, actor, { id }));
  }
}
