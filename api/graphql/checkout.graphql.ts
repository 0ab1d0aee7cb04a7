import {
  Arg,
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
import { findSession, readSession, type SessionView } from "../../domain/checkout/checkout.queries.ts";
import { checkout } from "../../domain/checkout/checkout.ts";
import type { OrderView } from "../../domain/order/order.queries.ts";
import type { PaymentMethod as Method } from "../../domain/payment/methods.rules.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { primeCheckout } from "./loaders.ts";
import { Order } from "./order.graphql.ts";
import { Payment, readableOrders } from "./payment.graphql.ts";
import { PaymentMethod } from "./paymentMethod.graphql.ts";
import { DateTime, Money } from "./scalars.ts";
import { CheckoutLineInput } from "./shipping.graphql.ts";

const CheckoutStatus = graphqlEnum("CheckoutStatus", ["OPEN", "PAID", "EXPIRED", "CANCELLED"]);

@ObjectType({
  description: "One act of buying: one payment, and one order for each store in the cart.",
  simpleResolvers: true,
})
class CheckoutSession {
  @Field(() => ID) id!: string;
  @Field(() => CheckoutStatus) status!: SessionView["status"];
  @Field(() => Money) total!: number;
  @Field(() => DateTime) expiresAt!: Date;
}

@InputType()
class AddressInput {
  @Field(() => String) recipient!: string;
  @Field(() => String) phone!: string;
  @Field(() => String) line!: string;
  @Field(() => Int) destinationId!: number;
  @Field(() => String, { nullable: true }) note?: string | null;
}

@InputType()
class ShippingChoiceInput {
  @Field(() => ID) storeId!: string;
  @Field(() => String) courier!: string;
  @Field(() => String) service!: string;
}

@InputType()
class CheckoutInput {
  @Field(() => [CheckoutLineInput], {
    nullable: true,
    description: "What to buy. Left out: the cart, which the checkout then empties.",
  })
  lines?: CheckoutLineInput[] | null;
  @Field(() => AddressInput) address!: AddressInput;
  @Field(() => [ShippingChoiceInput], { description: "One for each store that the lines come from." })
  shipping!: ShippingChoiceInput[];
  @Field(() => PaymentMethod, {
    nullable: true,
    description: "Given: the payment starts at once, as startPayment would.",
  })
  method?: Method | null;
  @Field(() => String, {
    nullable: true,
    description:
      "For CREDIT_CARD: the id of one of savedCards, which is charged at once. Without it CREDIT_CARD opens " +
      "Midtrans's page with cards alone: no card number ever comes here.",
  })
  savedCardToken?: string | null;
  @Field(() => Money, {
    nullable: true,
    description: "The total that the customer saw. Given and no longer true: TOTAL_CHANGED, and nothing is bought.",
  })
  expectedTotal?: number | null;
  @Field(() => String, {
    description: "The same key and the same input give the same checkout, however often it is sent.",
  })
  idempotencyKey!: string;
}

@Resolver(() => CheckoutSession)
export class CheckoutResolver {
  @Query(() => CheckoutSession, { nullable: true })
  checkoutSession(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<SessionView | null> {
    return findSession(app, actor, id);
  }

  @Mutation(() => CheckoutSession)
  async checkout(
    @Arg("input", () => CheckoutInput) input: CheckoutInput,
    @Ctx() { app, actor, loaders, address, device }: Context,
  ): Promise<SessionView> {
    const made = await checkout(app, actor, input, { address, device });
    if (made.written) primeCheckout(loaders, made.written);
    return readSession(app, actor, made);
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => [Order])
  orders(@Root() session: SessionView, @Ctx() context: Context): Promise<OrderView[]> {
    return readableOrders(context, session.id);
  }

  @FieldResolver(() => Payment)
  async payment(@Root() session: SessionView, @Ctx() { loaders }: Context): Promise<PaymentView> {
    const payment = await loaders.payments.load(session.paymentId);
    return { ...payment, paymentToken: session.paymentToken };
  }
}
