import { Args, ArgsType, Ctx, Field, Query, Resolver } from "type-graphql";
import { countAccounts, listAccounts } from "../../domain/identity/account.queries.ts";
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import { connectionOf, DeskPageArgs, type Listed, listed } from "./connection.ts";
import type { Context } from "./context.ts";
import { User } from "./identity.graphql.ts";

const UserConnection = connectionOf("User", () => User);

@ArgsType()
class AdminUsersArgs extends DeskPageArgs {
  @Field(() => String, { nullable: true, description: "The whole e-mail address." }) search?: string | null;
  @Field(() => Boolean, { nullable: true, description: "Null: members and others." }) isMember?: boolean | null;
}

@Resolver()
export class AccountResolver {
  @Query(() => UserConnection, { description: "Staff: every account, newest first." })
  async adminUsers(
    @Args(() => AdminUsersArgs) args: AdminUsersArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<UserView>> {
    return listed(await listAccounts(app, actor, args, args), () => countAccounts(app, actor, args));
  }
}
