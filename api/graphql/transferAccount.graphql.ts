import { Ctx, Field, ObjectType, Query, Resolver } from "type-graphql";
import type { TransferAccount as Account } from "../../platform/transferAccounts.ts";
import type { Context } from "./context.ts";

@ObjectType({ description: "An account of the institution's own.", simpleResolvers: true })
class TransferAccount implements Account {
  @Field(() => String) bank!: string;
  @Field(() => String, { description: "Digits alone." }) number!: string;
  @Field(() => String, { description: "As the bank shows it to who transfers." }) holder!: string;
}

@Resolver()
export class TransferAccountResolver {
  @Query(() => [TransferAccount], {
    description: "To which a course is paid by a transfer with its proof. Empty: the shop tells it to who asks.",
  })
  transferAccounts(@Ctx() { app }: Context): readonly Account[] {
    return app.settings.transferAccounts;
  }
}
