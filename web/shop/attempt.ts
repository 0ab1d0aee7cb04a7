/** Gives the idempotency key of an attempt: the same as long as the input is the same, a new one when it changes. */
export interface Attempts {
  keyFor(input: unknown): string;
}

/**
 * The keys of one form. A double click or a repeat after a lost answer sends the same key, and the server does it
 * once; a changed basket, address or total is another attempt. `newKey` makes 8 to 64 characters, never twice the same.
 */
export function createAttempts(newKey: () => string): Attempts {
  let fingerprint = "";
  let key = "";
  return {
    keyFor(input) {
      const now = JSON.stringify(input);
      if (now !== fingerprint || key === "") {
        fingerprint = now;
        key = newKey();
      }
      return key;
    },
  };
}
