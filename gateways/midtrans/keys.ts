/** Which of Midtrans's two environments a key is of, as far as its beginning tells. */
export type KeyKind = "sandbox" | "production" | "unknown";

/** By a key's documented beginning. Some newer sandbox keys lack it, so that this is never more than a hint. */
export function keyKind(key: string): KeyKind {
  if (/^SB-Mid-(server|client)-/.test(key)) return "sandbox";
  return /^Mid-(server|client)-/.test(key) ? "production" : "unknown";
}

/** What a key is for, as far as its beginning tells; null where it tells nothing. */
export function keyUse(key: string): "server" | "client" | null {
  return (/^(?:SB-)?Mid-(server|client)-/.exec(key)?.[1] as "server" | "client" | undefined) ?? null;
}
