import { Ctx, Field, Int, Mutation, ObjectType, Query, Resolver } from "type-graphql";
import { WALLET } from "../../domain/payment/linkedAccount.rules.ts";
import { checkGatewayKeys, type KeyAnswer, type KeyCheck } from "../../domain/report/checkGatewayKeys.ts";
import {
  readGatewaySetup,
  type GatewaySetup as Setup,
  type GatewaySign as Sign,
} from "../../domain/report/gatewaySetup.queries.ts";
import {
  KEY_STATES,
  SETUP_WARNINGS,
  type KeyState as State,
  type DashboardUrls as Urls,
  type SetupWarning as Warning,
} from "../../domain/report/gatewaySetup.rules.ts";
import type { Context } from "./context.ts";
import { graphqlEnum } from "./enums.ts";
import { DateTime } from "./scalars.ts";

const GatewayKeyState = graphqlEnum("GatewayKeyState", KEY_STATES, {
  description: "UNEXPECTED: something else than the gateway answers at this address.",
});
const GatewaySetupWarning = graphqlEnum("GatewaySetupWarning", SETUP_WARNINGS, {
  values: { PUBLIC_URL_PORT: "Midtrans calls ports 80 and 443 alone." },
});

@ObjectType({ simpleResolvers: true, description: "What is to be copied into Midtrans's dashboard." })
class DashboardUrls implements Urls {
  @Field(() => String) paymentNotification!: string;
  @Field(() => String) recurringNotification!: string;
  @Field(() => String, { description: `News of linked ${WALLET} accounts.` }) payAccountNotification!: string;
  @Field(() => String) finish!: string;
  @Field(() => String) unfinish!: string;
  @Field(() => String) error!: string;
}

@ObjectType({ simpleResolvers: true, description: "The last of its kind between the gateway and the shop." })
class GatewaySign implements Sign {
  @Field(() => String, { description: "An order_id, or the operation of a call." }) what!: string;
  @Field(() => String) outcome!: string;
  @Field(() => DateTime) at!: Date;
  @Field(() => Int) ageSeconds!: number;
}

@ObjectType({ simpleResolvers: true, description: "How this shop is set up at Midtrans." })
class GatewaySetup implements Setup {
  @Field(() => String, { description: "local, sandbox or production." }) mode!: Setup["mode"];
  @Field(() => String) merchantId!: string;
  @Field(() => String) coreUrl!: string;
  @Field(() => String) snapUrl!: string;
  @Field(() => DashboardUrls) urls!: Urls;
  @Field(() => [GatewaySetupWarning]) warnings!: Warning[];
  @Field(() => GatewaySign, { nullable: true }) lastNotification!: Sign | null;
  @Field(() => GatewaySign, { nullable: true, description: "The dashboard's test button; kept once, never applied." })
  lastTest!: Sign | null;
  @Field(() => GatewaySign, { nullable: true }) lastCall!: Sign | null;
  @Field(() => GatewaySign, { nullable: true, description: "The last call that was answered as it should." })
  lastAnswer!: Sign | null;
}

@ObjectType({ simpleResolvers: true })
class GatewayKeyAnswer implements KeyAnswer {
  @Field(() => String) url!: string;
  @Field(() => GatewayKeyState) state!: State;
  @Field(() => Int, { nullable: true, description: "404 is right, 401 is a key that is refused." })
  status!: number | null;
  @Field(() => Int, { nullable: true }) durationMs!: number | null;
}

@ObjectType({ simpleResolvers: true })
class GatewayKeyCheck implements KeyCheck {
  @Field(() => GatewayKeyAnswer) core!: KeyAnswer;
  @Field(() => GatewayKeyAnswer) snap!: KeyAnswer;
}

@Resolver()
export class GatewaySetupResolver {
  @Query(() => GatewaySetup)
  gatewaySetup(@Ctx() { app, actor }: Context): Promise<Setup> {
    return readGatewaySetup(app, actor);
  }

  @Mutation(() => GatewayKeyCheck, {
    description: "Staff: asks Midtrans about an order and a page that cannot exist; a good key is told 404.",
  })
  checkGatewayKeys(@Ctx() { app, actor }: Context): Promise<KeyCheck> {
    return checkGatewayKeys(app, actor);
  }
}
