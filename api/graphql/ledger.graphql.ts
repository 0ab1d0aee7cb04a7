import {
  Arg,
  Args,
  ArgsType,
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
import type { StoreView } from "../../domain/catalog/catalogue.queries.ts";
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import {
  type AdjustmentView,
  countAdjustments,
  listAdjustments,
  requireAdjustment,
} from "../../domain/ledger/adjustment.queries.ts";
import type { AdjustmentInput as Wish } from "../../domain/ledger/adjustment.rules.ts";
import { approveAdjustment } from "../../domain/ledger/approveAdjustment.ts";
import {
  ACCOUNT_KINDS,
  type AccountKind,
  type BalanceView,
  countEntries,
  ENTRY_KINDS,
  type EntryKind,
  type EntryView,
  listEntries,
  type PostingView,
  readBalances,
} from "../../domain/ledger/ledger.queries.ts";
import { ACCOUNTS, type Account } from "../../domain/ledger/ledger.rules.ts";
import { rejectAdjustment } from "../../domain/ledger/rejectAdjustment.ts";
import { requestAdjustment } from "../../domain/ledger/requestAdjustment.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import { Store } from "./catalog.graphql.ts";
import { connectionOf, DeskPageArgs, type Listed, listed, OpenPageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { User } from "./identity.graphql.ts";
import { Payment } from "./payment.graphql.ts";
import { CalendarDay, DateTime, SignedMoney } from "./scalars.ts";

const LedgerAccount = graphqlEnum("LedgerAccount", ACCOUNTS, {
  values: {
    RECEIVABLE: "What Midtrans owes, by method.",
    PAYOUTS: "On its way to the bank.",
    SUSPENSE: "Money without a purpose yet.",
    RETURNS: "Sales that went back.",
  },
});
const LedgerEntryKind = graphqlEnum("LedgerEntryKind", ENTRY_KINDS);
const LedgerAccountKind = graphqlEnum("LedgerAccountKind", ACCOUNT_KINDS);

@ObjectType({ simpleResolvers: true, description: "One line of an entry: debit above 0, credit below." })
class LedgerPosting {
  @Field(() => LedgerAccount) account!: Account;
  @Field(() => String, { nullable: true, description: "The payment method; null: of no one." }) method!: string | null;
  @Field(() => SignedMoney) amount!: number;
}

@ObjectType({ simpleResolvers: true, description: "An entry of the ledger: it is never changed." })
class LedgerEntry {
  @Field(() => ID) id!: number;
  @Field(() => LedgerEntryKind) kind!: EntryKind;
  @Field(() => CalendarDay, { description: "The day that it counts in." }) day!: string;
  @Field(() => DateTime) at!: Date;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @Field(() => [LedgerPosting], { description: "Together they are 0." }) postings!: PostingView[];
}

@ObjectType({ simpleResolvers: true, description: "What of an account is of one store or payment method." })
class LedgerBalancePart {
  @Field(() => String, { nullable: true }) method!: string | null;
  @Field(() => SignedMoney) amount!: number;
}

@ObjectType({ simpleResolvers: true, description: "What an account comes to: debit above 0, credit below." })
class LedgerBalance {
  @Field(() => LedgerAccount) account!: Account;
  @Field(() => String) name!: string;
  @Field(() => LedgerAccountKind) kind!: AccountKind;
  @Field(() => SignedMoney) amount!: number;
  @Field(() => [LedgerBalancePart]) parts!: BalanceView["parts"];
}

@ObjectType({ simpleResolvers: true, description: "An entry that one admin asks for and another approves." })
class LedgerAdjustment {
  @Field(() => ID) id!: string;
  @Field(() => String) reason!: string;
  @Field(() => [LedgerPosting]) postings!: PostingView[];
  @Field(() => ID, { nullable: true, description: "The discrepancy that it settles." }) discrepancyId!: string | null;
  @Field(() => DateTime) requestedAt!: Date;
  @Field(() => DateTime, { nullable: true }) approvedAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) rejectedAt!: Date | null;
  @Field(() => String, { nullable: true }) rejectReason!: string | null;
  @Field(() => ID, { nullable: true, description: "Its entry; null: it is not booked." }) entryId!: number | null;
}

@InputType()
class LedgerPostingInput {
  @Field(() => LedgerAccount) account!: Account;
  @Field(() => ID, { nullable: true }) storeId?: string | null;
  @Field(() => String, { nullable: true, description: "Of RECEIVABLE alone." }) method?: string | null;
  @Field(() => SignedMoney, { description: "Debit above 0, credit below." }) amount!: number;
}

@InputType()
class AdjustmentInput implements Wish {
  @Field(() => [LedgerPostingInput], { description: "2 to 40 lines that together are 0." })
  postings!: LedgerPostingInput[];

  @Field(() => String) reason!: string;
  @Field(() => ID, { nullable: true, description: "The discrepancy that it settles." }) discrepancyId?: string | null;
  @Field(() => String) idempotencyKey!: string;
}

@ArgsType()
class LedgerEntriesArgs extends DeskPageArgs {
  @Field(() => CalendarDay, { nullable: true }) from?: string | null;
  @Field(() => CalendarDay, { nullable: true, description: "Inclusive." }) to?: string | null;
  @Field(() => LedgerEntryKind, { nullable: true }) kind?: EntryKind | null;
  @Field(() => ID, { nullable: true }) paymentId?: string | null;
}

const LedgerEntryConnection = connectionOf("LedgerEntry", () => LedgerEntry);
const LedgerAdjustmentConnection = connectionOf("LedgerAdjustment", () => LedgerAdjustment);

@Resolver(() => LedgerEntry)
export class LedgerResolver {
  @Query(() => LedgerEntryConnection, { description: "Staff: the ledger, the latest entry first." })
  async ledgerEntries(
    @Args(() => LedgerEntriesArgs) { from, to, ...args }: LedgerEntriesArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<EntryView>> {
    const filter = { ...args, days: { from, to } };
    return listed(await listEntries(app, actor, filter), () => countEntries(app, actor, filter));
  }

  @Query(() => [LedgerBalance], { description: "Staff: all accounts at the end of a day, or what of it came since." })
  ledgerBalances(
    @Ctx() { app, actor }: Context,
    @Arg("day", () => CalendarDay, { nullable: true, description: "Null: now." }) day?: string | null,
    @Arg("from", () => CalendarDay, { nullable: true }) from?: string | null,
  ): Promise<BalanceView[]> {
    return readBalances(app, actor, { from, to: day });
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => Payment, { nullable: true })
  async payment(@Root() { paymentId }: EntryView, @Ctx() { loaders }: Context): Promise<PaymentView | null> {
    return paymentId && loaders.payments.load(paymentId);
  }
}

@Resolver(() => LedgerPosting)
export class LedgerPostingResolver {
  @FieldResolver(() => Store, { nullable: true, description: "Null: of no one store." })
  async store(@Root() { storeId }: PostingView, @Ctx() { loaders }: Context): Promise<StoreView | null> {
    return storeId && loaders.stores.load(storeId);
  }
}

@Resolver(() => LedgerBalancePart)
export class LedgerBalancePartResolver {
  @FieldResolver(() => Store, { nullable: true, description: "Null: of no one store." })
  async store(@Root() { storeId }: PostingView, @Ctx() { loaders }: Context): Promise<StoreView | null> {
    return storeId && loaders.stores.load(storeId);
  }
}

@Resolver(() => LedgerAdjustment)
export class LedgerAdjustmentResolver {
  @Query(() => LedgerAdjustmentConnection, {
    description: "Staff: those that wait for a second person, or the others.",
  })
  async ledgerAdjustments(
    @Args(() => OpenPageArgs) args: OpenPageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<AdjustmentView>> {
    const filter = { open: args.open ?? true };
    return listed(await listAdjustments(app, actor, { ...args, ...filter }), () =>
      countAdjustments(app, actor, filter),
    );
  }

  @Mutation(() => LedgerAdjustment, { description: "Admin: nothing is booked before another admin approves it." })
  async requestAdjustment(
    @Arg("input", () => AdjustmentInput) input: AdjustmentInput,
    @Ctx() { app, actor }: Context,
  ): Promise<AdjustmentView> {
    return requireAdjustment(app, actor, await requestAdjustment(app, actor, input));
  }

  @Mutation(() => LedgerAdjustment, { description: "Admin, another person than who asked for it." })
  async approveAdjustment(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<AdjustmentView> {
    return requireAdjustment(app, actor, await approveAdjustment(app, actor, { id }));
  }

  @Mutation(() => LedgerAdjustment, { description: "Admin: it is never booked." })
  async rejectAdjustment(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { app, actor }: Context,
  ): Promise<AdjustmentView> {
    return requireAdjustment(app, actor, await rejectAdjustment(app, actor, { id, reason }));
  }

  @FieldResolver(() => User)
  requestedBy(@Root() { requestedBy }: AdjustmentView, @Ctx() { loaders }: Context): Promise<UserView> {
    return loaders.users.load(requestedBy);
  }

  @FieldResolver(() => User, { nullable: true })
  async approvedBy(@Root() { approvedBy }: AdjustmentView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return approvedBy && loaders.users.load(approvedBy);
  }

  @FieldResolver(() => User, { nullable: true })
  async rejectedBy(@Root() { rejectedBy }: AdjustmentView, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return rejectedBy && loaders.users.load(rejectedBy);
  }
}
