import {
  Arg,
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
import type { SignedIn } from "../../domain/identity/issueRefreshToken.ts";
import { logIn } from "../../domain/identity/logIn.ts";
import { logOut } from "../../domain/identity/logOut.ts";
import { refreshTokens } from "../../domain/identity/refreshTokens.ts";
import { registerAccount } from "../../domain/identity/registerAccount.ts";
import { setMarketingConsent } from "../../domain/identity/setMarketingConsent.ts";
import { requireContact } from "../../domain/identity/user.access.ts";
import { type User as DomainUser, readMe } from "../../domain/identity/user.queries.ts";
import { ROLES } from "../../domain/kernel/actor.ts";
import type { Context } from "./context.ts";
import { graphqlEnum } from "./enums.ts";
import { DateTime } from "./scalars.ts";

export const Role = graphqlEnum("Role", ROLES);

@ObjectType({ simpleResolvers: true })
export class User {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Role)
  role!: string;

  @Field(() => Boolean, { description: "A member of the institution: may buy at the DIKE price." })
  isMember!: boolean;

  @Field(() => Boolean, { description: "Has agreed to mails that are about no purchase, such as reminders of a cart." })
  marketingConsent!: boolean;

  @Field(() => DateTime)
  createdAt!: Date;
}

@ObjectType({ simpleResolvers: true })
export class AuthPayload {
  @Field(() => String, { description: "JWT for the Authorization: Bearer header, short-lived." })
  accessToken!: string;

  @Field(() => String, {
    description: "Opaque, single use: `refresh` trades it for a new pair and a replayed one revokes the whole family.",
  })
  refreshToken!: string;

  @Field(() => User)
  user!: DomainUser;
}

@InputType()
export class RegisterInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  password!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  phone?: string | null;
}

/** What signing in answers: the pair of tokens and the account. */
async function payloadOf(context: Context, signedIn: SignedIn): Promise<AuthPayload> {
  return { ...signedIn, accessToken: await context.accessTokens.forUser(signedIn.user) };
}

@Resolver()
export class IdentityResolver {
  @Query(() => User, { nullable: true })
  me(@Ctx() context: Context): Promise<DomainUser | null> {
    return readMe(context.app, context.actor);
  }

  @Mutation(() => AuthPayload)
  async register(
    @Arg("input", () => RegisterInput) input: RegisterInput,
    @Ctx() context: Context,
  ): Promise<AuthPayload> {
    return payloadOf(context, await registerAccount(context.app, input, context.address));
  }

  @Mutation(() => AuthPayload)
  async login(
    @Arg("email", () => String) email: string,
    @Arg("password", () => String) password: string,
    @Ctx() context: Context,
  ): Promise<AuthPayload> {
    return payloadOf(context, await logIn(context.app, { email, password }, context.address));
  }

  @Mutation(() => AuthPayload)
  async refresh(
    @Arg("refreshToken", () => String) refreshToken: string,
    @Ctx() context: Context,
  ): Promise<AuthPayload> {
    return payloadOf(context, await refreshTokens(context.app, refreshToken, context.address));
  }

  @Mutation(() => Boolean)
  async logout(@Arg("refreshToken", () => String) refreshToken: string, @Ctx() context: Context): Promise<boolean> {
    await logOut(context.app, refreshToken);
    return true;
  }

  @Mutation(() => User, { description: "Mails that are about no purchase, such as a reminder of the cart: yes or no." })
  async setMarketingConsent(
    @Arg("consent", () => Boolean) consent: boolean,
    @Ctx() { app, actor, loaders }: Context,
  ): Promise<DomainUser> {
    return loaders.users.load(await setMarketingConsent(app, actor, { consent }));
  }
}

/** How to reach the person: not for services. */
@Resolver(() => User)
export class UserContactResolver {
  @FieldResolver(() => String)
  email(@Root() user: DomainUser, @Ctx() { actor }: Context): string {
    requireContact(actor);
    return user.email;
  }

  @FieldResolver(() => String, { nullable: true })
  phone(@Root() user: DomainUser, @Ctx() { actor }: Context): string | null {
    requireContact(actor);
    return user.phone;
  }
}
