import type { Reader } from "./configReader.ts";

/** From which count on a person looks, and from which a start is refused. 0: never. */
interface Step {
  readonly review: number;
  readonly refuse: number;
}

/** What the fraud rules are set to (domain/payment/fraud.rules.ts says what each is for). */
export interface FraudSettings {
  readonly windowMs: number;
  readonly userStarts: Step;
  readonly deviceStarts: Step;
  readonly addressStarts: Step;
  readonly cardStarts: Step;
  readonly cards: Step;
  readonly declined: Step;
  readonly habitTimes: number;
  readonly habitFloor: number;
  readonly firstAmount: number;
}

const COUNT_MAX = 1_000_000;
const RUPIAH_MAX = 1_000_000_000_000;
const WINDOW_MAX = "24h"; // what is counted in a window is read at each start

function stepOf(read: Reader, name: string, text: string): Step {
  const match = /^(\d{1,7}),(\d{1,7})$/.exec(text.replace(/\s/g, ""));
  const step = { review: Number(match?.[1] ?? 0), refuse: Number(match?.[2] ?? 0) };
  const isRight = match && Math.max(step.review, step.refuse) <= COUNT_MAX;
  if (!isRight) read.fail(name, "expected two counts, for a review and for a refusal, such as 15,40; 0 is never");
  return step;
}

/**
 * The thresholds of the fraud rules; null where they are off. In local mode one account and one browser are everybody's
 * who tries the shop, so that they may do more.
 */
export function readFraud(read: Reader, isLocal: boolean): FraudSettings | null {
  const isOn = read.oneOf("FRAUD_RULES", ["on", "off"] as const, "on") === "on";
  const person = isLocal ? "300,600" : "15,40";
  const settings = {
    windowMs: read.duration("FRAUD_WINDOW", "10m", { max: WINDOW_MAX }),
    userStarts: stepOf(read, "FRAUD_USER_STARTS", read.text("FRAUD_USER_STARTS", person)),
    deviceStarts: stepOf(read, "FRAUD_DEVICE_STARTS", read.text("FRAUD_DEVICE_STARTS", person)),
    addressStarts: stepOf(read, "FRAUD_ADDRESS_STARTS", read.text("FRAUD_ADDRESS_STARTS", "300,600")),
    cardStarts: stepOf(read, "FRAUD_CARD_STARTS", read.text("FRAUD_CARD_STARTS", isLocal ? "300,600" : "6,12")),
    cards: stepOf(read, "FRAUD_CARDS", read.text("FRAUD_CARDS", "4,0")),
    declined: stepOf(read, "FRAUD_DECLINED", read.text("FRAUD_DECLINED", "5,0")),
    habitTimes: read.number("FRAUD_HABIT_TIMES", 5, { min: 0, max: 1000 }),
    habitFloor: read.number("FRAUD_HABIT_FLOOR", 5_000_000, { min: 0, max: RUPIAH_MAX }),
    firstAmount: read.number("FRAUD_FIRST_AMOUNT", 25_000_000, { min: 0, max: RUPIAH_MAX }),
  };
  return isOn ? settings : null;
}
