import { Ctx, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import { readMe, type User as DomainUser } from "../../domain/identity/user.queries.ts";
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
  email!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  phone!: string | null;

  @Field(() => Role)
  role!: string;

  @Field(() => Boolean, { description: "A member of the institution: may buy at the DIKE price." })
  isMember!: boolean;

  @Field(() => DateTime)
  createdAt!: Date;
}

@Resolver()
export class IdentityResolver {
  @Query(() => User, { nullable: true })
  me(@Ctx() context: Context): Promise<DomainUser | null> {
    return readMe(context.app, context.actor);
  }
}
