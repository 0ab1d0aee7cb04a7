/** Where "now" comes from. Tests set it; nothing in domain/ or gateways/ asks the machine directly. */
export interface Clock {
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };
