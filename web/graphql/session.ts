export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

type News = { readonly kind: "tokens"; readonly accessToken: string } | { readonly kind: "signedOut" };

/** What a session needs of the browser; tests give it a browser of their own. */
export interface SessionParts {
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Runs one piece of work at a time over all tabs. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /** Tells the other tabs, and hears them. */
  readonly tabs: { post(news: News): void; listen(hear: (news: News) => void): void };
  /** Trades a refresh token; "refused" where the server takes it no longer. Rejects where nobody answered. */
  exchange(refreshToken: string): Promise<Tokens | "refused">;
  /** Milliseconds; only differences count. */
  now(): number;
}

export interface Session {
  signedIn(): boolean;
  /** The access token at hand, fresh or not, without waiting. */
  current(): string | null;
  /** An access token that should be accepted, renewed first where it is about to end; null when signed out. */
  bearer(): Promise<string | null>;
  /** A token other than the stale one. Calls at once, from any tab, make one exchange each at most, in turn. */
  renew(stale: string | null): Promise<string | null>;
  signIn(tokens: Tokens): void;
  /** Forgets the tokens here and in the other tabs, and gives the refresh token to tell the server. */
  signOut(): string | null;
  /**
   * Hears of signing in and out, here or in another tab, and whether somebody left: a tab that slept meanwhile may hear
   * of it when the next one has come already. Answers how to stop.
   */
  subscribe(hear: (hasLeft: boolean) => void): () => void;
}

const KEY = "lunas.refresh";
/** An access token this close to its end may be refused by the time it arrives. */
const MARGIN_MS = 20_000;

/** The life of a JWT in milliseconds by its own claims, so by the server's clock alone; null where it has none. */
export function lifeOf(jwt: string): number | null {
  try {
    const body = jwt.split(".")[1] ?? "";
    const claims = JSON.parse(atob(body.replace(/-/g, "+").replace(/_/g, "/"))) as { exp?: unknown; iat?: unknown };
    return typeof claims.exp === "number" && typeof claims.iat === "number" ? (claims.exp - claims.iat) * 1000 : null;
  } catch {
    // Not a JWT: it is used until the server refuses it.
    return null;
  }
}

/**
 * Keeps the access token in memory and the refresh token in storage. A refresh token is good once, so renewals wait for
 * each other: within a tab by sharing one promise, over tabs by the lock and by reading the stored token inside it.
 * One thing: every function in here guards the same three variables.
 */
export function createSession(parts: SessionParts): Session {
  let access: string | null = null;
  let freshUntil = 0;
  let renewal: Promise<string | null> | null = null;
  const hearers = new Set<(hasLeft: boolean) => void>();
  const tell = (hasLeft: boolean) => {
    for (const hear of hearers) hear(hasLeft);
  };
  const hold = (token: string) => {
    access = token;
    freshUntil = parts.now() + Math.max((lifeOf(token) ?? Number.MAX_SAFE_INTEGER) - MARGIN_MS, 0);
  };
  const drop = () => {
    access = null;
    freshUntil = 0;
  };

  async function exchangeInTurn(stale: string | null): Promise<string | null> {
    // Another tab was first while we waited for the lock.
    if (access !== null && access !== stale) return access;
    const refreshToken = parts.storage.getItem(KEY);
    if (refreshToken === null) return null;
    const answer = await parts.exchange(refreshToken);
    if (answer === "refused") {
      // Somebody may have signed in anew while the old token was on its way.
      if (parts.storage.getItem(KEY) === refreshToken) {
        parts.storage.removeItem(KEY);
        drop();
        parts.tabs.post({ kind: "signedOut" });
        tell(true);
      }
      return null;
    }
    // Whoever signed out meanwhile stays so, and so does who signed in anew.
    if (parts.storage.getItem(KEY) !== refreshToken) return access;
    parts.storage.setItem(KEY, answer.refreshToken);
    hold(answer.accessToken);
    parts.tabs.post({ kind: "tokens", accessToken: answer.accessToken });
    return answer.accessToken;
  }

  function renew(stale: string | null): Promise<string | null> {
    renewal ??= parts
      .exclusive(() => exchangeInTurn(stale))
      .finally(() => {
        renewal = null;
      });
    return renewal;
  }

  parts.tabs.listen((news) => {
    const before = access !== null;
    // Tokens that crossed a sign-out on their way are nobody's any more.
    if (news.kind === "tokens" && parts.storage.getItem(KEY) !== null) hold(news.accessToken);
    else drop();
    const hasLeft = news.kind === "signedOut" || (before && access === null);
    if (hasLeft || before !== (access !== null)) tell(hasLeft);
  });

  return {
    signedIn: () => access !== null || parts.storage.getItem(KEY) !== null,
    current: () => access,
    renew,
    async bearer() {
      if (access !== null && parts.now() < freshUntil) return access;
      return parts.storage.getItem(KEY) === null ? access : renew(access);
    },
    signIn(tokens) {
      parts.storage.setItem(KEY, tokens.refreshToken);
      hold(tokens.accessToken);
      parts.tabs.post({ kind: "tokens", accessToken: tokens.accessToken });
      tell(false);
    },
    signOut() {
      const refreshToken = parts.storage.getItem(KEY);
      parts.storage.removeItem(KEY);
      drop();
      parts.tabs.post({ kind: "signedOut" });
      tell(true);
      return refreshToken;
    },
    subscribe(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  };
}
