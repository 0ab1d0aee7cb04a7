import { createHash, randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

/** OWASP's "Password Storage Cheat Sheet" for argon2id: 19 MiB, 2 passes, 1 lane. About 25 ms of one core. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashings that may run or wait at once in a process: some 3 s of work. More would only time out in the queue. */
const HASHES_MAX = 128;
let running = 0;

/** More passwords are being checked than this machine can. Trying again in a second is right. */
export class TooBusyToHash extends Error {
  override readonly name = "TooBusyToHash";
}

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= HASHES_MAX) throw new TooBusyToHash("too many passwords at once");
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
  }
}

/** argon2id with its own salt, as a PHC string. @throws TooBusyToHash */
export const hashPassword = (password: string): Promise<string> => bounded(() => hash(password, ARGON2ID));

let decoy: Promise<string> | null = null;

/**
 * Whether the password is the one behind the hash. Without a hash (nobody has that name) the same work is done against
 * a decoy, so that the time of the answer says nothing about who has an account.
 *
 * @throws TooBusyToHash
 */
export function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  return bounded(async () => {
    decoy ??= hash(randomBytes(16).toString("hex"), ARGON2ID);
    const against = await decoy;
    return (await verify(stored ?? against, password)) && stored !== null;
  });
}

const TOKEN_BYTES = 32;

/** 256 random bits, base64url: 43 characters. */
export const newOpaqueToken = (): string => randomBytes(TOKEN_BYTES).toString("base64url");

/** How an opaque token is stored: it has 256 random bits already, so that a plain hash is enough. */
export const hashOfToken = (token: string): string => createHash("sha256").update(token).digest("hex");
