export const FRAUD_VERDICTS = ["ALLOW", "REVIEW", "REFUSE"] as const;
export type FraudVerdict = (typeof FRAUD_VERDICTS)[number];

export const FRAUD_STAGES = ["START", "PAID"] as const;
export type FraudStage = (typeof FRAUD_STAGES)[number];

export const FRAUD_DECISIONS = ["RELEASED", "REFUSED"] as const;
export type FraudDecision = (typeof FRAUD_DECISIONS)[number];

/** What may stand on the blocklist. */
export const BLOCK_KINDS = ["USER", "CARD", "ADDRESS", "DEVICE"] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** From which count on a person looks, and from which a start is refused. 0: never. */
export interface FraudStep {
  readonly review: number;
  readonly refuse: number;
}

/** Where the rules begin to say something. */
export interface FraudThresholds {
  /** How far back starts of an account, a device and an address are counted, in ms. */
  readonly windowMs: number;
  readonly userStarts: FraudStep;
  readonly deviceStarts: FraudStep;
  readonly addressStarts: FraudStep;
  /** Starts by one card in a day, whoever's they are. */
  readonly cardStarts: FraudStep;
  /** Different cards of one account in a day. */
  readonly cards: FraudStep;
  /** Payments of the account or the device that were declined within a day. */
  readonly declined: FraudStep;
  /** An amount is odd from so many times the largest that the account has paid before, */
  readonly habitTimes: number;
  /** but never below this, whole rupiah. */
  readonly habitFloor: number;
  /** The same for who has paid nothing yet, whole rupiah. 0: never. */
  readonly firstAmount: number;
}

/** What is known of a start, itself counted. */
export interface StartFigures {
  readonly userStarts: number;
  readonly deviceStarts: number;
  readonly addressStarts: number;
  readonly cardStarts: number;
  readonly cards: number;
  readonly declined: number;
  readonly paidBefore: number;
  readonly largestPaid: number;
  readonly blocked: readonly BlockKind[];
  /** A person has refused an earlier start of this payment. */
  readonly isRefusedByStaff: boolean;
}

export interface Judgement {
  readonly verdict: FraudVerdict;
  /** The rules that spoke, such as USER_STARTS; empty where none did. */
  readonly reasons: readonly string[];
}

const STEPS = [
  ["userStarts", "USER_STARTS"],
  ["deviceStarts", "DEVICE_STARTS"],
  ["addressStarts", "ADDRESS_STARTS"],
  ["cardStarts", "CARD_STARTS"],
  ["cards", "CARDS"],
  ["declined", "DECLINED"],
] as const;

function byStep(count: number, step: FraudStep): FraudVerdict {
  if (step.refuse > 0 && count >= step.refuse) return "REFUSE";
  return step.review > 0 && count >= step.review ? "REVIEW" : "ALLOW";
}

/** Whether an amount is far over what the account is used to pay; the rule's name, null where it is not. */
function habitRule(amount: number, figures: StartFigures, rules: FraudThresholds): string | null {
  if (figures.paidBefore === 0) return rules.firstAmount > 0 && amount >= rules.firstAmount ? "FIRST_AMOUNT" : null;
  const odd = Math.max(rules.habitFloor, rules.habitTimes * figures.largestPaid);
  return rules.habitTimes > 0 && amount >= odd ? "OVER_HABIT" : null;
}

/**
 * What becomes of a start: the strictest of the rules that speak. Counts and amounts are at their threshold, or over
 * it, for a rule to speak. An amount alone never refuses: people do buy dear things once.
 */
export function judgeStart(amount: number, figures: StartFigures, rules: FraudThresholds): Judgement {
  const said: { rule: string; verdict: FraudVerdict }[] = STEPS.map(([name, rule]) => {
    return { rule, verdict: byStep(figures[name], rules[name]) };
  });
  const habit = habitRule(amount, figures, rules);
  if (habit) said.push({ rule: habit, verdict: "REVIEW" });
  for (const kind of figures.blocked) said.push({ rule: `BLOCKED_${kind}`, verdict: "REFUSE" });
  if (figures.isRefusedByStaff) said.push({ rule: "REFUSED_BY_STAFF", verdict: "REFUSE" });
  const loud = said.filter(({ verdict }) => verdict !== "ALLOW");
  const verdict = loud.some((each) => each.verdict === "REFUSE") ? "REFUSE" : "REVIEW";
  return { verdict: loud.length === 0 ? "ALLOW" : verdict, reasons: loud.map(({ rule }) => rule) };
}

/** The counts of starts grow and shrink with every other limit of the shop; at 0 they say nothing. */
export function scaleVelocity(rules: FraudThresholds, scale: number): FraudThresholds {
  if (scale === 1) return rules;
  const grown = (count: number) => (count === 0 || scale === 0 ? 0 : Math.max(1, Math.ceil(count * scale)));
  const step = ({ review, refuse }: FraudStep) => ({ review: grown(review), refuse: grown(refuse) });
  return {
    ...rules,
    userStarts: step(rules.userStarts),
    deviceStarts: step(rules.deviceStarts),
    addressStarts: step(rules.addressStarts),
    cardStarts: step(rules.cardStarts),
  };
}

/** An address that many machines share with nobody: counting it would count the shop's own proxy or computer. */
export const tellsNobodyApart = (address: string): boolean =>
  address === "unknown" || address === "::1" || address === "localhost" || address.startsWith("127.");
