import { Arg, Ctx, Field, FieldResolver, ID, Int, Mutation, ObjectType, Query, Resolver, Root } from "type-graphql";
import {
  type CartDayView,
  type CartItemView,
  type CartView,
  listCartDays,
  readCart,
} from "../../domain/catalog/cart.queries.ts";
import type { ProductView } from "../../domain/catalog/catalogue.queries.ts";
import { clearCart } from "../../domain/catalog/clearCart.ts";
import { setCartItem } from "../../domain/catalog/setCartItem.ts";
import { findOpenPayment, type PaymentView } from "../../domain/payment/payment.queries.ts";
import { Product } from "./catalog.graphql.ts";
import type { Context } from "./context.ts";
import { Currency } from "./enums.ts";
import { Payment } from "./payment.graphql.ts";
import { CalendarDay, DateTime, Money } from "./scalars.ts";

@ObjectType({ simpleResolvers: true })
export class CartItem {
  @Field(() => ID)
  id!: string;

  @Field(() => Int)
  quantity!: number;

  @Field(() => Money, { description: "The product's price now: a cart promises none." })
  unitPrice!: number;

  @Field(() => Money)
  total!: number;

  @Field(() => Money, {
    nullable: true,
    description: "What it cost when it was last put in, where that is not its price now.",
  })
  previousPrice!: number | null;

  @Field(() => Int, { description: "Pieces on the shelf now; 0 for what is not sold any more." })
  available!: number;
}

@ObjectType({ simpleResolvers: true })
export class Cart {
  @Field(() => ID)
  id!: string;

  @Field(() => [CartItem])
  items!: CartItemView[];

  @Field(() => Int, { description: "Pieces, not lines." })
  itemCount!: number;

  @Field(() => Money)
  subtotal!: number;

  @Field(() => Boolean, {
    description: "Something in it has another price by now, or is not there in that number. Setting it anew agrees.",
  })
  hasChanged!: boolean;

  @Field(() => DateTime)
  updatedAt!: Date;
}

@ObjectType({ simpleResolvers: true, description: "What became of carts on one day." })
class CartDay {
  @Field(() => CalendarDay, { description: "Asia/Jakarta." }) day!: string;
  @Field(() => Int) started!: number;
  @Field(() => Int, { description: "Untouched for CART_ABANDONED_AFTER, with something in it." }) abandoned!: number;
  @Field(() => Int, { description: "Whose owner was sent a mail." }) reminded!: number;
  @Field(() => Int, { description: "Ordered after it had been abandoned." }) recovered!: number;
}

@Resolver(() => Cart)
export class CartResolver {
  @Query(() => Cart)
  cart(@Ctx() { app, actor }: Context): Promise<CartView> {
    return readCart(app, actor);
  }

  @Mutation(() => Cart, { description: "Sets the line's quantity; 0 takes it out." })
  setCartItem(
    @Arg("productId", () => ID) productId: string,
    @Arg("quantity", () => Int) quantity: number,
    @Ctx() { app, actor }: Context,
  ): Promise<CartView> {
    return setCartItem(app, actor, { productId, quantity });
  }

  @Mutation(() => Cart)
  clearCart(@Ctx() { app, actor }: Context): Promise<CartView> {
    return clearCart(app, actor);
  }

  @Query(() => [CartDay], { description: "Newest first; the last 30 days where none are named, 92 at most." })
  cartDays(
    @Arg("from", () => CalendarDay, { nullable: true }) from: string | null,
    @Arg("to", () => CalendarDay, { nullable: true }) to: string | null,
    @Ctx() { app, actor }: Context,
  ): Promise<CartDayView[]> {
    return listCartDays(app, actor, { from, to });
  }

  @FieldResolver(() => Payment, {
    nullable: true,
    description: "A checkout of the caller's that waits for its money: to be paid, or ended, before a second one.",
  })
  openPayment(@Ctx() { app, actor }: Context): Promise<PaymentView | null> {
    return findOpenPayment(app, actor);
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }
}

@Resolver(() => CartItem)
export class CartItemResolver {
  @FieldResolver(() => Product)
  product(@Root() item: CartItemView, @Ctx() { loaders }: Context): Promise<ProductView> {
    return loaders.products.load(item.productId);
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }
}
