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
import { Refusal } from "../../domain/kernel/errors.ts";
import {
  countNotifications,
  findNotification,
  listNotifications,
  NOTIFICATION_STATES,
  type NotificationView,
  readNotificationBody,
  type NotificationState as State,
} from "../../domain/payment/payment.queries.ts";
import { replayNotification } from "../../domain/payment/replayNotification.ts";
import { connectionOf, DeskPageArgs, type Listed, listed } from "./connection.ts";
import type { Context } from "./context.ts";
import { graphqlEnum } from "./enums.ts";
import { DateTime } from "./scalars.ts";

const NotificationState = graphqlEnum("NotificationState", NOTIFICATION_STATES);

@ObjectType({ simpleResolvers: true })
class GatewayNotification {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) gatewayOrderId!: string | null;
  @Field(() => String, { nullable: true }) gatewayTransactionId!: string | null;
  @Field(() => String, { nullable: true }) gatewayStatus!: string | null;
  @Field(() => NotificationState) state!: State;
  @Field(() => DateTime) receivedAt!: Date;
  @Field(() => DateTime, { nullable: true }) appliedAt!: Date | null;
  @Field(() => Int) attempts!: number;
  @Field(() => String, { nullable: true }) error!: string | null;
}

const GatewayNotificationConnection = connectionOf("GatewayNotification", () => GatewayNotification);

@ArgsType()
class NotificationsArgs extends DeskPageArgs {
  @Field(() => String, { nullable: true }) gatewayOrderId?: string | null;
  @Field(() => [NotificationState], { nullable: true }) state?: State[] | null;
}

@Resolver(() => GatewayNotification)
export class NotificationResolver {
  @Query(() => GatewayNotificationConnection)
  async gatewayNotifications(
    @Args(() => NotificationsArgs) args: NotificationsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<NotificationView>> {
    return listed(await listNotifications(app, actor, args, args), () => countNotifications(app, actor, args));
  }

  @Mutation(() => GatewayNotification, {
    description: "Applies a stored notification again; what is applied already changes nothing.",
  })
  async replayNotification(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<NotificationView> {
    const row = await findNotification(app, actor, await replayNotification(app, actor, { id }));
    if (!row) throw new Refusal("NOT_FOUND", "There is no such notification");
    return row;
  }

  @FieldResolver(() => String, { description: "Redacted JSON." })
  payload(@Root() row: NotificationView, @Ctx() { app, actor }: Context): string {
    return readNotificationBody(app, actor, row);
  }
}
