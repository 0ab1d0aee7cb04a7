import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from "type-graphql";
import { bookingRates } from "../../domain/fulfilment/bookingRates.ts";
import { type BookingWord, confirmBooking } from "../../domain/fulfilment/confirmBooking.ts";
import {
  createShipment,
  createShipments,
  type ShipmentOutcome as Outcome,
} from "../../domain/fulfilment/createShipment.ts";
import { type Labels, printLabels } from "../../domain/fulfilment/printLabels.ts";
import { rearrangePickup } from "../../domain/fulfilment/rearrangePickup.ts";
import type { OrderView } from "../../domain/order/order.queries.ts";
import type { LabelPage as Page } from "../../domain/shipping/courierGateway.ts";
import { formatEtd } from "../../domain/shipping/couriers.rules.ts";
import type { Context } from "./context.ts";
import { graphqlEnum } from "./enums.ts";
import { Order } from "./order.graphql.ts";
import { DateTime, Money, SignedMoney } from "./scalars.ts";

/** The company's papers under the names that GraphQL can write. */
const PAGES = {
  A4: "A4",
  A4X2: "A4x2",
  A4X4: "A4x4",
  THERMAL_10X10: "thermal10x10",
  THERMAL_10X15: "thermal10x15",
} as const satisfies Record<string, Page>;
type PageName = keyof typeof PAGES;
const LabelPage = graphqlEnum("LabelPage", Object.keys(PAGES) as PageName[], {
  description: "How many labels stand on a sheet of A4, or the size of thermal paper in centimetres.",
});

const OUTCOMES = ["BOOKED", "ALREADY_BOOKED", "REFUSED"] as const;
const ShipmentOutcomeKind = graphqlEnum("ShipmentOutcomeKind", OUTCOMES);

@ObjectType({ simpleResolvers: true, description: "What became of one of many orders." })
class ShipmentOutcome {
  @Field(() => ID) orderId!: string;
  @Field(() => ShipmentOutcomeKind) outcome!: (typeof OUTCOMES)[number];
  @Field(() => String, { nullable: true, description: "Of REFUSED: a code as errors have." }) code!: string | null;
  @Field(() => String, { nullable: true }) message!: string | null;
  @Field(() => String, { nullable: true, description: "Of REFUSED: JSON, such as why and until when it is on hold." })
  details!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "A service that an order's parcel can be booked with now." })
class BookingOffer {
  @Field(() => String) courier!: string;
  @Field(() => String) service!: string;
  @Field(() => String) description!: string;
  @Field(() => Money) cost!: number;
  @Field(() => Money) cashback!: number;
  @Field(() => SignedMoney, { description: "Cost less cashback less what the customer paid." }) difference!: number;
  @Field(() => String, { description: "Such as 2-3 hari; empty where the courier does not say." }) etd!: string;
  @Field(() => Boolean, { description: "The customer's own choice." }) isChosen!: boolean;
}

@ObjectType({ simpleResolvers: true })
class LabelsLink {
  @Field(() => String, { description: "A PDF; the link is signed and short-lived." }) url!: string;
  @Field(() => DateTime) expiresAt!: Date;
  @Field(() => Int) count!: number;
}

@InputType()
class ConfirmBookingInput implements BookingWord {
  @Field(() => ID) shipmentId!: string;
  @Field(() => String, { nullable: true, description: "As the company has it; null: there is no such booking." })
  bookingNo!: string | null;
  @Field(() => String, { description: "Where it was looked for, and by whom." }) note!: string;
}

@ArgsType()
class PickupArgs {
  @Field(() => DateTime, { nullable: true, description: "At least 90 minutes ahead; null: the next office hour." })
  pickupAt?: Date | null;
  @Field(() => String, { nullable: true, description: "Motor, Mobil or Truk; null: by the weight." })
  vehicle?: string | null;
}

@ArgsType()
class RearrangePickupArgs extends PickupArgs {
  @Field(() => ID) orderId!: string;
}

@ArgsType()
class CreateShipmentArgs extends RearrangePickupArgs {
  @Field(() => String, { nullable: true, description: "With service: another one than the customer chose." })
  courier?: string | null;
  @Field(() => String, { nullable: true })
  service?: string | null;
}

@ArgsType()
class CreateShipmentsArgs extends PickupArgs {
  @Field(() => [ID], { description: "1 to 50." }) orderIds!: string[];
}

@ArgsType()
class PrintLabelsArgs {
  @Field(() => [ID], { description: "1 to 25, in the order of the sheets." }) orderIds!: string[];
  @Field(() => LabelPage, { nullable: true, defaultValue: "A4" }) page!: PageName;
}

const shown = ({ orderId, outcome, refusal }: Outcome): ShipmentOutcome => ({
  orderId,
  outcome,
  code: refusal?.code ?? null,
  message: refusal?.message ?? null,
  details: refusal ? JSON.stringify(refusal.details) : null,
});

/** What staff does about sending orders. */
@Resolver()
export class BookingResolver {
  @Query(() => [BookingOffer], {
    description: "Staff: what the courier company would take for an order's parcel now, the cheapest first.",
  })
  async bookingRates(
    @Arg("orderId", () => ID) orderId: string,
    @Ctx() { app, actor }: Context,
  ): Promise<BookingOffer[]> {
    return (await bookingRates(app, actor, orderId)).map((offer) => ({ ...offer, etd: formatEtd(offer.etd) }));
  }

  @Mutation(() => Order, { description: "Staff: books the courier for a paid order (PAID to PROCESSING)." })
  async createShipment(
    @Args(() => CreateShipmentArgs) args: CreateShipmentArgs,
    @Ctx() { app, actor, loaders }: Context,
  ): Promise<OrderView> {
    return loaders.orders.load((await createShipment(app, actor, args)).orderId);
  }

  @Mutation(() => [ShipmentOutcome], { description: "Staff: as createShipment for many orders, each by itself." })
  async createShipments(
    @Args(() => CreateShipmentsArgs) args: CreateShipmentsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<ShipmentOutcome[]> {
    return (await createShipments(app, actor, args)).map(shown);
  }

  @Mutation(() => Order, { description: "Staff: has a courier asked for again whose pickup was refused." })
  async rearrangePickup(
    @Args(() => RearrangePickupArgs) args: RearrangePickupArgs,
    @Ctx() { app, actor, loaders }: Context,
  ): Promise<OrderView> {
    return loaders.orders.load(await rearrangePickup(app, actor, args));
  }

  @Mutation(() => Order, { description: "Staff: says what became of a booking whose answer was lost." })
  async confirmBooking(
    @Arg("input", () => ConfirmBookingInput) input: ConfirmBookingInput,
    @Ctx() { app, actor, loaders }: Context,
  ): Promise<OrderView> {
    return loaders.orders.load(await confirmBooking(app, actor, input));
  }

  @Mutation(() => LabelsLink, { description: "Staff: one PDF with the labels of these orders." })
  printLabels(@Args(() => PrintLabelsArgs) args: PrintLabelsArgs, @Ctx() { app, actor }: Context): Promise<Labels> {
    return printLabels(app, actor, { orderIds: args.orderIds, page: PAGES[args.page] });
  }
}
