import { checkout } from "../../../domain/checkout/checkout.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { ProductId, StoreId, UserId } from "../../../domain/kernel/ids.ts";
import { NOWHERE, type Origin } from "../../../domain/payment/screenStart.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";

/** Thresholds that a test reaches in a few starts. */
const ENV = {
  RATE_LIMIT_SCALE: "1",
  FRAUD_USER_STARTS: "4,6",
  FRAUD_DEVICE_STARTS: "3,5",
  FRAUD_ADDRESS_STARTS: "8,21",
  FRAUD_CARD_STARTS: "0,0",
  FRAUD_DECLINED: "2,0",
};

export type Person = Actor & { userId: UserId };

interface Kept {
  readonly id: string;
  readonly paymentId: string | null;
  readonly verdict: string;
  readonly reasons: string[];
  readonly figures: Record<string, number>;
}

/** A shop whose rules speak early, and what tests ask of it. */
export interface FraudShop {
  readonly shop: LiveShop;
  readonly product: { readonly productId: ProductId; readonly storeId: StoreId };
  /** The verdicts about a person, oldest first. */
  verdictsOf(person: Person): Promise<Kept[]>;
  buy(person: Person, origin?: Origin, more?: object): Promise<{ readonly sessionId: string }>;
  /** The codes of so many checkouts, one after another; OK for one that worked. */
  buyTimes(times: number, person: Person, origin?: Origin): Promise<string[]>;
  /** A device and an address that no other test has. */
  somewhere(): Origin;
}

/** The code of a refusal; OK where there is none. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "OK",
    (error: { code?: string }) => error.code ?? String(error),
  );

export async function openFraudShop(): Promise<FraudShop> {
  const shop = await openLiveShop(ENV);
  const product = await shop.addProduct({ stock: 10_000 });
  let made = 0;
  const buy: FraudShop["buy"] = (person, origin = NOWHERE, more = {}) =>
    checkout(shop.app, person, shop.order([{ ...product, quantity: 1 }], more), origin);
  return {
    shop,
    product,
    buy,
    verdictsOf: ({ userId }) =>
      shop.app.db.sql<Kept>(
        "select id, payment_id, verdict, reasons, figures from fraud_verdicts where user_id = $1 order by at, id",
        [userId],
      ),
    async buyTimes(times, person, origin) {
      const codes: string[] = [];
      for (let n = 0; n < times; n++) codes.push(await codeOf(buy(person, origin)));
      return codes;
    },
    somewhere: () => ({ device: `device-of-a-test-${++made}`, address: `103.1.${made}.7` }),
  };
}
