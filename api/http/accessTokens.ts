import { jwtVerify, SignJWT } from "jose";
import { type Actor, ANONYMOUS, ROLES, type Role } from "../../domain/kernel/actor.ts";
import { isId, type UserId } from "../../domain/kernel/ids.ts";
import { MINUTE_MS } from "../../domain/kernel/time.ts";
import type { Clock } from "../../platform/clock.ts";

const ALGORITHM = "HS256";
const ISSUER = "lunas";
const AUDIENCE = "lunas-api";
const PERSON_TOKEN_MS = 15 * MINUTE_MS;
export const SERVICE_TOKEN_MS = 5 * MINUTE_MS;
const SERVICE_SUBJECT = "service";
/** Verified tokens that are remembered: a signature is checked once, not at each request of its 15 minutes. */
const REMEMBERED_MAX = 10_000;
const TOKEN_CHARS_MAX = 2_000; // ours have some 250; a longer one is not worth checking

/** Gives and reads the short-lived tokens of the Authorization header. */
export interface AccessTokens {
  /** A person's token, good for 15 minutes. */
  forUser(user: { readonly id: UserId; readonly role: Role }): Promise<string>;
  /** A service's token, good for 5 minutes. */
  forService(): Promise<string>;
  /** Who a header `Bearer ...` speaks for: ANONYMOUS for none, an old one, or one that we did not sign. */
  read(header: string | undefined): Promise<Actor>;
}

/** An actor out of verified claims; ANONYMOUS where they are not ours. */
function actorOf(subject: unknown, role: unknown): Actor {
  if (role === "SERVICE" && subject === SERVICE_SUBJECT) return { role: "SERVICE", userId: null };
  if (typeof subject !== "string" || !isId(subject) || role === "SERVICE" || !ROLES.includes(role as Role))
    return ANONYMOUS;
  return { role: role as Role, userId: subject as UserId };
}

interface Remembered {
  readonly actor: Actor;
  readonly endsMs: number;
}

/** What a verified token says until it ends; the oldest make room. Keyed by the whole token, signature included. */
function createMemory(clock: Clock) {
  const known = new Map<string, Remembered>();
  return {
    find(token: string): Actor | null {
      const entry = known.get(token);
      if (!entry) return null;
      if (entry.endsMs > clock.now().getTime()) return entry.actor;
      known.delete(token);
      return null;
    },
    keep(token: string, entry: Remembered): void {
      const oldest = known.size >= REMEMBERED_MAX ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      known.set(token, entry);
    },
  };
}

export function createAccessTokens(secret: string, clock: Clock): AccessTokens {
  const key = new TextEncoder().encode(secret);
  const memory = createMemory(clock);
  const sign = (subject: string, role: Role, lifeMs: number) => {
    const now = clock.now().getTime();
    return new SignJWT({ role })
      .setProtectedHeader({ alg: ALGORITHM })
      .setSubject(subject)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(new Date(now))
      .setExpirationTime(new Date(now + lifeMs))
      .sign(key);
  };
  return {
    forUser: ({ id, role }) => sign(id, role, PERSON_TOKEN_MS),
    forService: () => sign(SERVICE_SUBJECT, "SERVICE", SERVICE_TOKEN_MS),
    async read(header) {
      const token = /^Bearer +(\S+)$/i.exec(header ?? "")?.[1];
      if (token === undefined || token.length > TOKEN_CHARS_MAX) return ANONYMOUS;
      const known = memory.find(token);
      if (known) return known;
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          currentDate: clock.now(),
          requiredClaims: ["sub", "exp", "role"],
        });
        const actor = actorOf(payload.sub, payload["role"]);
        memory.keep(token, { actor, endsMs: Number(payload.exp) * 1000 });
        return actor;
      } catch {
        return ANONYMOUS; // old or forged: the operation says UNAUTHENTICATED where it needs somebody
      }
    },
  };
}
