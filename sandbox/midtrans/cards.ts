import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { type Request, Router } from "express";
import { type Answer, endpoint } from "../answer.ts";
import { wib } from "../clock.ts";
import type { CardToken } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { coreError, coreForm, invalid } from "./http.ts";
import { type CardProfile, findCard, masked, TEST_CVV } from "./testCards.ts";

/** How long a one-time token may wait for its charge, in real ms. */
const TOKEN_MS = 15 * 60_000;

/** How long a saved card is good, in real ms: five years, as long as a real card at most. */
const SAVED_MS = 5 * 365 * 86_400_000;

/** One-time tokens kept at once; the oldest go first, which only a flood within their lives reaches. */
const MAX_TOKENS = 10_000;

/** Points of a card that has a points programme, in points and in rupiah. */
const POINTS = { quantity: 500, amount: 500_000 };

const BAD_TOKEN = "Token id is missing, invalid, or timed out";

/** The refusal of a card token or payment option token that cannot be charged (midtrans.md 4.9). */
export const badToken = (sandbox: Sandbox): Answer => coreError(sandbox, 411, BAD_TOKEN);

const letters = (count: number): string => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join("");
};

const partOf = (profile: CardProfile | CardToken): Pick<CardToken, "card_type" | "outcome" | "three_ds" | "eci"> => {
  const { card_type, outcome, three_ds, eci } = profile;
  return { card_type, outcome, three_ds, eci };
};

function forget(sandbox: Sandbox, now: number): void {
  const once = sandbox.store.cards.values().filter((row) => row.kind === "once");
  for (const [at, row] of once.entries()) {
    if (row.expires_at <= now || once.length - at > MAX_TOKENS) sandbox.store.cards.remove(row.id);
  }
}

function issue(
  sandbox: Sandbox,
  from: CardProfile | CardToken,
  maskedCard: string,
  savedFrom: string | null,
): CardToken {
  const now = sandbox.clock.now();
  forget(sandbox, now);
  return sandbox.store.cards.put({
    ...partOf(from),
    id: `${maskedCard}-${randomUUID()}`,
    kind: "once",
    masked_card: maskedCard,
    user_id: null,
    saved_from: savedFrom,
    created_at: now,
    expires_at: now + TOKEN_MS,
    state: "usable",
  });
}

/** Saves a card, or answers the token under which the same customer saved the same card before. */
export function saveCard(
  sandbox: Sandbox,
  from: Pick<CardToken, "card_type" | "outcome" | "three_ds" | "eci" | "masked_card">,
  userId: string | null,
): CardToken {
  const same = (row: CardToken): boolean =>
    row.kind === "saved" && row.state === "usable" && row.masked_card === from.masked_card;
  const known = userId === null ? undefined : sandbox.store.cards.inGroup(userId).find(same);
  if (known) return known;
  const now = sandbox.clock.now();
  const [first = "", last = ""] = from.masked_card.split("-");
  const { card_type, outcome, three_ds, eci, masked_card } = from;
  return sandbox.store.cards.put({
    ...{ card_type, outcome, three_ds, eci, masked_card },
    id: `${first}s${letters(21)}${last}`,
    kind: "saved",
    user_id: userId,
    saved_from: null,
    created_at: now,
    expires_at: now + SAVED_MS,
    state: "usable",
  });
}

/** The members by which an answer tells of a saved card. */
export const savedMembers = (card: CardToken): Record<string, string> => ({
  saved_token_id: card.id,
  saved_token_id_expired_at: wib(card.expires_at),
});

/** The token that may be charged now, or undefined: unknown, used, run out or made invalid by hand. */
export function usableToken(sandbox: Sandbox, id: string | undefined): CardToken | undefined {
  const token = id === undefined ? undefined : sandbox.store.cards.get(id);
  return token && token.state === "usable" && token.expires_at > sandbox.clock.now() ? token : undefined;
}

/** Saved cards of one customer of the shop, for his hosted page. */
export const savedCardsOf = (sandbox: Sandbox, userId: string | undefined): CardToken[] =>
  userId === undefined
    ? []
    : sandbox.store.cards.inGroup(userId).filter((row) => row.kind === "saved" && usableToken(sandbox, row.id));

const asked = (req: Request, name: string): string => String(req.query[name] ?? "");

/** Whether month and year, as typed, are in the future at `now`. */
function isFuture(month: string, year: string, now: number): boolean {
  if (!/^\d{1,2}$/.test(month) || !/^(\d{2}|\d{4})$/.test(year)) return false;
  const full = year.length === 2 ? 2000 + Number(year) : Number(year);
  return Number(month) >= 1 && Number(month) <= 12 && Date.UTC(full, Number(month), 1) > now;
}

function cardProblems(req: Request, now: number): string[] {
  const errors: string[] = [];
  const number = asked(req, "card_number").replaceAll(" ", "");
  if (!/^\d{13,19}$/.test(number)) errors.push("card_number must be a number of 13 to 19 digits");
  // A real card must never come near a stand-in: it knows the published test numbers and no other.
  else if (!findCard(number)) errors.push("card_number is not one of the test cards");
  if (!isFuture(asked(req, "card_exp_month"), asked(req, "card_exp_year"), now)) {
    errors.push("card_exp_month and card_exp_year must be in the future");
  }
  return errors;
}

const clientRefused = (sandbox: Sandbox, req: Request): Answer | null =>
  asked(req, "client_key") === sandbox.config.clientKey
    ? null
    : coreError(sandbox, 401, "Access denied due to unauthorized transaction, please check client key");

/** GET /v2/token: a one-time token for a card, or for a saved one whose owner typed its CVV (two clicks). */
function token(sandbox: Sandbox, req: Request): Answer {
  const refused = clientRefused(sandbox, req);
  if (refused) return refused;
  const errors = asked(req, "card_cvv") === TEST_CVV ? [] : ["card_cvv is invalid"];
  const savedId = asked(req, "token_id");
  const saved = savedId === "" ? undefined : usableToken(sandbox, savedId);
  if (savedId !== "" && saved?.kind !== "saved") return coreError(sandbox, 404, "Card token is not found.");
  if (!saved) errors.push(...cardProblems(req, sandbox.clock.now()));
  const profile = saved ?? findCard(asked(req, "card_number").replaceAll(" ", ""));
  if (errors.length > 0 || !profile) return invalid(sandbox, errors);
  const maskedCard = "number" in profile ? masked(profile.number) : profile.masked_card;
  const made = issue(sandbox, profile, maskedCard, saved?.id ?? null);
  const members = { token_id: made.id, hash: `${maskedCard}-${randomBytes(8).toString("hex")}` };
  const words = { status_code: "200", status_message: "Credit card token is created as Token ID." };
  return { status: 200, body: { ...words, ...members } };
}

/** GET /v2/card/register: a saved token without a charge. */
function register(sandbox: Sandbox, req: Request): Answer {
  const refused = clientRefused(sandbox, req);
  if (refused) return refused;
  const errors = cardProblems(req, sandbox.clock.now());
  const profile = findCard(asked(req, "card_number").replaceAll(" ", ""));
  if (errors.length > 0 || !profile) return invalid(sandbox, errors);
  const saved = saveCard(sandbox, { ...profile, masked_card: masked(profile.number) }, null);
  const words = { status_code: "200", status_message: "Success, card is registered" };
  const members = { saved_token_id: saved.id, transaction_id: randomUUID(), masked_card: saved.masked_card };
  return { status: 200, body: { ...words, ...members } };
}

/** GET /v2/point_inquiry/{token}. */
export function pointInquiry(sandbox: Sandbox, id: string): Answer {
  if (!usableToken(sandbox, id)) return badToken(sandbox);
  const words = { status_code: "200", status_message: "Success, point inquiry is successful" };
  const time = wib(sandbox.clock.now());
  const points = {
    point_balance: POINTS.quantity,
    point_balance_amount: `${POINTS.amount}.00`,
    transaction_time: time,
  };
  return { status: 200, body: { ...words, ...points } };
}

/** The two calls that carry the public client key, as a browser may make them (midtrans.md 3.4). */
export function cardTokenRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const form = coreForm(sandbox);
  router.get(
    "/token",
    endpoint(sandbox, "midtrans.token", form, (req) => token(sandbox, req)),
  );
  router.get(
    "/card/register",
    endpoint(sandbox, "midtrans.token", form, (req) => register(sandbox, req)),
  );
  return router;
}
