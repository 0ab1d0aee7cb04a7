import { Args, Ctx, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import { countNotices, listNotices, type Notice as NoticeView } from "../../domain/notice/notice.queries.ts";
import { NOTICE_STATES, type NoticeState as State } from "../../domain/notice/notice.rules.ts";
import { connectionOf, DeskPageArgs, type Listed, listed } from "./connection.ts";
import type { Context } from "./context.ts";
import { graphqlEnum } from "./enums.ts";
import { DateTime } from "./scalars.ts";

const NoticeState = graphqlEnum("NoticeState", NOTICE_STATES, {
  values: {
    STORED: "Written; goes out as soon as a mail server takes it.",
    IN_DOUBT: "The mail server gave no answer while it took it: it may have gone out, and is not sent again.",
    WITHDRAWN: "Its reader took his consent back, or his account was closed, before it went out: it is not sent.",
  },
});

@ObjectType({ simpleResolvers: true, description: "A mail of the shop, as it was rendered." })
export class Notice {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: "What it tells of; one event tells one recipient one thing once." })
  event!: string;

  @Field(() => String)
  recipient!: string;

  @Field(() => String)
  template!: string;

  @Field(() => String)
  subject!: string;

  @Field(() => String, { description: "As plain text." })
  body!: string;

  @Field(() => String)
  html!: string;

  @Field(() => NoticeState)
  state!: State;

  @Field(() => DateTime)
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true })
  sentAt!: Date | null;
}

const NoticeConnection = connectionOf("Notice", () => Notice);

@Resolver(() => Notice)
export class NoticeResolver {
  @Query(() => NoticeConnection)
  async notices(
    @Args(() => DeskPageArgs) args: DeskPageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<NoticeView>> {
    return listed(await listNotices(app, actor, args), () => countNotices(app, actor));
  }
}
