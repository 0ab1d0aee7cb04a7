/** A difference up to this may be the way of an answer; an answer's own time counts whole seconds. */
const BELIEVED_MS = 10_000;

/** By how much this device is ahead of the shop, in milliseconds; 0 while it is near enough. */
export function aheadBy(saidAt: string | null, heardMs: number): number {
  const ahead = heardMs - Date.parse(saidAt ?? "");
  return Number.isNaN(ahead) || Math.abs(ahead) <= BELIEVED_MS ? 0 : ahead;
}

let ahead = 0;

/** Hears the time at which the shop answered, as its Date header has it. */
export function hearTime(saidAt: string | null | undefined): void {
  if (saidAt) ahead = aheadBy(saidAt, Date.now());
}

/** The shop's present in milliseconds since 1970: deadlines are its own, however wrong this device's clock is. */
export const shopNow = (): number => Date.now() - ahead;
