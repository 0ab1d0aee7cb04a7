import { z } from "zod";
import { GatewayUnavailable, GatewayUnreadable, invalidInput, Refusal } from "../../domain/kernel/errors.ts";
import type { AccountGateway, AccountLink, LinkRefusal, RemoteAccount } from "../../domain/payment/accountGateway.ts";
import { createSender, type SenderOptions } from "./sender.ts";

const OPTIONS_MAX = 20; // ways to pay of one wallet: it has two or three
const ACTIONS_MAX = 20;

const id = z.string().regex(/^[A-Za-z0-9._~-]{1,64}$/);
/** What a browser may be sent to: never a script. */
const url = z
  .string()
  .max(2_000)
  .regex(/^(https?|gojek|gopay):\/\//);
const accountForm = z.looseObject({
  account_id: id,
  account_status: z.string().max(50),
  metadata: z
    .looseObject({
      payment_options: z
        .array(z.looseObject({ name: z.string(), active: z.boolean(), token: z.string().min(1).max(2_000) }))
        .max(OPTIONS_MAX),
    })
    .nullish()
    .catch(null),
});
const linkForm = accountForm.extend({
  actions: z.array(z.looseObject({ name: z.string(), url })).max(ACTIONS_MAX),
});

const STATUS_OF: Readonly<Record<string, RemoteAccount["status"]>> = {
  PENDING: "PENDING",
  ENABLED: "ENABLED",
  EXPIRED: "ENDED",
  DISABLED: "ENDED",
};

function readAccount(body: unknown): RemoteAccount | null {
  const form = accountForm.safeParse(body);
  if (!form.success) return null;
  const { account_id, account_status, metadata } = form.data;
  const status = STATUS_OF[account_status] ?? "STRANGE";
  const wallet = metadata?.payment_options.find(({ name, active }) => name === "GOPAY_WALLET" && active);
  return { accountId: account_id, status, walletToken: status === "ENABLED" ? (wallet?.token ?? null) : null };
}

/** Where its owner agrees. An account that is enabled at once was agreed to by nobody here: that is no link. */
function readLink(body: unknown): AccountLink | "ALREADY_LINKED" | null {
  const account = readAccount(body);
  if (account?.status === "ENABLED") return "ALREADY_LINKED";
  const form = linkForm.safeParse(body);
  if (!form.success || account?.status !== "PENDING") return null;
  const named = (name: string) => form.data.actions.find((action) => action.name === name)?.url;
  const linkUrl = named("activation-link-url") ?? named("activation-link-app");
  if (!linkUrl) return null;
  return { accountId: account.accountId, linkUrl, deeplinkUrl: named("activation-deeplink") ?? null };
}

/** The answers' codes that say why a number cannot be linked. */
const REFUSAL_OF: Readonly<Record<number, LinkRefusal>> = {
  202: "NOT_REGISTERED",
  406: "ALREADY_LINKED",
  410: "BLOCKED",
};

/** The dashboard's tests name longer ones. */
const newsForm = z.looseObject({
  account_id: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{1,128}$/)
    .optional(),
});

function readNews(body: string): { accountId: string | null } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw invalidInput({ body: "JSON" });
  }
  const form = newsForm.safeParse(json);
  if (!form.success) throw invalidInput({ account_id: "an id" });
  return { accountId: form.data.account_id ?? null };
}

function requireSafeId(text: string): void {
  if (!id.safeParse(text).success) throw new Refusal("INVALID_INPUT", "Not an id that the gateway can know");
}

/** Midtrans's linking of GoPay accounts ("pay account"). It takes no Idempotency-Key. */
export function createMidtransAccounts(options: SenderOptions): AccountGateway {
  const send = createSender(options);
  const unreadable = () => new GatewayUnavailable("midtrans", "Midtrans's answer is not about an account", "unknown");
  return {
    async link({ phone, returnUrl }) {
      const path = "/v2/pay/account";
      // `+62812...`: the country's code is told apart.
      const gopay_partner = { phone_number: phone.slice(3), country_code: "62", redirect_url: returnUrl };
      const body = { payment_type: "gopay", gopay_partner };
      const answer = await send("linkAccount", `62…${phone.slice(-4)}`, { method: "POST", path, body });
      const link = readLink(answer.body);
      if (link) return link;
      if (answer.code === null || (answer.code < 400 && !REFUSAL_OF[answer.code])) throw unreadable();
      return REFUSAL_OF[answer.code] ?? "OTHER";
    },

    async fetch(accountId) {
      requireSafeId(accountId);
      const answer = await send("account", accountId, { method: "GET", path: `/v2/pay/account/${accountId}` });
      if (answer.code === 404) return null;
      const found = readAccount(answer.body);
      if (found?.accountId !== accountId)
        throw new GatewayUnreadable("midtrans", `Midtrans's answer is not about this account (${answer.code})`, "none");
      return found;
    },

    async unlink(accountId) {
      requireSafeId(accountId);
      const path = `/v2/pay/account/${accountId}/unbind`;
      const { code } = await send("unlinkAccount", accountId, { method: "POST", path });
      if (code === 404 || code === 412) return "none";
      if (code !== 200 && code !== 204) throw unreadable();
      return "done";
    },

    readNews,
  };
}
