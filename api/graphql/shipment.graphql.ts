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
import { checkParcel } from "../../domain/fulfilment/checkParcel.ts";
import { type BookingWord, confirmBooking } from "../../domain/fulfilment/confirmBooking.ts";
import {
  createShipment,
  createShipments,
  type ShipmentOutcome as Outcome,
} from "../../domain/fulfilment/createShipment.ts";
import { type Labels, printLabels } from "../../domain/fulfilment/printLabels.ts";
import { rearrangePickup } from "../../domain/fulfilment/rearrangePickup.ts";
import {
  costDifference,
  countOrdersToShip,
  countShipments,
  type ShipmentList as List,
  listOrdersToShip,
  listShipments,
  SHIPMENT_LISTS,
  type ShipmentEventView,
  type ShipmentView,
} from "../../domain/fulfilment/shipment.queries.ts";
import { may } from "../../domain/identity/rights.access.ts";
import type { OrderId } from "../../domain/kernel/ids.ts";
import type { OrderView } from "../../domain/order/order.queries.ts";
import type { LabelPage as Page } from "../../domain/shipping/courierGateway.ts";
import {
  type ShipmentEvent as Kind,
  SHIPMENT_EVENTS,
  SHIPMENT_STATUSES,
  type ShipmentStatus as Status,
} from "../../domain/shipping/shipment.states.ts";
import { connectionOf, DeskPageArgs, type Listed, listed } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { Order, OrderConnection } from "./order.graphql.ts";
import { DateTime, Money, SignedMoney } from "./scalars.ts";

const ShipmentStatus = graphqlEnum("ShipmentStatus", SHIPMENT_STATUSES, {
  values: { UNKNOWN: "Sent, and nobody knows whether it was booked: a person says it by confirmBooking." },
});
const ShipmentList = graphqlEnum("ShipmentList", SHIPMENT_LISTS, {
  values: {
    IN_TRANSIT: "Booked and not at its end.",
    TROUBLED: "Unknown, on its way back, lost, with a problem, or no courier comes for it.",
    TO_HAND_OVER: "Packed and waiting for the courier, by the hour of its pickup.",
  },
});

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

const ShipmentEventKind = graphqlEnum("ShipmentEventKind", SHIPMENT_EVENTS);

const OUTCOMES = ["BOOKED", "ALREADY_BOOKED", "REFUSED"] as const;
const ShipmentOutcomeKind = graphqlEnum("ShipmentOutcomeKind", OUTCOMES);

@ObjectType({ simpleResolvers: true })
class ShipmentEvent {
  @Field(() => ShipmentEventKind, { description: "What it means." }) event!: Kind;
  @Field(() => String, { description: "As the courier says it." }) status!: string;
  @Field(() => String) description!: string;
  @Field(() => String, { nullable: true }) location!: string | null;
  @Field(() => DateTime) at!: Date;
}

@ObjectType({ simpleResolvers: true, description: "What staff knows of a booking besides." })
class ShipmentBooking {
  @Field(() => String, { nullable: true, description: "The company's number of it." }) bookingNo!: string | null;
  @Field(() => Int) weightGrams!: number;
  @Field(() => Money, { description: "What the customer paid for it." }) quotedCost!: number;
  @Field(() => Money, { nullable: true, description: "What the courier takes, before its cashback." }) cost!:
    | number
    | null;
  @Field(() => Money, { nullable: true }) cashback!: number | null;
  @Field(() => DateTime) pickupAt!: Date;
  @Field(() => String, { description: "Motor, Mobil or Truk." }) vehicle!: string;
  @Field(() => Int, { description: "Pickups that the company refused." }) pickupTries!: number;
  @Field(() => String, { nullable: true }) pickupWhy!: string | null;
  @Field(() => String, { nullable: true, description: "Why it was cancelled." }) endedWhy!: string | null;

  @Field(() => DateTime, { nullable: true, description: "When the courier is asked next; null: not any more." })
  nextCheckAt!: Date | null;

  @Field(() => ID, { nullable: true, description: "The open money case about this parcel." }) caseId!: string | null;

  @Field(() => SignedMoney, {
    nullable: true,
    description: "Cost less cashback less what the customer paid: above 0 it is the shop's loss. Null: not booked.",
  })
  difference!: number | null;
}

@ObjectType({ simpleResolvers: true })
class Shipment {
  @Field(() => ID) id!: string;
  @Field(() => ShipmentStatus) status!: Status;
  @Field(() => String) courier!: string;
  @Field(() => String) service!: string;
  @Field(() => String, { nullable: true }) airwayBill!: string | null;
  @Field(() => String, { nullable: true, description: "As the courier says it." }) externalStatus!: string | null;
  @Field(() => String, {
    nullable: true,
    description: "packed, pickedUp, outForDelivery, problem or pickupProblem; null: nothing besides its status.",
  })
  flag!: string | null;
  @Field(() => Boolean) onWayBack!: boolean;
  @Field(() => DateTime, { nullable: true }) lastCheckedAt!: Date | null;
  @Field(() => DateTime) createdAt!: Date;
}

const ShipmentConnection = connectionOf("Shipment", () => Shipment);

@ObjectType({ simpleResolvers: true, description: "What became of one of many orders." })
class ShipmentOutcome {
  @Field(() => ID) orderId!: string;
  @Field(() => ShipmentOutcomeKind) outcome!: (typeof OUTCOMES)[number];
  @Field(() => String, { nullable: true, description: "Of REFUSED: a code as errors have." }) code!: string | null;
  @Field(() => String, { nullable: true }) message!: string | null;
  @Field(() => String, { nullable: true, description: "Of REFUSED: JSON, such as why and until when it is on hold." })
  details!: string | null;
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
class CreateShipmentArgs extends PickupArgs {
  @Field(() => ID) orderId!: string;
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

@ArgsType()
class ShipmentsArgs extends DeskPageArgs {
  @Field(() => ShipmentList, { nullable: true, defaultValue: "IN_TRANSIT" }) list!: List;
}

const shown = ({ orderId, outcome, refusal }: Outcome): ShipmentOutcome => ({
  orderId,
  outcome,
  code: refusal?.code ?? null,
  message: refusal?.message ?? null,
  details: refusal ? JSON.stringify(refusal.details) : null,
});

@Resolver(() => Shipment)
export class ShipmentResolver {
  @Query(() => OrderConnection, {
    description: "Staff: paid orders that wait for a courier, the longest waiting first.",
  })
  async ordersToShip(
    @Args(() => DeskPageArgs) page: DeskPageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<OrderView>> {
    return listed(await listOrdersToShip(app, actor, page), () => countOrdersToShip(app, actor));
  }

  @Query(() => ShipmentConnection, { description: "Staff: shipments, the newest first." })
  async shipments(
    @Args(() => ShipmentsArgs) args: ShipmentsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<ShipmentView>> {
    return listed(await listShipments(app, actor, args.list, args), () => countShipments(app, actor, args.list));
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
    @Args(() => CreateShipmentArgs) args: CreateShipmentArgs,
    @Ctx() { app, actor, loaders }: Context,
  ): Promise<OrderView> {
    return loaders.orders.load(await rearrangePickup(app, actor, args));
  }

  @Mutation(() => Order, { description: "Staff: asks the courier about a parcel now." })
  async checkShipment(
    @Arg("shipmentId", () => ID) shipmentId: string,
    @Ctx() { app, actor, loaders }: Context,
  ): Promise<OrderView> {
    return loaders.orders.load(await checkParcel(app, actor, shipmentId));
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

  @FieldResolver(() => [ShipmentEvent], { description: "The oldest first." })
  events(@Root() shipment: ShipmentView, @Ctx() { loaders }: Context): Promise<ShipmentEventView[]> {
    return loaders.shipmentEvents.load(shipment.id);
  }

  @FieldResolver(() => Order)
  order(@Root() shipment: ShipmentView, @Ctx() { loaders }: Context): Promise<OrderView> {
    return loaders.orders.load(shipment.orderId);
  }

  @FieldResolver(() => ShipmentBooking, { nullable: true, description: "For staff; null for anybody else." })
  booking(@Root() shipment: ShipmentView, @Ctx() { actor }: Context): ShipmentBooking | null {
    return may(actor, "shipment.read.any") ? { ...shipment, difference: costDifference(shipment) } : null;
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }
}

/** Stands here and not beside the order, because shipments know orders and not the other way round. */
@Resolver(() => Order)
export class OrderShipmentResolver {
  @FieldResolver(() => Shipment, { nullable: true, description: "Null until a courier is booked." })
  shipment(@Root() order: OrderView, @Ctx() { loaders }: Context): Promise<ShipmentView | null> {
    return loaders.shipments.load(order.id as OrderId);
  }
}
