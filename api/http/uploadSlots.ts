import { Refusal } from "../../domain/kernel/errors.ts";

/** Bodies that one process holds at once: 200 MB. */
const AT_ONCE = 40;
/** Of one account: somebody shows one receipt, perhaps a second while the first hangs. */
const OF_USER = 2;
/** Of one address, which may be a school: a body may take minutes, and a few machines must not hold all slots. */
const OF_ADDRESS = 8;
const BUSY_FOR_S = 5;

/** Whose body is read. */
export interface Sender {
  readonly userId: string | null;
  readonly address: string;
}

/** Bodies that are being read. */
export interface UploadSlots {
  /**
   * Runs `read` in a slot that is free again when it ends, however that is.
   *
   * @throws Refusal RATE_LIMITED while the account, its address or everybody together has as many as they may
   */
  hold<T>(sender: Sender, read: () => Promise<T>): Promise<T>;
}

/** Slots of this process: nobody can hold those of others by sending slowly. */
export function uploadSlots(): UploadSlots {
  const held = new Map<string, number>();
  const move = (keys: readonly (readonly [string, number])[], by: 1 | -1) => {
    for (const [key] of keys) {
      const now = (held.get(key) ?? 0) + by;
      if (now === 0) held.delete(key);
      else held.set(key, now);
    }
  };
  return {
    async hold({ userId, address }, read) {
      const keys = [
        ["all", AT_ONCE],
        [`address:${address}`, OF_ADDRESS],
        [`user:${userId}`, OF_USER],
      ] as const;
      if (keys.some(([key, most]) => (held.get(key) ?? 0) >= most))
        throw new Refusal("RATE_LIMITED", "Too many files at once; try again", { retryAfter: BUSY_FOR_S });
      move(keys, 1);
      try {
        return await read();
      } finally {
        move(keys, -1);
      }
    },
  };
}
