import { GatewayUnavailable, Refusal } from "../../domain/kernel/errors.ts";
import { rupiah } from "../../domain/kernel/money.ts";
import type { AccountGateway } from "../../domain/payment/accountGateway.ts";
import { METHODS, type MethodInfo } from "../../domain/payment/methods.rules.ts";
import type { ChargeRequest, PaymentGateway } from "../../domain/payment/paymentGateway.ts";
import type { SubscriptionGateway } from "../../domain/payment/subscriptionGateway.ts";
import { signatureOf } from "../../gateways/midtrans/wire.ts";

/** What the checks speak through: our own adapter, the same with a key that nobody has, and plain calls. */
export interface Counterpart {
  readonly gateway: PaymentGateway;
  readonly stranger: PaymentGateway;
  readonly accounts: AccountGateway;
  readonly subscriptions: SubscriptionGateway;
  readonly signatureKey: string;
  readonly merchantId: string;
  /** A call as it is: the HTTP status and the body. */
  raw(method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }>;
  /** An order id that nobody has used. */
  newOrderId(): string;
  now(): Date;
}

/** The account may not do this: it proves nothing, and it is no failure. */
export class NotActivated extends Error {
  override readonly name = "NotActivated";
}

export interface Check {
  readonly name: string;
  /** @throws Error saying what was not as it should be; NotActivated where the account cannot be asked */
  run(with_: Counterpart): Promise<void>;
}

const AMOUNT = 15_000; // whole rupiah, which every method takes
const LIFE_MS = 30 * 60_000;
const NOT_ACTIVATED = 402;

function expect(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new Error(`${what} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

/** The code of the refusal that this ends in. */
async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    if (error instanceof GatewayUnavailable) return `GATEWAY_UNAVAILABLE ${error.outcome}`;
    throw error;
  }
  return "none";
}

function requestFor(with_: Counterpart, gatewayOrderId: string) {
  const startsAt = with_.now();
  return {
    gatewayOrderId,
    amount: rupiah(AMOUNT),
    items: [{ id: "CONTRACT", name: "Contract test", price: AMOUNT, quantity: 1 }],
    customer: { name: "Contract Test", email: "contract@lunas.test", phone: "+6281200000001" },
    address: null,
    returnUrl: "https://shop.lunas.test/orders",
    startsAt,
    expiresAt: new Date(startsAt.getTime() + LIFE_MS),
    only: null,
  };
}

const chargeRequest = (with_: Counterpart, id: string, { charge }: MethodInfo): ChargeRequest => ({
  ...requestFor(with_, id),
  charge: charge as NonNullable<MethodInfo["charge"]>,
  idempotencyKey: `contract-${id}`,
});

/** @throws NotActivated where this account may not take the method */
async function charge(with_: Counterpart, request: ChargeRequest) {
  try {
    return await with_.gateway.charge(request);
  } catch (error) {
    const code = error instanceof Refusal ? error.details["code"] : null;
    if (code === NOT_ACTIVATED) throw new NotActivated("not activated for this account");
    throw error;
  }
}

/** A pending transaction of any method that the account has, ended whatever happens. */
async function withPending(with_: Counterpart, work: (id: string, request: ChargeRequest) => Promise<void>) {
  for (const method of METHODS.filter((each) => each.charge)) {
    const id = with_.newOrderId();
    const request = chargeRequest(with_, id, method);
    try {
      await charge(with_, request);
    } catch (error) {
      if (error instanceof NotActivated) continue;
      throw error;
    }
    try {
      return await work(id, request);
    } finally {
      await with_.gateway.cancel(id);
    }
  }
  throw new NotActivated("no method without a page is activated for this account");
}

const KEYS: readonly Check[] = [
  {
    name: "Core says 404 of an order that does not exist, so it knows the key",
    run: async ({ gateway, newOrderId }) => expect("the status", await gateway.fetchStatus(newOrderId()), null),
  },
  {
    name: "Core refuses a key that nobody has",
    run: async ({ stranger, newOrderId }) =>
      expect("the refusal", await refusalOf(stranger.fetchStatus(newOrderId())), "GATEWAY_UNAVAILABLE none"),
  },
  {
    name: "Snap says that a page does not exist, so it knows the key",
    run: async ({ gateway }) =>
      expect("the closing", await gateway.closePage("00000000-0000-4000-8000-000000000000"), "none"),
  },
  {
    name: "Snap refuses a key that nobody has",
    run: async (with_) => {
      const refusal = await refusalOf(with_.stranger.openPage(requestFor(with_, with_.newOrderId())));
      expect("the refusal", refusal, "GATEWAY_UNAVAILABLE none");
    },
  },
];

const PAGES: readonly Check[] = [
  {
    name: "A page opens, and again for the same order while nothing is chosen",
    run: async (with_) => {
      const request = requestFor(with_, with_.newOrderId());
      const first = await with_.gateway.openPage(request);
      const second = await with_.gateway.openPage(request);
      expect("the address is one of the page", second.redirectUrl.includes(second.token), true);
      expect("the second page is another one", first.token !== second.token, true);
      expect("the status before a choice", await with_.gateway.fetchStatus(request.gatewayOrderId), null);
      await with_.gateway.closePage(second.token);
    },
  },
  {
    name: "A page closes, and closing it again is harmless",
    run: async (with_) => {
      const { token } = await with_.gateway.openPage(requestFor(with_, with_.newOrderId()));
      expect("the first closing", await with_.gateway.closePage(token), "done");
      expect("the second closing", await with_.gateway.closePage(token), "done");
    },
  },
  {
    name: "A page is refused whose lines do not add up",
    run: async ({ raw, newOrderId }) => {
      const { status, body } = await raw("POST", "/snap/v1/transactions", {
        transaction_details: { order_id: newOrderId(), gross_amount: AMOUNT },
        item_details: [{ id: "a", name: "a", price: AMOUNT - 1, quantity: 1 }],
      });
      expect("the status", status, 400);
      expect("it says why", Array.isArray(body["error_messages"]), true);
    },
  },
];

/** What each kind of method gives the customer to pay by. */
const SHOWN: Readonly<Partial<Record<MethodInfo["kind"], readonly string[]>>> = {
  QR: ["qrString", "qrImageUrl"],
  WALLET: ["deeplinkUrl", "qrImageUrl", "qrString"],
  VA: ["vaNumber"],
  BILL: ["billKey"],
  COUNTER: ["paymentCode"],
};

const chargeCheck = (method: MethodInfo): Check => ({
  name: `${method.label.en}: charged, shown, read and cancelled`,
  run: async (with_) => {
    const { gateway, merchantId } = with_;
    const id = with_.newOrderId();
    const made = await charge(with_, chargeRequest(with_, id, method));
    if (made === "exists") throw new Error("a new order id was charged before");
    try {
      const shown = SHOWN[method.kind] ?? [];
      expect("it can be paid", shown.some((name) => made.instructions[name]) || shown.length === 0, true);
      const report = await gateway.fetchStatus(id);
      const { status, gatewayOrderId, grossAmount, currency } = report ?? {};
      const wanted = { status: "pending", gatewayOrderId: id, grossAmount: AMOUNT, currency: "IDR" };
      expect("the status", { status, gatewayOrderId, grossAmount, currency }, wanted);
      expect("its transaction", report?.gatewayTransactionId, made.gatewayTransactionId);
      expect("its merchant", report?.merchantId ?? merchantId, merchantId);
    } finally {
      expect("the cancel", await gateway.cancel(id), "done");
    }
    expect("the status after it", (await gateway.fetchStatus(id))?.status, "cancel");
    expect("a second cancel", await gateway.cancel(id), "refused");
  },
});

const ENDS: readonly Check[] = [
  {
    name: "A transaction expires when it is told to",
    run: (with_) =>
      withPending(with_, async (id) => {
        expect("the expiry", await with_.gateway.expire(id), "done");
        expect("the status after it", (await with_.gateway.fetchStatus(id))?.status, "expire");
      }),
  },
  {
    name: "An order id is charged once",
    run: (with_) =>
      withPending(with_, async (id, request) => {
        const again = await with_.gateway.charge({ ...request, idempotencyKey: `other-${id}` });
        expect("the second charge", again, "exists");
      }),
  },
  {
    name: "What waits is not refunded, approved or denied",
    run: (with_) =>
      withPending(with_, async (id) => {
        const { status, body } = await with_.raw("POST", `/v2/${id}/refund`, {
          refund_key: `${id}-r1`,
          amount: AMOUNT,
        });
        expect("the refund", Number(body["status_code"] ?? status), 412);
        expect("the approval", await with_.gateway.approve(id), "refused");
        expect("the denial", await with_.gateway.deny(id), "refused");
      }),
  },
  {
    name: "What does not exist is not ended, approved or refunded",
    run: async ({ gateway, raw, newOrderId }) => {
      const id = newOrderId();
      const ends = [
        await gateway.cancel(id),
        await gateway.expire(id),
        await gateway.approve(id),
        await gateway.deny(id),
      ];
      expect("the answers", ends, ["none", "none", "none", "none"]);
      const { status, body } = await raw("POST", `/v2/${id}/refund`, { refund_key: `${id}-r1`, amount: AMOUNT });
      expect("the refund", Number(body["status_code"] ?? status), 404);
    },
  },
];

const text = (body: Record<string, unknown>, name: string): string => String(body[name] ?? "");

const SIGNATURES: readonly Check[] = [
  {
    name: "A status answer is signed as a notification is, and ours reads one that is composed of it",
    run: (with_) =>
      withPending(with_, async (id) => {
        const { body } = await with_.raw("GET", `/v2/${id}/status`);
        const parts = [text(body, "order_id"), text(body, "status_code"), text(body, "gross_amount")] as const;
        const ours = signatureOf(...parts, with_.signatureKey);
        expect("the signature agrees", text(body, "signature_key"), ours);
        const notice = with_.gateway.readNotification(JSON.stringify({ ...body, signature_key: ours }));
        expect("the notification", [notice.gatewayOrderId, notice.isTest], [id, false]);
        const changed = JSON.stringify({ ...body, gross_amount: "1.00", signature_key: ours });
        const refusal = await refusalOf((async () => with_.gateway.readNotification(changed))());
        expect("one of another amount", refusal, "INVALID_INPUT");
      }),
  },
];

const NOBODYS_ID = "00000000-0000-4000-8000-000000000000";

const MONTHLY: readonly Check[] = [
  {
    name: "A GoPay account waits for its owner, and cannot be charged before",
    run: async ({ accounts }) => {
      const link = await accounts.link({ phone: "+6281234567890", returnUrl: "https://shop.lunas.test/account" });
      if (typeof link === "string") throw new NotActivated(`not linked: ${link}`);
      const account = await accounts.fetch(link.accountId);
      expect("the account", [account?.status, account?.walletToken], ["PENDING", null]);
    },
  },
  {
    name: "An account and a subscription that nobody has are none, and nothing of them is ended",
    run: async ({ accounts, subscriptions }) => {
      expect("the account", await accounts.fetch(NOBODYS_ID), null);
      expect("its end", await accounts.unlink(NOBODYS_ID), "none");
      expect("the subscription", await subscriptions.fetch(NOBODYS_ID), null);
      expect("its end", await subscriptions.cancel(NOBODYS_ID), "none");
    },
  },
];

/** Everything that the shop relies on at Midtrans, in the order in which it is asked. */
export const CHECKS: readonly Check[] = [
  ...KEYS,
  ...PAGES,
  ...METHODS.filter((each) => each.charge).map(chargeCheck),
  ...ENDS,
  ...SIGNATURES,
  ...MONTHLY,
];
