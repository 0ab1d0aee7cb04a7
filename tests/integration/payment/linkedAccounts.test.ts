import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { GatewayUnavailable, GatewayUnreadable } from "../../../domain/kernel/errors.ts";
import { listLinkedAccounts } from "../../../domain/payment/linkedAccount.queries.ts";
import { linkGopay } from "../../../domain/payment/linkGopay.ts";
import { pollAccounts } from "../../../domain/payment/pollAccounts.ts";
import { receiveAccountNews } from "../../../domain/payment/receiveAccountNews.ts";
import { unlinkGopay } from "../../../domain/payment/unlinkGopay.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import {
  accountIdOf,
  ask,
  linkAccount,
  losing,
  moveRemote,
  pathOf,
  press,
  remoteAccounts,
  remoteOf,
  stateOf,
} from "./accountFacts.ts";
import { alerts } from "./facts.ts";
import { newKey } from "./subscriptionFacts.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
let shop: LiveShop;

beforeAll(async () => {
  shop = await openLiveShop();
});
afterAll(async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

/** What the gateway would tell of an account; nothing of it is believed. */
const tell = async (id: string, more: object = {}) =>
  receiveAccountNews(shop.app, JSON.stringify({ account_id: await accountIdOf(shop, id), ...more }));

const secretsOf = (id: string) =>
  shop.one<{ tokenSealed: string | null; linksSealed: string | null }>(
    "select token_sealed, links_sealed from linked_accounts where id = $1",
    id,
  );

describe("a GoPay account", () => {
  test("is linked when its owner agrees at GoPay, and then its link is forgotten", async () => {
    const buyer = await shop.addBuyer();
    const id = await ask(shop, buyer);
    const [waiting] = await listLinkedAccounts(shop.app, buyer);
    expect(waiting).toMatchObject({ id, state: "PENDING", maskedPhone: "+62812****0001" });
    expect(waiting?.linkUrl).toMatch(/^http/);
    await press(shop, buyer, id, "allow");
    expect(await tell(id)).toBe("stored");
    expect(await pollAccounts(shop.app)).toBeGreaterThan(0);
    const [linked] = await listLinkedAccounts(shop.app, buyer);
    expect(linked).toMatchObject({ id, state: "LINKED", linkUrl: null, deeplinkUrl: null });
    expect(linked?.linkedAt).toBeInstanceOf(Date);
    expect(await pathOf(shop, id)).toEqual(["LINKING", "PENDING", "LINKED"]);
  });

  test("is known as linked without any news", async () => {
    const buyer = await shop.addBuyer();
    const id = await ask(shop, buyer);
    await press(shop, buyer, id, "allow");
    shop.advance(11_000);
    await pollAccounts(shop.app);
    expect(await stateOf(shop, id)).toBe("LINKED");
  });

  test("is linked by nobody's word but the gateway's own", async () => {
    const id = await ask(shop, await shop.addBuyer());
    await tell(id, { account_status: "ENABLED", status_code: "200", signature_key: "x" });
    shop.advance(MINUTE);
    await pollAccounts(shop.app);
    expect(await stateOf(shop, id)).toBe("PENDING");
    expect(await receiveAccountNews(shop.app, '{"account_id":"3f5c1d2e-8a7b"}')).toBe("unknown");
    await expect(receiveAccountNews(shop.app, "no news")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(receiveAccountNews(shop.app, '{"account_id":"../x"}')).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  test("that its owner refuses, or forgets, is not linked, and another link may be asked for", async () => {
    const buyer = await shop.addBuyer();
    const id = await ask(shop, buyer);
    await press(shop, buyer, id, "refuse");
    await tell(id);
    await pollAccounts(shop.app);
    expect(await stateOf(shop, id)).toBe("EXPIRED");
    expect(await secretsOf(id)).toEqual({ tokenSealed: null, linksSealed: null });
    expect(await stateOf(shop, await linkAccount(shop, buyer))).toBe("LINKED");
  });

  test.each<[string, Partial<App["accounts"]>]>([
    ["of no form", { fetch: () => Promise.reject(new GatewayUnreadable("midtrans", "no account", "none")) }],
    ["a word", { fetch: async (accountId) => ({ accountId, status: "STRANGE", walletToken: null }) }],
  ])(
    "of which the gateway says what nobody can read (%s) is a person's, once, until it can be read",
    async (_, says) => {
      const buyer = await shop.addBuyer();
      const id = await ask(shop, buyer);
      const unread = { ...shop.app, accounts: { ...shop.app.accounts, ...says } };
      const lookAgain = async (app: App, afterMs: number) => {
        shop.advance(afterMs);
        await pollAccounts(app);
        return alerts(shop, id);
      };
      expect(await lookAgain(unread, MINUTE)).toEqual({ ACCOUNT_LOOK_FAILED: 1 });
      expect(await lookAgain(unread, 50 * MINUTE)).toEqual({ ACCOUNT_LOOK_FAILED: 1 });
      expect(await lookAgain(unread, 15 * MINUTE)).toEqual({ ACCOUNT_LOOK_FAILED: 2 });
      expect(await stateOf(shop, id)).toBe("PENDING");
      await press(shop, buyer, id, "allow");
      expect(await lookAgain(shop.app, 61 * MINUTE)).toEqual({});
      expect(await stateOf(shop, id)).toBe("LINKED");
    },
  );

  test("of which the gateway says nothing because it is away is nobody's alert", async () => {
    const id = await ask(shop, await shop.addBuyer());
    const fetch = () => Promise.reject(new GatewayUnavailable("midtrans", "no answer", "none"));
    shop.advance(MINUTE);
    await pollAccounts({ ...shop.app, accounts: { ...shop.app.accounts, fetch } });
    expect(await alerts(shop, id)).toEqual({});
    shop.advance(3 * MINUTE);
    await pollAccounts(shop.app);
    expect(await stateOf(shop, id)).toBe("PENDING");
  });

  test("of a number that is none is not asked for", async () => {
    const before = (await remoteAccounts(shop)).length;
    const asked = ask(shop, await shop.addBuyer(), shop.app, { phone: "12345" });
    await expect(asked).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await remoteAccounts(shop)).toHaveLength(before);
  });

  test.each([
    ["+62123450001", "NOT_REGISTERED"],
    ["+62123450002", "BLOCKED"],
  ])("that GoPay does not link says why: %s, %s", async (phone, refusal) => {
    const buyer = await shop.addBuyer();
    await ask(shop, buyer, shop.app, { phone });
    expect(await listLinkedAccounts(shop.app, buyer)).toMatchObject([{ state: "REFUSED", refusal, linkUrl: null }]);
  });

  test("asked for twenty times with one key is asked for once", async () => {
    const buyer = await shop.addBuyer();
    const [before, key] = [(await remoteAccounts(shop)).length, newKey()];
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => linkGopay(shop.app, buyer, { idempotencyKey: key })),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await remoteAccounts(shop)).toHaveLength(before + 1);
    await expect(linkGopay(shop.app, buyer, { idempotencyKey: key, phone: "081200000002" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
  });

  test("has at most five links a customer, however many are asked for at once", async () => {
    const buyer = await shop.addBuyer();
    const all = await Promise.allSettled(Array.from({ length: 9 }, () => ask(shop, buyer)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const refused = all.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
    expect(new Set(refused)).toEqual(new Set(["CONFLICT"]));
  });

  test.each(["taken", "lost"] as const)("whose link is lost on its way (%s) is given to nobody", async (is) => {
    const buyer = await shop.addBuyer();
    const id = await ask(shop, buyer, losing(shop.app, "link", is));
    expect(await stateOf(shop, id)).toBe("EXPIRED");
    expect(await stateOf(shop, await linkAccount(shop, buyer))).toBe("LINKED");
  });

  test("whose process ended while it was asked for is given up", async () => {
    const buyer = await shop.addBuyer();
    const ended = { ...shop.app.accounts, link: () => Promise.reject(new Error("ended")) };
    await expect(ask(shop, buyer, { ...shop.app, accounts: ended })).rejects.toThrow("ended");
    expect(await listLinkedAccounts(shop.app, buyer)).toMatchObject([{ state: "LINKING" }]);
    shop.advance(2 * MINUTE);
    await pollAccounts(shop.app);
    expect(await listLinkedAccounts(shop.app, buyer)).toMatchObject([{ state: "EXPIRED" }]);
  });

  test("is not another customer's to have by its number, nor to see or unlink", async () => {
    const [owner, thief] = [await shop.addBuyer(), await shop.addBuyer()];
    const id = await linkAccount(shop, owner);
    const accountId = (await accountIdOf(shop, id)) as string;
    const link = async () => ({ accountId, linkUrl: "https://gopay.test/x", deeplinkUrl: null });
    const taken = await ask(shop, thief, { ...shop.app, accounts: { ...shop.app.accounts, link } });
    expect(await listLinkedAccounts(shop.app, thief)).toMatchObject([{ id: taken, refusal: "ALREADY_LINKED" }]);
    await expect(unlinkGopay(shop.app, thief, { id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await stateOf(shop, id)).toBe("LINKED");
  });

  test("that was unlinked may be linked again, under the id that the gateway knows it by", async () => {
    const owner = await shop.addBuyer();
    const id = await linkAccount(shop, owner);
    const accountId = (await accountIdOf(shop, id)) as string;
    const link = async () => ({ accountId, linkUrl: "https://gopay.test/x", deeplinkUrl: null });
    const known = { ...shop.app, accounts: { ...shop.app.accounts, link } };
    expect(await stateOf(shop, await ask(shop, owner, known))).toBe("REFUSED");
    await unlinkGopay(shop.app, owner, { id });
    expect(await stateOf(shop, id)).toBe("UNLINKED");
    expect(await stateOf(shop, await ask(shop, owner, known))).toBe("PENDING");
  });

  test("stands in no record of ours as it can be charged or agreed to by", async () => {
    const buyer = await shop.addBuyer();
    await linkAccount(shop, buyer);
    await ask(shop, buyer);
    const accounts = await remoteAccounts(shop);
    const secrets = accounts.flatMap(({ id, options }) => [`/gopay/link/${id}`, ...options.map(({ token }) => token)]);
    expect(secrets.length).toBeGreaterThan(4);
    const tables = await shop.app.db.sql<{ name: string }>(
      `select table_name as name from information_schema.tables
        where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const [row] = await shop.app.db.sql<{ n: number }>(
        `select count(*)::int as n from "${name}" t, unnest($1::text[]) as w(secret)
          where strpos(t::text, w.secret) > 0`,
        [secrets],
      );
      expect([name, row?.n]).toEqual([name, 0]);
    }
  });
});

describe("unlinking a GoPay account", () => {
  test("ends it at the gateway, and its token is gone", async () => {
    const buyer = await shop.addBuyer();
    const id = await linkAccount(shop, buyer);
    expect((await secretsOf(id)).tokenSealed).not.toBeNull();
    await unlinkGopay(shop.app, buyer, { id });
    await unlinkGopay(shop.app, buyer, { id });
    expect(await remoteOf(shop, id)).toMatchObject({ status: "DISABLED" });
    expect([await stateOf(shop, id), (await secretsOf(id)).tokenSealed]).toEqual(["UNLINKED", null]);
  });

  test.each(["taken", "lost"] as const)("whose answer is lost (%s) goes on until it is ended there", async (is) => {
    const buyer = await shop.addBuyer();
    const id = await linkAccount(shop, buyer);
    await unlinkGopay(losing(shop.app, "unlink", is), buyer, { id });
    expect([await stateOf(shop, id), (await secretsOf(id)).tokenSealed]).toEqual(["UNLINKING", null]);
    shop.advance(2 * MINUTE);
    await pollAccounts(shop.app);
    expect([await stateOf(shop, id), (await remoteOf(shop, id))?.status]).toEqual(["UNLINKED", "DISABLED"]);
  });

  test("before its owner has agreed ends it also where he agrees a moment later", async () => {
    const buyer = await shop.addBuyer();
    const id = await ask(shop, buyer);
    const { linkUrl } = (await listLinkedAccounts(shop.app, buyer))[0] as { linkUrl: string };
    await unlinkGopay(shop.app, buyer, { id });
    expect(await stateOf(shop, id)).toBe("UNLINKING");
    await fetch(linkUrl, { method: "POST", redirect: "manual", body: new URLSearchParams({ action: "allow" }) });
    shop.advance(2 * MINUTE);
    await pollAccounts(shop.app);
    expect([await stateOf(shop, id), (await remoteOf(shop, id))?.status]).toEqual(["UNLINKED", "DISABLED"]);
  });

  test("in GoPay's own app is found within a day", async () => {
    const buyer = await shop.addBuyer();
    const id = await linkAccount(shop, buyer);
    await moveRemote(shop, id, { account_status: "DISABLED" });
    shop.advance(DAY + MINUTE);
    while ((await pollAccounts(shop.app)) > 0);
    expect([await stateOf(shop, id), (await secretsOf(id)).tokenSealed]).toEqual(["UNLINKED", null]);
  });
});
