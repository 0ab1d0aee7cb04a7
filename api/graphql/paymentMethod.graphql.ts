import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from "type-graphql";
import { guidesOf } from "../../domain/payment/methodSteps.rules.ts";
import {
  expiryOf,
  METHODS,
  type PaymentMethod as Method,
  type MethodInfo,
  methodInfo,
  PAYMENT_METHODS,
  type Words,
} from "../../domain/payment/methods.rules.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { Money } from "./scalars.ts";

export const PaymentMethod = graphqlEnum("PaymentMethod", PAYMENT_METHODS, {
  values: { SNAP: "Midtrans's hosted page: the customer picks there." },
});
const Language = graphqlEnum("Language", ["ID", "EN"]);
type Language = "ID" | "EN";
/** Indonesian where nothing was asked for. */
export const inLanguage = (language: Language | null | undefined, words: Words): string =>
  language === "EN" ? words.en : words.id;
const PaymentMethodKind = graphqlEnum(
  "PaymentMethodKind",
  ["PAGE", "QR", "WALLET", "VA", "BILL", "COUNTER", "OFFLINE"],
  {
    description: "How it is paid: on Midtrans's page, by a QR code, in a wallet's app, to a number, at a counter.",
  },
);

@ObjectType({ description: "One way to pay by a method, step by step.", simpleResolvers: true })
export class PaymentGuide {
  @Field(() => String) title!: string;
  @Field(() => [String]) steps!: string[];
}

/** How to pay by a method, the handiest way first. */
export const guides = (method: Method, language: Language | null | undefined): PaymentGuide[] =>
  guidesOf(method).map(({ title, steps }) => ({
    title: inLanguage(language, title),
    steps: steps.map((step) => inLanguage(language, step)),
  }));

@ArgsType()
export class LanguageArgs {
  @Field(() => Language, { nullable: true, defaultValue: "ID" }) language!: Language;
}

@ObjectType({ simpleResolvers: true })
class PaymentMethodInfo {
  @Field(() => PaymentMethod) method!: Method;
  @Field(() => PaymentMethodKind) kind!: MethodInfo["kind"];
  @Field(() => Money) minAmount!: number;
  @Field(() => Money) maxAmount!: number;
  @Field(() => Boolean) refundable!: boolean;
  @Field(() => Boolean, { description: "A part of what was paid can go back by itself, too." })
  refundableInPart!: boolean;
  @Field(() => Int, { description: "How long it can be paid once it is started, in seconds." }) paySeconds!: number;
  @Field(() => Boolean, { description: "It takes the amount, and Midtrans is not away." }) available!: boolean;
}

@Resolver(() => PaymentMethodInfo)
export class PaymentMethodResolver {
  @Query(() => [PaymentMethodInfo])
  paymentMethods(@Arg("amount", () => Money) amount: number, @Ctx() { app }: Context): PaymentMethodInfo[] {
    const now = app.clock.now();
    const isAway = app.payments.awayForMs() > 0;
    const end = new Date(now.getTime() + app.settings.paymentWindowMs);
    return METHODS.filter(({ kind }) => kind !== "OFFLINE").map(({ method, kind, min, max, refund }) => ({
      method,
      kind,
      minAmount: min,
      maxAmount: max,
      refundable: refund !== null,
      refundableInPart: refund?.partial ?? false,
      paySeconds: Math.floor((expiryOf(method, now, end).getTime() - now.getTime()) / 1000),
      available: amount >= min && amount <= max && !isAway,
    }));
  }

  @FieldResolver(() => String)
  label(@Root() { method }: PaymentMethodInfo, @Args(() => LanguageArgs) { language }: LanguageArgs): string {
    return inLanguage(language, methodInfo(method).label);
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => [PaymentGuide], { description: "How to pay by it, the handiest way first." })
  guides(@Root() { method }: PaymentMethodInfo, @Args(() => LanguageArgs) { language }: LanguageArgs): PaymentGuide[] {
    return guides(method, language);
  }
}
