import { createHash, randomBytes, randomUUID } from "node:crypto";
import { type Request, Router } from "express";
import { type Answer, endpoint } from "../answer.ts";
import type { AccountStatus, Notification, PayAccount } from "../model.ts";
import { dueAt, momentOf, type Sandbox } from "../sandbox.ts";
import { createChecks, isObject } from "./checks.ts";
import { bodyOf, coreError, coreForm, invalid } from "./http.ts";
import { sendBody } from "./notifications.ts";
import type { Wire } from "./wire.ts";

/** How long a link waits for its buyer, in simulated ms. */
const LINK_MS = 10 * 60_000;

/** Money in a freshly linked wallet and in its pay-later limit, in rupiah: more than the largest GoPay charge. */
const BALANCES = { GOPAY_WALLET: 25_000_000, PAY_LATER: 5_000_000 } as const;

/** Phones that cannot be linked (midtrans.md 7.5), with what is wrong with each. */
const BAD_PHONES: Record<string, { code: number; channel: string; message: string }> = {
  "123450001": { code: 202, channel: "101", message: "Wallet is not registered" },
  "123450002": { code: 410, channel: "102", message: "Wallet is blocked" },
};

const optionToken = (): string => randomBytes(24).toString("base64url");

/** Payment option tokens anew: the old ones can no longer be charged (midtrans.md 7.5). */
export const withNewTokens = (account: PayAccount): PayAccount => ({
  ...account,
  options: account.options.map((option) => ({ ...option, token: optionToken() })),
});

const optionMembers = (account: PayAccount): Wire =>
  account.status !== "ENABLED"
    ? {}
    : {
        metadata: {
          payment_options: account.options.map(({ name, active, balance, token }) => ({
            name,
            active,
            balance: { value: `${balance}.00`, currency: "IDR" },
            token,
          })),
        },
      };

/** The status_code under which an account's state is told. */
const codeOf = (status: AccountStatus): string => ({ PENDING: "201", DISABLED: "204" })[status as string] ?? "200";

const accountMembers = (account: PayAccount): Wire => ({
  payment_type: "gopay",
  account_id: account.id,
  account_status: account.status,
  ...optionMembers(account),
});

/** Lower-case hex of SHA-512 over account_id, account_status, status_code and key (midtrans.md 6.3). */
export const accountSignature = (id: string, status: string, code: string, key: string): string =>
  createHash("sha512").update(`${id}${status}${code}${key}`).digest("hex");

/** The news that the pay-account URL gets of an account. */
function accountNotification(sandbox: Sandbox, account: PayAccount): Wire {
  const code = account.status === "ENABLED" ? "200" : codeOf(account.status);
  const signature = accountSignature(account.id, account.status, code, sandbox.config.signatureKey);
  const words = { status_code: code, status_message: "account linking notification", signature_key: signature };
  return { ...words, ...accountMembers(account) };
}

/** Sends the account's present state to the pay-account URL. */
export function notifyAccount(sandbox: Sandbox, account: PayAccount): Notification[] {
  const to = { id: account.id, order_id: account.id, notification_urls: [sandbox.config.payAccountUrl] };
  return sendBody(sandbox, to, accountNotification(sandbox, account), 1, "pay account");
}

/** Puts the account into a state, with the alarm and the news that follow. */
export function setAccount(sandbox: Sandbox, account: PayAccount, status: AccountStatus): PayAccount {
  const next = sandbox.store.accounts.put({ ...account, status });
  sandbox.log.info({ account_id: next.id, status }, "account changed");
  armAccount(sandbox, next);
  notifyAccount(sandbox, next);
  return next;
}

/** Sets the alarm of a link that nobody answers. Safe to repeat. */
export function armAccount(sandbox: Sandbox, { id, born, status, link_expires_at }: PayAccount): void {
  sandbox.jobs.clear(`link:${id}`);
  if (status !== "PENDING") return;
  sandbox.jobs.set(`link:${id}`, dueAt(sandbox, born, link_expires_at), async () => {
    const current = sandbox.store.accounts.get(id);
    if (current?.status === "PENDING") setAccount(sandbox, current, "EXPIRED");
    await sandbox.store.commit();
  });
}

function link(sandbox: Sandbox, req: Request): Answer {
  const body = bodyOf(req);
  if (!isObject(body)) return coreError(sandbox, 413, "The request cannot be processed due to malformed syntax");
  const check = createChecks();
  if (body["payment_type"] !== "gopay") check.add("payment_type", "must be gopay");
  const partner = check.object(body, "gopay_partner") ?? {};
  const phone = check.text(partner, "gopay_partner.phone_number", 20, true) ?? "";
  const country = check.text(partner, "gopay_partner.country_code", 5, true) ?? "";
  const redirect = check.text(partner, "gopay_partner.redirect_url", 255) ?? null;
  if (phone !== "" && !/^\d{6,15}$/.test(phone)) check.add("gopay_partner.phone_number", "may only hold digits");
  if (check.errors.length > 0) return invalid(sandbox, check.errors);
  const bad = BAD_PHONES[phone];
  if (bad) {
    const channel = { channel_response_code: bad.channel, channel_response_message: bad.message };
    return coreError(sandbox, bad.code, bad.message, { payment_type: "gopay", ...channel });
  }
  const born = sandbox.clock.now();
  const account = sandbox.store.accounts.put({
    ...{ id: randomUUID(), born, phone_number: phone, country_code: country, redirect_url: redirect },
    status: "PENDING",
    link_expires_at: momentOf(sandbox, born) + LINK_MS,
    options: (["GOPAY_WALLET", "PAY_LATER"] as const).map((name) => ({
      ...{ name, active: name === "GOPAY_WALLET" },
      balance: BALANCES[name],
      token: optionToken(),
    })),
    behaviour: "settle",
  });
  armAccount(sandbox, account);
  const url = `${sandbox.url()}/gopay/link/${account.id}`;
  const actions = ["activation-deeplink", "activation-link-url", "activation-link-app"].map((name) => ({
    ...{ name, method: "GET", url },
  }));
  const words = { status_code: "201", status_message: "Account linking is created" };
  return { status: 201, body: { ...words, ...accountMembers(account), actions } };
}

function unbind(sandbox: Sandbox, account: PayAccount): Answer {
  if (account.status !== "ENABLED") return coreError(sandbox, 412, "Account status cannot be updated.");
  const next = setAccount(sandbox, account, "DISABLED");
  return { status: 200, body: { status_code: "204", status_message: "Account is unlinked", ...accountMembers(next) } };
}

/** Linking of GoPay accounts below /v2/pay/account (midtrans.md 7.5). */
export function accountRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const form = coreForm(sandbox);
  const known = (act: (account: PayAccount) => Answer) =>
    endpoint(sandbox, "midtrans.account", form, (req) => {
      const account = sandbox.store.accounts.get(String(req.params["id"]));
      return account ? act(account) : coreError(sandbox, 404, "Account doesn't exist.");
    });
  router.post(
    "/",
    endpoint(sandbox, "midtrans.account", form, (req) => link(sandbox, req)),
  );
  router.get(
    "/:id",
    known((account) => ({ status: 200, body: { status_code: codeOf(account.status), ...accountMembers(account) } })),
  );
  router.post(
    "/:id/unbind",
    known((account) => unbind(sandbox, account)),
  );
  return router;
}
