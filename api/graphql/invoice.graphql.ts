import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import { type Invoice as InvoiceView, invoiceLink } from "../../domain/checkout/invoice.queries.ts";
import type { Context } from "./context.ts";
import { DateTime } from "./scalars.ts";

@ObjectType({ simpleResolvers: true })
export class Invoice {
  @Field(() => String)
  number!: string;

  @Field(() => DateTime)
  issuedAt!: Date;
}

@Resolver(() => Invoice)
export class InvoiceResolver {
  @FieldResolver(() => String, { description: "A PDF; the link is signed and short-lived." })
  url(@Root() invoice: InvoiceView, @Ctx() { app }: Context): string {
    return invoiceLink(app, invoice.id);
  }
}
