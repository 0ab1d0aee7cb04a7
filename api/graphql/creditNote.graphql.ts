import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import { creditNoteLink, type CreditNote as NoteView } from "../../domain/checkout/creditNote.queries.ts";
import type { RefundView } from "../../domain/refund/refund.queries.ts";
import type { Context } from "./context.ts";
import { Currency } from "./enums.ts";
import { Refund } from "./refund.graphql.ts";
import { DateTime, Money } from "./scalars.ts";

@ObjectType({ simpleResolvers: true, description: "What of an invoice went back, with a number of its own." })
class CreditNote {
  @Field(() => String) number!: string;
  @Field(() => Money) amount!: number;
  @Field(() => Money, { description: "PPN that the amount contains." }) tax!: number;
  @Field(() => DateTime) issuedAt!: Date;
}

@Resolver(() => CreditNote)
export class CreditNoteResolver {
  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => String, { description: "A PDF; the link is signed and short-lived." })
  url(@Root() note: NoteView, @Ctx() { app }: Context): string {
    return creditNoteLink(app, note.id);
  }
}

/** Stands here and not beside the refund, because invoices know refunds and not the other way round. */
@Resolver(() => Refund)
export class RefundCreditNoteResolver {
  @FieldResolver(() => CreditNote, {
    nullable: true,
    description: "Null until the money has gone, and of money that no invoice was about.",
  })
  creditNote(@Root() { id }: RefundView, @Ctx() { loaders }: Context): Promise<NoteView | null> {
    return loaders.creditNotes.load(id);
  }
}
