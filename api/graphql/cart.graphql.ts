import { Arg, Ctx, Field, FieldResolver, ID, Int, Mutation, ObjectType, Query, Resolver, Root } from "type-graphql";
import { type CartItemView, type CartView, readCart } from "../../domain/catalog/cart.queries.ts";
import type { ProductView } from "../../domain/catalog/catalogue.queries.ts";
import { clearCart } from "../../domain/catalog/clearCart.ts";
import { setCartItem } from "../../domain/catalog/setCartItem.ts";
import { Product } from "./catalog.graphql.ts";
import type { Context } from "./context.ts";
import { Currency } from "./enums.ts";
import { DateTime, Money } from "./scalars.ts";

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

  @Field(() => DateTime)
  updatedAt!: Date;
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
