import { Arg, Args, Ctx, Field, ID, Mutation, ObjectType, Query, Resolver } from "type-graphql";
import { ALERT_SEVERITIES, type AlertSeverity as Severity } from "../../domain/kernel/raiseAlert.ts";
import { type Alert as AlertView, countAlerts, listAlerts } from "../../domain/notice/alert.queries.ts";
import { clearAlert } from "../../domain/notice/clearAlert.ts";
import { connectionOf, type Listed, listed, OpenPageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { graphqlEnum } from "./enums.ts";
import { DateTime } from "./scalars.ts";

const AlertSeverity = graphqlEnum("AlertSeverity", ALERT_SEVERITIES);

@ObjectType({ simpleResolvers: true })
export class Alert {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  kind!: string;

  @Field(() => String)
  subject!: string;

  @Field(() => AlertSeverity)
  severity!: Severity;

  @Field(() => String)
  message!: string;

  @Field(() => DateTime)
  raisedAt!: Date;

  @Field(() => DateTime, { nullable: true })
  clearedAt!: Date | null;
}

const AlertConnection = connectionOf("Alert", () => Alert);

@Resolver(() => Alert)
export class AlertResolver {
  @Query(() => AlertConnection)
  async alerts(
    @Args(() => OpenPageArgs) args: OpenPageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<AlertView>> {
    const open = args.open ?? true;
    return listed(await listAlerts(app, actor, { ...args, open }), () => countAlerts(app, actor, open));
  }

  @Mutation(() => Alert)
  clearAlert(
    @Arg("id", () => ID) id: string,
    @Arg("note", () => String) note: string,
    @Ctx() { app, actor }: Context,
  ): Promise<AlertView> {
    return clearAlert(app, actor, { id, note });
  }
}
