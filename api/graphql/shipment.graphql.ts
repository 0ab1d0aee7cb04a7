import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { checkParcel } from "../../domain/fulfilment/checkParcel.ts";
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

const ShipmentEventKind = graphqlEnum("ShipmentEventKind", SHIPMENT_EVENTS);

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

@ArgsType()
class ShipmentsArgs extends DeskPageArgs {
  @Field(() => ShipmentList, { nullable: true, defaultValue: "IN_TRANSIT" }) list!: List;
}

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

  @Mutation(() => Order, { description: "Staff: asks the courier about a parcel now." })
  async checkShipment(
    @Arg("shipmentId", () => ID) shipmentId: string,
    @Ctx() { app, actor, loaders }: Context,
  ): Promise<OrderView> {
    return loaders.orders.load(await checkParcel(app, actor, shipmentId));
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
