/** The same seed gives the same choices. */
export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from 0 up to `below`. */
  whole(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** One of these, each as often as its weight says. */
  weighted<T>(from: readonly (readonly [T, number])[]): T;
}

/** A 32-bit generator (mulberry32): small, even enough for choices, and the same on every machine. */
export function createChance(seed: number): Chance {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number) => Math.floor(next() * below);
  return {
    next,
    whole,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new RangeError("nothing to choose from");
      return from[whole(from.length)] as T;
    },
    weighted<T>(from: readonly (readonly [T, number])[]): T {
      let left = next() * from.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [each, weight] of from) {
        left -= weight;
        if (left < 0) return each;
      }
      throw new RangeError("no weight");
    },
  };
}
