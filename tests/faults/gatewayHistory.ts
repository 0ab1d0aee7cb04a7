import type { App } from "../../domain/app.ts";
import { rupiah } from "../../domain/kernel/money.ts";
import type { GatewayStatus, PaymentGateway, PaymentReport } from "../../domain/payment/paymentGateway.ts";
import { signatureOf } from "../../gateways/midtrans/wire.ts";
import { loadConfig } from "../../platform/config.ts";

/** One change at the gateway, of one of the transactions that an order id has there. */
export interface Change {
  readonly of: "A" | "B";
  readonly status: GatewayStatus;
  readonly type: string;
  readonly fraud?: "accept" | "challenge";
  /** Given back so far, in whole rupiah; "all" of it. */
  readonly refunded?: number | "all";
}

/** How a payment and what hangs from it stand in the end, and what it did on its way there. */
export interface End {
  readonly payment: string;
  readonly order: string;
  readonly shown: string;
  readonly session: string;
  /** The statuses of the order, by its log. */
  readonly path: string;
  /** Pieces of ten on the shelf, and how often they moved. */
  readonly stock: number;
  readonly movements: number;
  readonly invoices: number;
  /** Mails by what they tell of; (one) that tells what was true when it was written, if it was written in time. */
  readonly mails: string;
  /** What went back or is owed back, as `cause status`. */
  readonly refunds: string;
}

const BEFORE = { stock: 8, movements: 1, invoices: 1, mails: "payment.paid", refunds: "" } as const;
const AFTER = { ...BEFORE, stock: 10, movements: 2 } as const;
const GONE = { order: "CANCELLED", session: "PAID", path: "PENDING_PAYMENT PAID CANCELLED" } as const;
export const UNPAID: End = {
  ...BEFORE,
  payment: "PENDING",
  order: "PENDING_PAYMENT",
  shown: "PENDING",
  session: "OPEN",
  path: "PENDING_PAYMENT",
  invoices: 0,
  mails: "",
};
export const PAID: End = {
  ...BEFORE,
  payment: "PAID",
  order: "PAID",
  shown: "PAID",
  session: "PAID",
  path: "PENDING_PAYMENT PAID",
};
export const REFUNDED: End = {
  ...AFTER,
  ...GONE,
  payment: "REFUNDED",
  shown: "REFUNDED",
  refunds: "GATEWAY SUCCEEDED",
};
export const REVERSED: End = {
  ...AFTER,
  ...GONE,
  payment: "FAILED",
  shown: "FAILED",
  mails: "payment.ended (payment.paid)",
};
export const CHARGED_BACK: End = { ...AFTER, ...GONE, payment: "CHARGEBACK", shown: "CHARGEBACK" };

/** A payment's life at the gateway. */
export interface History {
  readonly name: string;
  readonly changes: readonly Change[];
  /** The one end that it has for us, given which transactions we were ever told to be paid. */
  readonly end: (heardPaid: ReadonlySet<string>) => End;
}

const pending = { of: "A", status: "pending", type: "bank_transfer" } as const;
const settlement = { of: "A", status: "settlement", type: "bank_transfer" } as const;
const card = { of: "A", status: "capture", type: "credit_card", fraud: "accept" } as const;
const wallet = { of: "B", status: "pending", type: "gopay" } as const;
const walletPaid = { ...wallet, status: "settlement" } as const;

/** Money that came and went without a word of its coming was never ours. */
export const onceHeard = (end: End) => (heardPaid: ReadonlySet<string>) => (heardPaid.size > 0 ? end : UNPAID);

export const HISTORIES: readonly History[] = [
  { name: "a number that is paid", changes: [pending, settlement], end: () => PAID },
  {
    name: "a denied card and then a number",
    changes: [
      { ...card, status: "deny" },
      { ...pending, of: "B" },
      { ...settlement, of: "B" },
    ],
    end: () => PAID,
  },
  {
    name: "a number that runs out and then a wallet",
    changes: [pending, { ...pending, status: "expire" }, wallet, walletPaid],
    end: () => PAID,
  },
  {
    name: "a card that the bank looks at",
    changes: [{ ...card, fraud: "challenge" }, card, { ...card, status: "settlement" }],
    end: () => PAID,
  },
  {
    name: "a number that the bank takes back",
    changes: [pending, settlement, { ...settlement, status: "deny" }],
    end: onceHeard(REVERSED),
  },
  {
    name: "a number that runs out and then one that the bank takes back",
    changes: [
      pending,
      { ...pending, status: "expire" },
      { ...pending, of: "B" },
      { ...settlement, of: "B" },
      { ...settlement, of: "B", status: "deny" },
    ],
    end: onceHeard(REVERSED),
  },
  { name: "a card that is voided", changes: [card, { ...card, status: "cancel" }], end: onceHeard(REFUNDED) },
  {
    name: "a card that is charged back",
    changes: [card, { ...card, status: "settlement" }, { ...card, status: "chargeback" }],
    end: onceHeard(CHARGED_BACK),
  },
  {
    name: "a wallet that is given back in parts",
    changes: [
      pending,
      { ...pending, status: "expire" },
      wallet,
      walletPaid,
      { ...walletPaid, status: "partial_refund", refunded: 10_000 },
      { ...walletPaid, status: "refund", refunded: "all" },
    ],
    end: onceHeard(REFUNDED),
  },
  {
    name: "a number that is paid although a wallet was chosen after it",
    changes: [pending, wallet, settlement],
    end: onceHeard(PAID),
  },
  {
    name: "a number and a wallet that are both paid, the number last",
    changes: [pending, wallet, walletPaid, settlement],
    end: (heardPaid) => (heardPaid.size > 1 ? { ...PAID, refunds: "ORPHAN PENDING" } : PAID),
  },
  {
    name: "a number and a wallet that are both paid",
    changes: [pending, settlement, wallet, walletPaid],
    end: (heardPaid) => (heardPaid.size > 1 ? { ...PAID, refunds: "ORPHAN PENDING" } : PAID),
  },
];

/** One payment of ours and what happens to it at the gateway. */
export interface Script {
  readonly gatewayOrderId: string;
  readonly amount: number;
  readonly history: History;
  /** The transactions of which an answer told that they are paid. */
  readonly heardPaid: Set<string>;
}

const isPaid = ({ status, fraud }: Change) => status === "settlement" || (status === "capture" && fraud === "accept");
const HAS_SETTLED: ReadonlySet<string> = new Set(["settlement", "partial_refund", "refund", "chargeback"]);
const SETTLED_AT = new Date("2026-11-20T07:05:00.000Z");

/** The transaction that was begun last, whatever happened to an older one since. */
const newestOf = (changes: readonly Change[]) => [...new Set(changes.map(({ of }) => of))].at(-1);

/** What the gateway knew after so many changes: of an order id its newest transaction, of another id that one. */
function reportAt(app: App, script: Script, moment: number, id: string): PaymentReport | null {
  const changes = script.history.changes.slice(0, moment);
  const of = id === script.gatewayOrderId ? newestOf(changes) : id.slice(-1);
  const change = changes.findLast((one) => one.of === of);
  if (!change) return null;
  if (isPaid(change)) script.heardPaid.add(change.of);
  return wordsOf(app, script.gatewayOrderId, script.amount, change);
}

function wordsOf(app: App, gatewayOrderId: string, sum: number, change: Change): PaymentReport {
  const amount = rupiah(sum);
  return {
    gatewayOrderId,
    gatewayTransactionId: `${gatewayOrderId}-${change.of}`,
    merchantId: app.settings.midtransMerchantId,
    status: change.status,
    statusText: change.status,
    fraudStatus: change.fraud ?? (isPaid(change) ? "accept" : null),
    paymentType: change.type,
    currency: "IDR",
    grossAmount: amount,
    originalAmount: amount,
    refundedAmount: change.refunded === "all" ? amount : rupiah(change.refunded ?? 0),
    settledAt: HAS_SETTLED.has(change.status) ? SETTLED_AT : null,
    expiresAt: null,
    instructions: {},
  };
}

/** What a charge is answered before anything has happened to it: a number to pay to. */
const chargedReport = (app: App, { gatewayOrderId, amount, charge }: Parameters<PaymentGateway["charge"]>[0]) => ({
  ...wordsOf(app, gatewayOrderId, amount, { of: "A", status: "pending", type: charge.paymentType }),
  instructions: { vaNumber: "12345678901" },
});

const NOT_ASKED = async (): Promise<never> => {
  throw new Error("no history closes anything");
};

/**
 * The shop with a gateway that answers what it knew after so many changes of each payment, or of this one; Infinity:
 * what is true.
 */
export function shopAt(
  app: App,
  scripts: ReadonlyMap<string, Script>,
  moment: number | ((script: Script) => number),
): App {
  const fetchStatus: PaymentGateway["fetchStatus"] = async (id) => {
    const script = scripts.get(id) ?? scripts.get(id.slice(0, -2));
    if (!script) return null;
    return reportAt(app, script, typeof moment === "number" ? moment : moment(script), id);
  };
  const openPage: PaymentGateway["openPage"] = async ({ gatewayOrderId }) => ({
    token: `page-${gatewayOrderId}`,
    redirectUrl: `https://pages.test/${gatewayOrderId}`,
  });
  const closing = { cancel: NOT_ASKED, expire: NOT_ASKED, closePage: NOT_ASKED, approve: NOT_ASKED, deny: NOT_ASKED };
  const charge: PaymentGateway["charge"] = async (request) => chargedReport(app, request);
  return { ...app, payments: { ...app.payments, fetchStatus, openPage, charge, ...closing } };
}

const { signatureKey } = loadConfig({ DATABASE_URL: "postgres://127.0.0.1/none" }, ".").midtrans;

/** The signed body that the gateway sends of a change, by its place in the history from 1. */
export function bodyOf({ gatewayOrderId, amount, history }: Script, place: number): string {
  const change = history.changes[place - 1] as Change;
  const gross = `${amount}.00`;
  return JSON.stringify({
    order_id: gatewayOrderId,
    transaction_id: `${gatewayOrderId}-${change.of}`,
    transaction_status: change.status,
    fraud_status: change.fraud ?? "accept",
    status_code: "200",
    gross_amount: gross,
    signature_key: signatureOf(gatewayOrderId, "200", gross, signatureKey),
    refunds: change.refunded === undefined ? [] : [{ refund_amount: String(change.refunded) }],
  });
}
