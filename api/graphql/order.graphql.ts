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
import type { ProductView, StoreView } from "../../domain/catalog/catalogue.queries.ts";
import { archiveOrder } from "../../domain/checkout/archiveOrder.ts";
import { type CancelOrderInput as CancelInput, cancelOrder } from "../../domain/checkout/cancelOrder.ts";
import type { Invoice as InvoiceView } from "../../domain/checkout/invoice.queries.ts";
import { confirmReceipt } from "../../domain/fulfilment/confirmReceipt.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { type StatusSource as Source, STATUS_SOURCES } from "../../domain/order/advanceOrders.ts";
import { canCancelOrder } from "../../domain/order/order.access.ts";
import {
  type AddressView,
  countMyOrders,
  findOrder,
  listMyOrders,
  type OrderItemView,
  type OrderView,
  type StatusChangeView,
} from "../../domain/order/order.queries.ts";
import {
  isCancellable,
  ORDER_PAYMENT_STATUSES,
  type OrderPaymentStatus as PaidAs,
  STATUS_LABELS,
} from "../../domain/order/order.rules.ts";
import { ORDER_STATUSES, type OrderStatus as Status } from "../../domain/order/order.states.ts";
import { countAllOrders, listAllOrders } from "../../domain/order/orderDesk.queries.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import { formatEtd } from "../../domain/shipping/couriers.rules.ts";
import { Product, Store } from "./catalog.graphql.ts";
import { connectionOf, DeskPageArgs, type Listed, listed, PageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { Invoice } from "./invoice.graphql.ts";
import { Payment, readableOrders } from "./payment.graphql.ts";
import { CalendarDay, DateTime, Money } from "./scalars.ts";
import { Destination } from "./shipping.graphql.ts";

export const OrderStatus = graphqlEnum("OrderStatus", ORDER_STATUSES, {
  values: {
    SHIPPED: "DIKIRIM",
    COMPLETED: "SELESAI",
    CANCEL_REQUESTED: "A cancel is under way: the courier has not answered yet.",
  },
});
const OrderPaymentStatus = graphqlEnum("OrderPaymentStatus", ORDER_PAYMENT_STATUSES);
const StatusSource = graphqlEnum("StatusSource", STATUS_SOURCES);

@ObjectType({ simpleResolvers: true })
class Address {
  @Field(() => String) recipient!: string;
  @Field(() => String) phone!: string;
  @Field(() => String) line!: string;
  @Field(() => Destination) destination!: Destination;
  @Field(() => String, { nullable: true }) note!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class OrderItem {
  @Field(() => ID) id!: string;
  @Field(() => String) productName!: string;
  @Field(() => Money) unitPrice!: number;
  @Field(() => Int) quantity!: number;
  @Field(() => Money) total!: number;
}

@ObjectType({ simpleResolvers: true })
class OrderStatusChange {
  @Field(() => OrderStatus, { nullable: true }) from!: Status | null;
  @Field(() => OrderStatus) to!: Status;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @Field(() => StatusSource) source!: Source;
  @Field(() => String, { nullable: true }) externalStatus!: string | null;
  @Field(() => DateTime) at!: Date;
}

@ObjectType({ simpleResolvers: true, description: "The way of shipping that was chosen." })
class ChosenShipping {
  @Field(() => String) courier!: string;
  @Field(() => String) service!: string;
  @Field(() => String) description!: string;

  @Field(() => String, { description: "As quoted, such as `2-3 hari`; empty where the courier did not say." })
  etd!: string;
}

@ObjectType({ simpleResolvers: true })
export class Order {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: "What people read out loud: ORD-20261120-7F3K9Q." }) number!: string;
  @Field(() => OrderStatus) status!: Status;
  @Field(() => OrderPaymentStatus) paymentStatus!: PaidAs;
  @Field(() => Address) shippingAddress!: AddressView;
  @Field(() => Money) subtotal!: number;
  @Field(() => Money) shippingCost!: number;
  @Field(() => Money) discount!: number;
  @Field(() => Money, { description: "PPN that the total contains." }) tax!: number;
  @Field(() => Money) total!: number;
  @Field(() => Boolean) isArchived!: boolean;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime) updatedAt!: Date;
}

export const OrderConnection = connectionOf("Order", () => Order);

@InputType({ description: "Days in Asia/Jakarta, both inclusive." })
class OrderFilter {
  @Field(() => [OrderStatus], { nullable: true }) status?: Status[] | null;
  @Field(() => [OrderPaymentStatus], { nullable: true }) paymentStatus?: PaidAs[] | null;
  @Field(() => CalendarDay, { nullable: true }) from?: string | null;
  @Field(() => CalendarDay, { nullable: true }) to?: string | null;
}

@InputType()
class CancelOrderInput implements CancelInput {
  @Field(() => ID) orderId!: string;
  @Field(() => String) reason!: string;
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
}

@ArgsType()
class OrdersArgs extends PageArgs {
  @Field(() => OrderFilter, { nullable: true }) filter?: OrderFilter | null;
}

@ArgsType()
class AdminOrdersArgs extends DeskPageArgs {
  @Field(() => OrderFilter, { nullable: true }) filter?: OrderFilter | null;
  @Field(() => String, { nullable: true }) search?: string | null;
  @Field(() => Boolean, { nullable: true, defaultValue: true }) includeArchived!: boolean;
}

@Resolver(() => Order)
export class OrderResolver {
  @Query(() => OrderConnection, { description: "The caller's own orders that are not archived, newest first." })
  async orders(@Args(() => OrdersArgs) args: OrdersArgs, @Ctx() { app, actor }: Context): Promise<Listed<OrderView>> {
    return listed(await listMyOrders(app, actor, args.filter, args), () => countMyOrders(app, actor, args.filter));
  }

  @Query(() => OrderConnection, { description: "Staff: every order, the archived too." })
  async adminOrders(
    @Args(() => AdminOrdersArgs) args: AdminOrdersArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<OrderView>> {
    const filter = { ...args, includeArchived: args.includeArchived ?? true };
    return listed(await listAllOrders(app, actor, filter, args), () => countAllOrders(app, actor, filter));
  }

  @Query(() => Order, {
    nullable: true,
    description: "Null where it isn't the caller's, or is archived; staff see every order.",
  })
  order(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<OrderView | null> {
    return findOrder(app, actor, id);
  }

  @Mutation(() => Order)
  async cancelOrder(
    @Arg("input", () => CancelOrderInput) input: CancelOrderInput,
    @Ctx() { app, actor }: Context,
  ): Promise<OrderView> {
    const order = await findOrder(app, actor, await cancelOrder(app, actor, input));
    if (!order) throw new Refusal("NOT_FOUND", "There is no such order");
    return order;
  }

  @Mutation(() => Order, {
    description: "Hides an order that is at rest from the caller, for good; this answer is his last sight of it.",
  })
  archiveOrder(@Arg("orderId", () => ID) orderId: string, @Ctx() { app, actor }: Context): Promise<OrderView> {
    return archiveOrder(app, actor, orderId);
  }

  @Mutation(() => Order, { description: "SHIPPED to COMPLETED, by the customer who has the parcel." })
  async confirmReceipt(@Arg("orderId", () => ID) orderId: string, @Ctx() { app, actor }: Context): Promise<OrderView> {
    const order = await findOrder(app, actor, await confirmReceipt(app, actor, orderId));
    if (!order) throw new Refusal("NOT_FOUND", "There is no such order");
    return order;
  }

  @FieldResolver(() => String, { description: "The status in Indonesian, as a shop shows it: DIKIRIM, SELESAI, ..." })
  statusLabel(@Root() order: OrderView): string {
    return STATUS_LABELS[order.status];
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => Store)
  store(@Root() order: OrderView, @Ctx() { loaders }: Context): Promise<StoreView> {
    return loaders.stores.load(order.storeId);
  }

  @FieldResolver(() => [OrderItem])
  items(@Root() order: OrderView, @Ctx() { loaders }: Context): Promise<OrderItemView[]> {
    return loaders.items.load(order.id);
  }

  @FieldResolver(() => ChosenShipping)
  shipping(@Root() order: OrderView): ChosenShipping {
    return { ...order.shippingQuote, etd: formatEtd(order.shippingQuote.etd ?? null) };
  }

  @FieldResolver(() => Payment)
  payment(@Root() order: OrderView, @Ctx() { loaders }: Context): Promise<PaymentView> {
    return loaders.payments.load(order.paymentId);
  }

  @FieldResolver(() => [OrderStatusChange])
  history(@Root() order: OrderView, @Ctx() { loaders }: Context): Promise<StatusChangeView[]> {
    return loaders.history.load(order.id);
  }

  @FieldResolver(() => Invoice, {
    nullable: true,
    description: "A PDF with a number of its own; null until the order is paid.",
  })
  invoice(@Root() order: OrderView, @Ctx() { loaders }: Context): Promise<InvoiceView | null> {
    return loaders.invoices.load(order.id);
  }

  @FieldResolver(() => Boolean)
  canCancel(@Root() order: OrderView, @Ctx() { actor }: Context): boolean {
    return isCancellable(order.status) && canCancelOrder(actor, order);
  }
}

@Resolver(() => OrderItem)
export class OrderItemResolver {
  @FieldResolver(() => Product)
  product(@Root() item: OrderItemView, @Ctx() { loaders }: Context): Promise<ProductView> {
    return loaders.products.load(item.productId);
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }
}

/** Stands here and not beside the payment, because orders know payments and not the other way round. */
@Resolver(() => Payment)
export class PaymentOrdersResolver {
  @FieldResolver(() => [Order])
  orders(@Root() payment: PaymentView, @Ctx() context: Context): Promise<OrderView[]> {
    return readableOrders(context, payment.sessionId);
  }
}
