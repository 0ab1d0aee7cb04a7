import { METHODS, type MethodInfo, methodInfo, type PaymentMethod } from "../../domain/payment/methods.rules.ts";
import {
  CHARGED_BACK,
  type Change,
  type End,
  HISTORIES,
  type History,
  onceHeard,
  PAID,
  REFUNDED,
  REVERSED,
  UNPAID,
} from "./gatewayHistory.ts";

/** What may become of one payment by one method, and by which methods that is so. */
interface Life {
  readonly name: string;
  readonly of: (method: MethodInfo) => boolean;
  readonly changes: readonly Omit<Change, "of" | "type">[];
  readonly end: (method: MethodInfo) => History["end"];
}

const PARTLY: End = {
  ...PAID,
  payment: "PARTIALLY_REFUNDED",
  shown: "PARTIALLY_REFUNDED",
  refunds: "GATEWAY SUCCEEDED",
};

/** The gateway's word for what is paid with; a page that offers everything has histories of its own. */
const typeOf = ({ charge, pageOnly }: MethodInfo): string => charge?.paymentType ?? pageOnly?.[0] ?? "bank_transfer";
const isCard = (method: MethodInfo): boolean => typeOf(method) === "credit_card";
const isNoCard = (method: MethodInfo): boolean => !isCard(method);
const always = (end: End) => () => () => end;
const heard = (end: End) => () => onceHeard(end);

const pending = { status: "pending" } as const;
const settlement = { status: "settlement" } as const;
const capture = { status: "capture", fraud: "accept" } as const;
const challenge = { status: "capture", fraud: "challenge" } as const;
const part = { status: "partial_refund", refunded: 10_000 } as const;
const whole = { status: "refund", refunded: "all" } as const;

const LIVES: readonly Life[] = [
  { name: "is paid", of: isNoCard, changes: [pending, settlement], end: always(PAID) },
  { name: "is denied", of: () => true, changes: [pending, { status: "deny" }], end: always(UNPAID) },
  { name: "runs out", of: () => true, changes: [pending, { status: "expire" }], end: always(UNPAID) },
  { name: "is cancelled", of: () => true, changes: [pending, { status: "cancel" }], end: always(UNPAID) },
  {
    name: "is paid although it ran out",
    of: isNoCard,
    changes: [pending, { status: "expire" }, settlement],
    end: always(PAID),
  },
  {
    name: "is paid although it was cancelled",
    of: isNoCard,
    changes: [pending, { status: "cancel" }, settlement],
    end: always(PAID),
  },
  {
    name: "is taken back by the bank",
    of: (method) => isNoCard(method) && method.reversalMs > 0,
    changes: [pending, settlement, { status: "deny" }],
    end: heard(REVERSED),
  },
  {
    name: "is given back",
    of: (method) => isNoCard(method) && method.refund !== null,
    changes: [pending, settlement, whole],
    end: heard(REFUNDED),
  },
  {
    name: "is given back in part",
    of: (method) => isNoCard(method) && method.refund?.partial === true,
    changes: [pending, settlement, part],
    end: heard(PARTLY),
  },
  {
    name: "is given back in parts",
    of: (method) => isNoCard(method) && method.refund?.partial === true,
    changes: [pending, settlement, part, whole],
    end: heard(REFUNDED),
  },
  {
    name: "is charged back",
    of: isNoCard,
    changes: [pending, settlement, { status: "chargeback" }],
    end: heard(CHARGED_BACK),
  },
  { name: "is captured and settled", of: isCard, changes: [pending, capture, settlement], end: always(PAID) },
  { name: "is looked at and accepted", of: isCard, changes: [challenge, capture, settlement], end: always(PAID) },
  { name: "is looked at and denied", of: isCard, changes: [challenge, { status: "deny" }], end: always(UNPAID) },
  { name: "is looked at and cancelled", of: isCard, changes: [challenge, { status: "cancel" }], end: always(UNPAID) },
  { name: "is voided", of: isCard, changes: [pending, capture, { status: "cancel" }], end: heard(REFUNDED) },
  { name: "is settled and given back", of: isCard, changes: [capture, settlement, whole], end: heard(REFUNDED) },
  { name: "is settled and given back in part", of: isCard, changes: [capture, settlement, part], end: heard(PARTLY) },
  {
    name: "is looked at, settled and given back in parts",
    of: isCard,
    changes: [challenge, capture, settlement, part, whole],
    end: heard(REFUNDED),
  },
  {
    name: "is settled and charged back",
    of: isCard,
    changes: [capture, settlement, { status: "chargeback" }],
    end: heard(CHARGED_BACK),
  },
];

/** A life of a payment by a method. */
export interface MethodHistory {
  readonly method: PaymentMethod;
  readonly history: History;
}

const livesOf = (method: MethodInfo): MethodHistory[] =>
  LIVES.filter(({ of }) => of(method)).map(({ name, changes, end }) => ({
    method: method.method,
    history: {
      name: `${method.method} ${name}`,
      changes: changes.map((change) => ({ ...change, of: "A", type: typeOf(method) })),
      end: end(method),
    },
  }));

/** Every method that the gateway has a part in: those that customers choose, and a card that it keeps. */
const AT_GATEWAY: readonly MethodInfo[] = [
  ...METHODS.filter(({ kind }) => kind !== "OFFLINE"),
  methodInfo("SAVED_CARD"),
];

/** Every life of every method, and those of several transactions of one hosted page. */
export const METHOD_HISTORIES: readonly MethodHistory[] = [
  ...AT_GATEWAY.flatMap(livesOf),
  ...HISTORIES.map((history) => ({ method: "SNAP", history }) as const),
];
