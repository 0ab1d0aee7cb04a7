import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import {
  BANK_LINE_STATES,
  type BankLineState as BankState,
  type BankLineView as BankView,
  countBankLines,
  listBankLines,
} from "../../domain/reconciliation/bankLine.queries.ts";
import { listFeeRates } from "../../domain/reconciliation/fee.queries.ts";
import { FEE_VATS, type FeeRate as Rate, type FeeVat as Vat } from "../../domain/reconciliation/fee.rules.ts";
import { setFeeRate } from "../../domain/reconciliation/setFeeRate.ts";
import {
  countSettlementFiles,
  countSettlementLines,
  FILE_KINDS,
  FILE_STATES,
  type SettlementFile as File,
  type FileKind,
  type FileState,
  findSettlementFile,
  LINE_STATES,
  type SettlementLineView as Line,
  type LineState,
  listSettlementFiles,
  listSettlementLines,
} from "../../domain/reconciliation/settlement.queries.ts";
import {
  type FileProblemCode as Code,
  FILE_PROBLEMS,
  type FileProblem as Problem,
} from "../../domain/reconciliation/settlementLine.rules.ts";
import { connectionOf, DeskPageArgs, type Listed, listed } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { User } from "./identity.graphql.ts";
import { CalendarDay, DateTime, Money, SignedMoney } from "./scalars.ts";

const SettlementFileKind = graphqlEnum("SettlementFileKind", FILE_KINDS);
const SettlementFileState = graphqlEnum("SettlementFileState", FILE_STATES, {
  values: {
    MATCHING: "Its lines are stored and are being matched: done grows up to rows less known.",
    REFUSED: "Nothing of it was imported; problems say why.",
  },
});
const FileProblemCode = graphqlEnum("FileProblemCode", FILE_PROBLEMS);
const SettlementLineState = graphqlEnum("SettlementLineState", LINE_STATES, {
  values: {
    UNMATCHED: "We know of nothing that it is about; its money is in suspense.",
    DUPLICATE: "Another line says already that its payment was paid out.",
    FOREIGN: "In another currency; its sums are 0.",
  },
});
const FeeVat = graphqlEnum("FeeVat", FEE_VATS);
const BankLineState = graphqlEnum("BankLineState", BANK_LINE_STATES);

@ObjectType({ simpleResolvers: true })
class FileProblem implements Problem {
  @Field(() => Int, { description: "As an editor counts; 0 is the file itself." }) line!: number;
  @Field(() => FileProblemCode) code!: Code;
  @Field(() => String, { description: "The field, or what was expected." }) detail!: string;
}

@ObjectType({ simpleResolvers: true, description: "An imported file of the gateway's dashboard or of the bank." })
class SettlementFile implements Omit<File, "importedBy"> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => SettlementFileKind) kind!: FileKind;
  @Field(() => SettlementFileState) state!: FileState;
  @Field(() => Int, { description: "All of its lines." }) rows!: number;
  @Field(() => Int, { description: "Lines that an earlier file had." }) known!: number;
  @Field(() => Int, { description: "New lines that were looked at." }) done!: number;
  @Field(() => Int, { description: "Of these, those that were matched." }) matched!: number;
  @Field(() => SignedMoney, { description: "What its new lines paid out, or moved at the bank." }) net!: number;
  @Field(() => CalendarDay, { nullable: true }) firstDay!: string | null;
  @Field(() => CalendarDay, { nullable: true }) lastDay!: string | null;
  @Field(() => [FileProblem]) problems!: Problem[];
  @Field(() => DateTime) importedAt!: Date;
  @Field(() => DateTime, { nullable: true }) finishedAt!: Date | null;
}

@ObjectType({ simpleResolvers: true, description: "A line of a settlement file." })
class SettlementLine implements Omit<Line, "paymentId" | "transactionId"> {
  @Field(() => ID) id!: string;
  @Field(() => ID) fileId!: string;
  @Field(() => Int) line!: number;
  @Field(() => String, { description: "PAYMENT, REFUND, CHARGEBACK or CORRECTION." }) type!: string;
  @Field(() => SettlementLineState) state!: LineState;
  @Field(() => String, { nullable: true }) gatewayTransactionId!: string | null;
  @Field(() => String, { nullable: true }) gatewayOrderId!: string | null;
  @Field(() => String, { nullable: true }) paymentType!: string | null;
  @Field(() => CalendarDay) settledOn!: string;
  @Field(() => String, { nullable: true }) payoutReference!: string | null;
  @Field(() => String) currency!: string;
  @Field(() => SignedMoney) gross!: number;
  @Field(() => SignedMoney) fee!: number;
  @Field(() => SignedMoney) feeTax!: number;
  @Field(() => SignedMoney) net!: number;
  @Field(() => Money, { nullable: true, description: "By the table of fees." }) expectedFee!: number | null;
  @Field(() => Money, { nullable: true }) expectedFeeTax!: number | null;
  @Field(() => String, { nullable: true, description: "By which of its ids it was matched." }) matchedBy!:
    | string
    | null;
  @Field(() => ID, { nullable: true }) paymentId!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "What the gateway takes of a payment, from a day on." })
class FeeRate implements Rate {
  @Field(() => String, { description: "The gateway's word." }) paymentType!: string;
  @Field(() => Int, { description: "Hundredths of a percent." }) basisPoints!: number;
  @Field(() => Money) fixed!: number;
  @Field(() => FeeVat) vat!: Vat;
  @Field(() => Int, { description: "Working days from a payment to its payout." }) settleDays!: number;
  @Field(() => CalendarDay) validFrom!: string;
}

@InputType()
class FeeRateInput implements Rate {
  @Field(() => String) paymentType!: string;
  @Field(() => Int) basisPoints!: number;
  @Field(() => Money) fixed!: number;
  @Field(() => FeeVat) vat!: Vat;
  @Field(() => Int) settleDays!: number;
  @Field(() => CalendarDay) validFrom!: string;
}

@ObjectType({ simpleResolvers: true, description: "A line of the bank's statement." })
class BankLine implements BankView {
  @Field(() => ID) id!: string;
  @Field(() => ID) fileId!: string;
  @Field(() => Int) line!: number;
  @Field(() => BankLineState) state!: BankState;
  @Field(() => CalendarDay) bookedOn!: string;
  @Field(() => SignedMoney, { description: "In above 0, out below." }) amount!: number;
  @Field(() => String, { description: "What the bank wrote; it may name people." }) text!: string;
  @Field(() => String, { nullable: true, description: "By what it was matched." }) matchedBy!: string | null;
  @Field(() => String, { nullable: true }) payoutReference!: string | null;
  @Field(() => ID, { nullable: true }) refundId!: string | null;
  @Field(() => ID, { nullable: true }) paymentId!: string | null;
}

@ArgsType()
class BankLinesArgs extends DeskPageArgs {
  @Field(() => ID, { nullable: true }) id?: string | null;
  @Field(() => ID, { nullable: true }) fileId?: string | null;
  @Field(() => BankLineState, { nullable: true }) state?: BankState | null;
}

@ArgsType()
class SettlementLinesArgs extends DeskPageArgs {
  @Field(() => ID, { nullable: true }) fileId?: string | null;
  @Field(() => ID, { nullable: true }) paymentId?: string | null;
  @Field(() => SettlementLineState, { nullable: true }) state?: LineState | null;
}

const SettlementFileConnection = connectionOf("SettlementFile", () => SettlementFile);
const SettlementLineConnection = connectionOf("SettlementLine", () => SettlementLine);
const BankLineConnection = connectionOf("BankLine", () => BankLine);

@Resolver(() => SettlementFile)
export class SettlementFileResolver {
  @Query(() => SettlementFileConnection, { description: "Imported files with their progress, the newest first." })
  async settlementFiles(
    @Args(() => DeskPageArgs) args: DeskPageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<File>> {
    return listed(await listSettlementFiles(app, actor, args), () => countSettlementFiles(app, actor));
  }

  @Query(() => SettlementFile, { nullable: true })
  settlementFile(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<File | null> {
    return findSettlementFile(app, actor, id);
  }

  @Query(() => SettlementLineConnection)
  async settlementLines(
    @Args(() => SettlementLinesArgs) args: SettlementLinesArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<Line>> {
    return listed(await listSettlementLines(app, actor, args), () => countSettlementLines(app, actor, args));
  }

  @Query(() => [FeeRate])
  feeRates(@Ctx() { app, actor }: Context): Promise<Rate[]> {
    return listFeeRates(app, actor);
  }

  @Mutation(() => FeeRate, { description: "Admin: from a day on, by contract; the same day's rate is corrected." })
  setFeeRate(@Arg("input", () => FeeRateInput) input: FeeRateInput, @Ctx() { app, actor }: Context): Promise<Rate> {
    return setFeeRate(app, actor, { ...input });
  }

  @Query(() => BankLineConnection)
  async bankLines(
    @Args(() => BankLinesArgs) args: BankLinesArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<BankView>> {
    return listed(await listBankLines(app, actor, args), () => countBankLines(app, actor, args));
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => User, { nullable: true })
  importedBy(@Root() { importedBy }: File, @Ctx() { loaders }: Context): Promise<UserView | null> {
    return loaders.users.load(importedBy);
  }
}
