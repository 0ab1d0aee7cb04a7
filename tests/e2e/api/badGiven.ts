import type { CheckoutAnswer, Customer, Goods } from "./shopper.ts";

type Payment = CheckoutAnswer["checkout"]["payment"];

/** What stands in the shop when bad input arrives: filled before the tests run, looked at by each case when it runs. */
export const given = {} as {
  /** A customer with a cart. */
  me: Customer;
  /** One whose cart is empty. */
  empty: Customer;
  staff: Customer;
  goods: Goods;
  /** A product of which there are two. */
  scarce: Goods;
  withdrawn: Goods;
  /** A store that sells none of it. */
  elsewhere: string;
  bought: Payment;
  boughtOrder: string;
  cancelled: Payment;
  /** Another customer's. */
  foreign: Payment;
  foreignOrder: string;
  /** The input of `bought`. */
  usedInput: object;
};

export const NOWHERE = "01890000-0000-7000-8000-000000000000";
export const NUL = "a\u0000b";
export const LONG = "x".repeat(5_000);

export interface Case {
  readonly what: string;
  readonly code: string;
  readonly query: string;
  readonly variables?: () => object;
  readonly as?: () => Customer;
}
