import { expect, test } from "vitest";
import { createSession, lifeOf, type SessionParts, type Tokens } from "../../../web/graphql/session.ts";

type News = Parameters<SessionParts["tabs"]["post"]>[0];

/** Several tabs of one browser: one storage, one lock, a channel between them, and a server that burns used tokens. */
function browser() {
  const stored = new Map<string, string>();
  const ears: ((news: News) => void)[] = [];
  const exchanged: string[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  let clock = 0;
  let answer: (token: string) => Promise<Tokens | "refused"> = async (token) => {
    if (exchanged.filter((used) => used === token).length > 1) return "refused";
    return { accessToken: `access-${exchanged.length}`, refreshToken: `refresh-${exchanged.length}` };
  };
  const openTab = () => {
    const own: ((news: News) => void)[] = [];
    return createSession({
      storage: {
        getItem: (key) => stored.get(key) ?? null,
        setItem: (key, value) => void stored.set(key, value),
        removeItem: (key) => void stored.delete(key),
      },
      exclusive<T>(work: () => Promise<T>) {
        const mine = turn.then(work, work);
        turn = mine.catch(() => undefined);
        return mine;
      },
      tabs: {
        post: (news) => {
          for (const hear of ears) if (!own.includes(hear)) hear(news);
        },
        listen: (hear) => {
          own.push(hear);
          ears.push(hear);
        },
      },
      exchange(token) {
        exchanged.push(token);
        return answer(token);
      },
      now: () => clock,
    });
  };
  return {
    openTab,
    stored,
    exchanged,
    later: (ms: number) => {
      clock += ms;
    },
    answerWith: (next: typeof answer) => {
      answer = next;
    },
  };
}

const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;

test("ten requests at once trade the refresh token once", async () => {
  const { openTab, stored, exchanged } = browser();
  stored.set("lunas.refresh", "first");
  const tab = openTab();
  const tokens = await Promise.all(Array.from({ length: 10 }, () => tab.bearer()));
  expect(new Set(tokens)).toEqual(new Set(["access-1"]));
  expect(exchanged).toEqual(["first"]);
  expect(stored.get("lunas.refresh")).toBe("refresh-1");
});

test("two tabs that meet an ended token never use the same refresh token", async () => {
  const { openTab, stored, exchanged } = browser();
  stored.set("lunas.refresh", "first");
  const [one, two] = [openTab(), openTab()];
  const tokens = await Promise.all([one.renew("stale"), two.renew("stale")]);
  expect(tokens.every((token) => token?.startsWith("access-"))).toBe(true);
  expect(new Set(exchanged).size).toBe(exchanged.length);
  expect(one.signedIn() && two.signedIn()).toBe(true);
});

test("a token that another tab renewed meanwhile is taken over without asking", async () => {
  const { openTab, exchanged } = browser();
  const [one, two] = [openTab(), openTab()];
  one.signIn({ accessToken: "fresh", refreshToken: "first" });
  expect(await two.renew("stale")).toBe("fresh");
  expect(exchanged).toEqual([]);
});

test("a server that does not answer signs nobody out", async () => {
  const { openTab, stored, answerWith } = browser();
  stored.set("lunas.refresh", "first");
  const tab = openTab();
  answerWith(() => Promise.reject(new TypeError("no network")));
  await expect(tab.bearer()).rejects.toThrow("no network");
  expect(tab.signedIn()).toBe(true);
  expect(stored.get("lunas.refresh")).toBe("first");
});

test("a refused refresh token signs out every tab, and each hears of it", async () => {
  const { openTab, answerWith } = browser();
  const [one, two] = [openTab(), openTab()];
  one.signIn({ accessToken: "old", refreshToken: "first" });
  const heard: string[] = [];
  one.subscribe(() => heard.push("one"));
  two.subscribe(() => heard.push("two"));
  answerWith(async () => "refused");
  expect(await one.renew("old")).toBeNull();
  expect([one.signedIn(), two.signedIn(), two.current()]).toEqual([false, false, null]);
  expect(heard.sort()).toEqual(["one", "two"]);
});

test("somebody who signs in while an old token is refused stays signed in", async () => {
  const { openTab, answerWith } = browser();
  const [one, two] = [openTab(), openTab()];
  one.signIn({ accessToken: "old", refreshToken: "first" });
  answerWith(async () => {
    two.signIn({ accessToken: "new", refreshToken: "second" });
    return "refused";
  });
  await one.renew("old");
  expect([two.signedIn(), await two.bearer()]).toEqual([true, "new"]);
});

test("a token that is about to end is renewed before it is sent", async () => {
  const { openTab, exchanged, later } = browser();
  const tab = openTab();
  tab.signIn({ accessToken: jwt({ iat: 1_000, exp: 1_900 }), refreshToken: "first" });
  expect(await tab.bearer()).toBe(jwt({ iat: 1_000, exp: 1_900 }));
  later(885_000);
  expect(await tab.bearer()).toBe("access-1");
  expect(exchanged).toEqual(["first"]);
});

test("signing out gives the refresh token to revoke, and leaves nothing behind", () => {
  const { openTab, stored } = browser();
  const tab = openTab();
  tab.signIn({ accessToken: "a", refreshToken: "first" });
  expect(tab.signOut()).toBe("first");
  expect([stored.size, tab.current(), tab.signedIn()]).toEqual([0, null, false]);
});

test("who signs out while a token is renewed stays signed out, here and in the other tabs", async () => {
  const { openTab, stored, answerWith } = browser();
  const [one, two] = [openTab(), openTab()];
  one.signIn({ accessToken: "old", refreshToken: "first" });
  answerWith(async () => {
    one.signOut();
    return { accessToken: "late", refreshToken: "second" };
  });
  expect(await one.renew("old")).toBeNull();
  expect([stored.size, one.signedIn(), two.signedIn(), two.current()]).toEqual([0, false, false, null]);
});

test("a tab that signed out takes no tokens that were on their way to it", () => {
  let news: (news: News) => void = () => undefined;
  const tab = createSession({
    storage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
    exclusive: (work) => work(),
    tabs: {
      post: () => undefined,
      listen: (hear) => {
        news = hear;
      },
    },
    exchange: async () => "refused",
    now: () => 0,
  });
  news({ kind: "tokens", accessToken: "late" });
  expect([tab.signedIn(), tab.current()]).toEqual([false, null]);
});

test("a tab that slept hears that somebody left, although the next one has come already", () => {
  let news: (news: News) => void = () => undefined;
  const tab = createSession({
    storage: { getItem: () => "the next one's", setItem: () => undefined, removeItem: () => undefined },
    exclusive: (work) => work(),
    tabs: {
      post: () => undefined,
      listen: (hear) => {
        news = hear;
      },
    },
    exchange: async () => "refused",
    now: () => 0,
  });
  const heard: boolean[] = [];
  tab.subscribe((hasLeft) => heard.push(hasLeft));
  tab.signIn({ accessToken: "first", refreshToken: "first" });
  news({ kind: "signedOut" });
  news({ kind: "tokens", accessToken: "second" });
  expect(heard).toEqual([false, true, false]);
});

test("a token that is no JWT has no known life", () => {
  expect([lifeOf("opaque"), lifeOf("a.b.c"), lifeOf(jwt({ iat: 5, exp: 10 }))]).toEqual([null, null, 5_000]);
});
