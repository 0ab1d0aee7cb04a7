import { hashPassword, TooBusyToHash, verifyPassword } from "../../platform/credentials.ts";
import { Refusal } from "../kernel/errors.ts";

const RETRY_AFTER_S = 1;

function refuseWhenBusy(error: unknown): never {
  if (error instanceof TooBusyToHash) {
    throw new Refusal("RATE_LIMITED", "Too many people sign in right now", { retryAfter: RETRY_AFTER_S });
  }
  throw error;
}

/** Hashes a new password. @throws Refusal RATE_LIMITED when the machine has more to hash than it can */
export const hashBounded = (password: string): Promise<string> => hashPassword(password).catch(refuseWhenBusy);

/** Compares with the hash of an account, or does the same work where there is none. @throws Refusal RATE_LIMITED */
export const checkPassword = (stored: string | null, password: string): Promise<boolean> =>
  verifyPassword(stored, password).catch(refuseWhenBusy);
