import { createHmac, timingSafeEqual } from "node:crypto";

const SIGNATURE_CHARS = 43; // base64url of 32 bytes

function signatureOf(secret: string, path: string, expires: string): Buffer {
  return createHmac("sha256", secret).update(`link\0${path}\0${expires}`).digest();
}

/** The path with an end (seconds since 1970) and a signature over both: HMAC-SHA256 under `secret`. */
export function signLink(secret: string, path: string, expiresAt: Date): string {
  const expires = String(Math.floor(expiresAt.getTime() / 1000));
  return `${path}?expires=${expires}&signature=${signatureOf(secret, path, expires).toString("base64url")}`;
}

/** `forged` also for anything malformed; only a link that was really ours can be `over`. Compares in constant time. */
export function checkLink(
  secret: string,
  path: string,
  query: { readonly expires?: unknown; readonly signature?: unknown },
  now: Date,
): "good" | "over" | "forged" {
  const { expires, signature } = query;
  if (typeof expires !== "string" || !/^\d{1,12}$/.test(expires)) return "forged";
  if (typeof signature !== "string" || signature.length !== SIGNATURE_CHARS) return "forged";
  const given = Buffer.from(signature, "base64url");
  const wanted = signatureOf(secret, path, expires);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return "forged";
  return now.getTime() < Number(expires) * 1000 ? "good" : "over";
}
