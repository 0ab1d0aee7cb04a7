import { Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } from "type-graphql";
import {
  countGatewayCalls,
  type GatewayCallView,
  listGatewayCalls,
  openBodies,
} from "../../domain/report/gatewayCall.queries.ts";
import { connectionOf, DeskPageArgs, type Listed, listed } from "./connection.ts";
import type { Context } from "./context.ts";
import { DateTime } from "./scalars.ts";

@ObjectType({ simpleResolvers: true })
class GatewayCall {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  gateway!: string;

  @Field(() => String)
  operation!: string;

  @Field(() => String, { nullable: true })
  correlation!: string | null;

  @Field(() => Int, { nullable: true })
  status!: number | null;

  @Field(() => String)
  outcome!: string;

  @Field(() => Int)
  durationMs!: number;

  @Field(() => DateTime)
  at!: Date;
}

const GatewayCallConnection = connectionOf("GatewayCall", () => GatewayCall);

@ArgsType()
class GatewayCallsArgs extends DeskPageArgs {
  @Field(() => String, { nullable: true })
  gateway?: string | null;

  @Field(() => String, { nullable: true })
  correlation?: string | null;
}

@Resolver(() => GatewayCall)
export class GatewayCallResolver {
  @Query(() => GatewayCallConnection)
  async gatewayCalls(
    @Args(() => GatewayCallsArgs) args: GatewayCallsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<GatewayCallView>> {
    return listed(await listGatewayCalls(app, actor, args, args), () => countGatewayCalls(app, actor, args));
  }

  @FieldResolver(() => String, { nullable: true, description: "Redacted JSON." })
  request(@Root() call: GatewayCallView, @Ctx() { app }: Context): string {
    return openBodies(app, call).request;
  }

  @FieldResolver(() => String, { nullable: true, description: "Redacted JSON; null where no answer came." })
  response(@Root() call: GatewayCallView, @Ctx() { app }: Context): string | null {
    return openBodies(app, call).response;
  }
}
