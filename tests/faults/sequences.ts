import type { History } from "./gatewayHistory.ts";

/**
 * What reaches the shop about one payment: `2b` the notification of the second change with the gateway's answer from
 * before it, `2a` from after it; `?4` somebody asks and is told what was true after four changes.
 */
export interface Step {
  /** The place of the change that the notification tells of; null where somebody asks. */
  readonly told: number | null;
  /** How many changes the gateway's answer knows of. */
  readonly moment: number;
}

/** Notifications and questions about one payment. */
const STEPS_MAX = 6;

export const textOf = (steps: readonly Step[]): string =>
  steps.map(({ told, moment }) => (told === null ? `?${moment}` : `${told}${moment === told ? "a" : "b"}`)).join(" ");

export function stepsOf(text: string): Step[] {
  return text.split(" ").map((word) => {
    const told = Number.parseInt(word, 10);
    if (word.startsWith("?")) return { told: null, moment: Number(word.slice(1)) };
    return { told, moment: word.endsWith("a") ? told : told - 1 };
  });
}

/** Numbers that look random and are the same for a seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** Every order of the notifications, each answered from before or after its change: how many there are. */
const ordersOf = ({ changes }: History): number => factorial(changes.length) * 2 ** changes.length;

/** One of them, by its number. */
function orderAt({ changes }: History, rank: number): Step[] {
  const left = changes.map((_, index) => index + 1);
  let rest = rank;
  const steps: Step[] = [];
  while (left.length > 0) {
    const [told] = left.splice(rest % left.length, 1) as [number];
    rest = Math.floor(rest / (left.length + 1));
    steps.push({ told, moment: told - (rest % 2) });
    rest = Math.floor(rest / 2);
  }
  return steps;
}

/** A random order with copies of notifications and questions between them, up to STEPS_MAX in all. */
function withMore(history: History, random: (below: number) => number): Step[] {
  const steps = orderAt(history, random(ordersOf(history)));
  const count = history.changes.length;
  while (steps.length < STEPS_MAX) {
    const told = 1 + random(count);
    const copy = { told, moment: told - random(2) };
    steps.splice(random(steps.length + 1), 0, random(2) === 0 ? copy : { told: null, moment: random(count + 1) });
    if (random(3) === 0) break;
  }
  return steps;
}

/** Sequences of a history: every plain order where half of `wanted` holds them, else some of them; then longer ones. */
export function sequencesOf(history: History, wanted: number, seed: number): Step[][] {
  const random = randomOf(seed);
  const all = ordersOf(history);
  const plain = Math.min(all, Math.ceil(wanted / 2));
  const orders = Array.from({ length: plain }, (_, i) =>
    orderAt(history, plain === all ? i : Math.floor(((i + 0.5) * all) / plain)),
  );
  const longer = history.changes.length < STEPS_MAX ? wanted - plain : 0;
  const sequences = [...orders, ...Array.from({ length: longer }, () => withMore(history, random))];
  const more = Array.from({ length: wanted - sequences.length }, () => orderAt(history, random(all)));
  return [...sequences, ...more];
}
