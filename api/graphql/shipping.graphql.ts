import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, ObjectType, Query, Resolver, Root } from "type-graphql";
import type { StoreView } from "../../domain/catalog/catalogue.queries.ts";
import { taxRecord } from "../../domain/kernel/tax.rules.ts";
import { formatEtd } from "../../domain/shipping/couriers.rules.ts";
import { QUOTE_SOURCES } from "../../domain/shipping/quoteShipping.ts";
import { searchDestinations } from "../../domain/shipping/searchDestinations.ts";
import type { Destination as DomainDestination } from "../../domain/shipping/shippingGateway.ts";
import { type StoreOffer, shippingRates } from "../../domain/shipping/shippingRates.ts";
import { Store } from "./catalog.graphql.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { DateTime, Money } from "./scalars.ts";

export const QuoteSource = graphqlEnum("QuoteSource", QUOTE_SOURCES, {
  description:
    "Source LIVE: just quoted. CACHED: quoted at quotedAt. " +
    "FALLBACK: the shop's own table, the courier could not be asked.",
});

@ObjectType({ simpleResolvers: true, description: "A place that RajaOngkir can ship to." })
export class Destination {
  @Field(() => Int)
  id!: number;

  @Field(() => String)
  label!: string;

  @Field(() => String)
  province!: string;

  @Field(() => String)
  city!: string;

  @Field(() => String)
  district!: string;

  @Field(() => String)
  subdistrict!: string;

  @Field(() => String)
  postalCode!: string;
}

@ObjectType({ simpleResolvers: true })
export class ShippingRate {
  @Field(() => String)
  courier!: string;

  @Field(() => String)
  service!: string;

  @Field(() => String)
  description!: string;

  @Field(() => Money)
  cost!: number;

  @Field(() => Money, { description: "PPN that the cost contains." })
  tax!: number;

  @Field(() => Currency)
  currency!: string;

  @Field(() => String, { description: "Such as `2-3 hari`; empty where the courier does not say." })
  etd!: string;

  @Field(() => QuoteSource)
  source!: string;

  @Field(() => DateTime)
  quotedAt!: Date;
}

@ObjectType({ simpleResolvers: true })
export class StoreShippingRates {
  @Field(() => Int)
  weightGrams!: number;

  @Field(() => Money, { description: "PPN that the prices of this store's goods contain." })
  goodsTax!: number;
}

@InputType()
export class CheckoutLineInput {
  @Field(() => ID)
  productId!: string;

  @Field(() => Int)
  quantity!: number;
}

@Resolver(() => StoreShippingRates)
export class ShippingResolver {
  @Query(() => [Destination])
  destinations(
    @Arg("search", () => String) search: string,
    @Ctx() { app, address }: Context,
  ): Promise<DomainDestination[]> {
    return searchDestinations(app, search, address);
  }

  @Query(() => [StoreShippingRates], { description: "For the cart, or for the lines given." })
  shippingRates(
    @Arg("destinationId", () => Int) destinationId: number,
    @Arg("lines", () => [CheckoutLineInput], { nullable: true }) lines: CheckoutLineInput[] | null,
    @Ctx() { app, actor }: Context,
  ): Promise<StoreOffer[]> {
    return shippingRates(app, actor, { destinationId, lines });
  }

  @FieldResolver(() => Store)
  store(@Root() quote: StoreOffer, @Ctx() { loaders }: Context): Promise<StoreView> {
    return loaders.stores.load(quote.storeId);
  }

  @FieldResolver(() => [ShippingRate])
  rates(@Root() { rates, source, quotedAt, isPkp }: StoreOffer): ShippingRate[] {
    const taxOf = (cost: number) => taxRecord(cost, { isPkp, taxClass: "taxable" }).tax;
    return rates.map((rate) => ({
      ...rate,
      tax: taxOf(rate.cost),
      currency: "IDR",
      etd: formatEtd(rate.etd),
      source,
      quotedAt,
    }));
  }
}
