import { type Request, type Response, Router } from "express";
import { notifyAccount, setAccount, withNewTokens } from "../midtrans/accounts.ts";
import { isObject, type Json } from "../midtrans/checks.ts";
import { runCharge, subscriptionBody } from "../midtrans/subscriptionRuns.ts";
import type { Wire } from "../midtrans/wire.ts";
import type { AccountStatus, CardOutcome, CardToken, ChargeFailure, PayAccount, Subscription } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { notificationView } from "./view.ts";

/** Sends an answer once what it tells is on disk. */
export type Answering = (res: Response, status: number, body: unknown) => Promise<void>;

/** Rows of one list, newest first. */
const LIST_MAX = 1_000;

/** Charges of one subscription whose end may be fixed in advance. */
const MAX_FAILS = 20;

const OUTCOMES: readonly CardOutcome[] = [
  ...(["accept", "challenge", "deny", "fraud", "insufficient", "insufficient_above", "late", "unproven"] as const),
];
const FAILURES: readonly ChargeFailure[] = ["deny", "challenge", "411", "402", "500"];
const ACCOUNT_STATES: readonly AccountStatus[] = ["PENDING", "EXPIRED", "ENABLED", "DISABLED"];
const BEHAVIOURS: readonly PayAccount["behaviour"][] = ["settle", "pin", "deny"];

const messagesOf = (sandbox: Sandbox, id: string): Wire[] =>
  sandbox.store.notifications.inGroup(id).map(notificationView);

const subscriptionView = (sandbox: Sandbox, subscription: Subscription): Wire => ({
  ...subscriptionBody(subscription, "news"),
  retry_at: subscription.retry_at === null ? null : new Date(subscription.retry_at).toISOString(),
  failed_charges: subscription.failed_charges,
  fails: subscription.fails,
  notifications: messagesOf(sandbox, subscription.id),
});

const accountView = (sandbox: Sandbox, account: PayAccount): Wire => ({
  ...account,
  notifications: messagesOf(sandbox, account.id),
});

const isOneOf = <T extends string>(words: readonly T[], word: unknown): word is T =>
  words.some((known) => known === word);

/**
 * Moves a subscription: `fails` fixes how its next charges end, `charge` makes one now: the regular one, or "retry".
 * Answers the subscription, or one sentence that says what is wrong.
 */
export function moveSubscription(sandbox: Sandbox, subscription: Subscription, body: Json): Subscription | string {
  const { fails = subscription.fails, charge = null } = body;
  if (!Array.isArray(fails) || fails.length > MAX_FAILS || !fails.every((word) => isOneOf(FAILURES, word))) {
    return `fails must be a list of at most ${MAX_FAILS} of ${FAILURES.join(", ")}`;
  }
  if (charge !== null && charge !== "regular" && charge !== "retry") return "charge must be regular or retry";
  const planned = sandbox.store.subscriptions.put({ ...subscription, fails });
  return charge === null ? planned : runCharge(sandbox, planned, charge);
}

/** Moves an account: its state, how its next charges end, its balance, new payment option tokens. */
export function moveAccount(sandbox: Sandbox, account: PayAccount, body: Json): PayAccount | string {
  const { account_status: status = account.status, behaviour = account.behaviour, balance, rotate } = body;
  if (!isOneOf(ACCOUNT_STATES, status)) return `account_status must be one of ${ACCOUNT_STATES.join(", ")}`;
  if (!isOneOf(BEHAVIOURS, behaviour)) return `behaviour must be one of ${BEHAVIOURS.join(", ")}`;
  if (balance !== undefined && (!Number.isSafeInteger(balance) || Number(balance) < 0)) {
    return "balance must be a whole number of rupiah";
  }
  const options = account.options.map((row) => (balance === undefined ? row : { ...row, balance: Number(balance) }));
  const base = { ...account, behaviour, options };
  const changed = sandbox.store.accounts.put(rotate === true ? withNewTokens(base) : base);
  return status === account.status ? changed : setAccount(sandbox, changed, status);
}

/** Changes how charges of a saved card end, or makes the token invalid: they are answered 411 then. */
export function moveCard(sandbox: Sandbox, card: CardToken, body: Json): CardToken | string {
  const { outcome = card.outcome, state = card.state } = body;
  if (!isOneOf(OUTCOMES, outcome)) return `outcome must be one of ${OUTCOMES.join(", ")}`;
  if (!isOneOf(["usable", "used", "invalid"] as const, state)) return "state must be usable, used or invalid";
  return sandbox.store.cards.put({ ...card, outcome, state });
}

/** Subscriptions, linked accounts and saved cards: lists, and moves of each by POST to its own path. */
export function recurringControl(sandbox: Sandbox, answer: Answering): Router {
  const router = Router();
  const { store } = sandbox;
  const kind = <T extends { id: string }>(
    name: string,
    table: { get(id: string): T | undefined; values(): T[] },
    view: (row: T) => unknown,
    act: (row: T, body: Json) => T | string,
  ): void => {
    router.get(`/${name}`, (_req, res) =>
      answer(res, 200, { [name]: table.values().slice(-LIST_MAX).reverse().map(view) }),
    );
    router.get(`/${name}/:id`, (req: Request, res) => {
      const row = table.get(String(req.params["id"]));
      return row ? answer(res, 200, view(row)) : answer(res, 404, { error: "nothing known of it" });
    });
    router.post(`/${name}/:id`, (req: Request, res) => {
      const row = table.get(String(req.params["id"]));
      if (!row) return answer(res, 404, { error: "nothing known of it" });
      const moved = act(row, isObject(req.body) ? req.body : {});
      return typeof moved === "string" ? answer(res, 400, { error: moved }) : answer(res, 200, view(moved));
    });
  };
  kind(
    "subscriptions",
    store.subscriptions,
    (row) => subscriptionView(sandbox, row),
    (row, body) => moveSubscription(sandbox, row, body),
  );
  kind(
    "accounts",
    store.accounts,
    (row) => accountView(sandbox, row),
    (row, body) => moveAccount(sandbox, row, body),
  );
  kind(
    "cards",
    store.cards,
    (row) => row,
    (row, body) => moveCard(sandbox, row, body),
  );
  router.post("/accounts/:id/notify", (req, res) => {
    const account = store.accounts.get(req.params.id);
    if (!account) return answer(res, 404, { error: "nothing known of it" });
    return answer(res, 202, { notifications: notifyAccount(sandbox, account).map(notificationView) });
  });
  return router;
}
