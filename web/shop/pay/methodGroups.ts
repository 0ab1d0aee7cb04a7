import type { PaymentMethodsQuery } from "../../graphql/generated/buying/graphql.ts";

export type MethodInfo = PaymentMethodsQuery["paymentMethods"][number];
export type Method = MethodInfo["method"];
type Limits = Pick<MethodInfo, "minAmount" | "maxAmount" | "available">;

const GROUPS = ["QR", "WALLET", "ACCOUNT", "COUNTER", "CARD", "PAGE"] as const;
type Group = (typeof GROUPS)[number];

/** The way that a saved card pays by, too. */
export const BY_CARD = "CREDIT_CARD" satisfies Method;

/** The wallet whose accounts can be linked, and charged by the month. */
export const BY_ACCOUNT = "GOPAY" satisfies Method;

/** The hosted page without a choice made here; the other pages are for one way alone, which is the card's. */
const ANY_WAY: Method = "SNAP";

function groupOf({ method, kind }: Pick<MethodInfo, "method" | "kind">): Group | null {
  if (kind === "OFFLINE") return null;
  if (kind === "VA" || kind === "BILL") return "ACCOUNT";
  if (kind === "PAGE") return method === ANY_WAY ? "PAGE" : "CARD";
  return kind;
}

/** The methods as they are offered: by how one pays, the handiest first; a group without methods is left out. */
export function groupMethods<T extends Pick<MethodInfo, "method" | "kind">>(
  methods: readonly T[],
): readonly { readonly group: Group; readonly methods: readonly T[] }[] {
  return GROUPS.map((group) => ({ group, methods: methods.filter((each) => groupOf(each) === group) })).filter(
    ({ methods: members }) => members.length > 0,
  );
}

/** Why a method can't be had for an amount; null where it can. */
export function obstacleOf(method: Limits, amount: number): "tooLittle" | "tooMuch" | "away" | null {
  if (amount < method.minAmount) return "tooLittle";
  if (amount > method.maxAmount) return "tooMuch";
  return method.available ? null : "away";
}

/** Whether the gateway itself is away: a method takes the amount, and yet is not to be had. */
export const isAway = (methods: readonly Limits[], amount: number): boolean =>
  methods.some((method) => obstacleOf(method, amount) === "away");

/**
 * The method that is marked before anybody chose: the remembered one while it takes the amount, else the first that
 * does; undefined where none does. A gateway that is away for a while changes nothing of it.
 */
export function firstChoice<T extends MethodInfo>(
  methods: readonly T[],
  amount: number,
  remembered: string | null,
): T | undefined {
  const fits = groupMethods(methods)
    .flatMap(({ methods: members }) => members)
    .filter((method) => [null, "away"].includes(obstacleOf(method, amount)));
  return fits.find(({ method }) => method === remembered) ?? fits[0];
}
