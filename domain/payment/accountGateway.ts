/** Why the gateway links no account. */
export const LINK_REFUSALS = ["NOT_REGISTERED", "BLOCKED", "ALREADY_LINKED", "OTHER"] as const;
export type LinkRefusal = (typeof LINK_REFUSALS)[number];

/** A wallet's account as the gateway tells it, in our words. */
export interface RemoteAccount {
  readonly accountId: string;
  /** PENDING: its owner has not agreed yet. ENDED: expired or unlinked. STRANGE: a word that we don't know. */
  readonly status: "PENDING" | "ENABLED" | "ENDED" | "STRANGE";
  /** Charges the wallet, and is a secret; null: it cannot be charged now. It may be another one tomorrow. */
  readonly walletToken: string | null;
}

/** Where the owner of a wallet agrees. Who opens it proves at the wallet's company that the number is his. */
export interface AccountLink {
  readonly accountId: string;
  /** For a browser. */
  readonly linkUrl: string;
  /** Opens the wallet's app; null: there is none. */
  readonly deeplinkUrl: string | null;
}

/** The linking of wallets. Never called inside a transaction. */
export interface AccountGateway {
  /**
   * Asks for a link. A second call makes a second one, and one whose answer is lost is opened by nobody and ends by
   * itself.
   *
   * @throws GatewayUnavailable
   */
  link(request: { readonly phone: string; readonly returnUrl: string }): Promise<AccountLink | LinkRefusal>;
  /** null: it knows none of that id. @throws GatewayUnavailable; GatewayUnreadable where it answered something else */
  fetch(accountId: string): Promise<RemoteAccount | null>;
  /** Ends one that is enabled; of any other it says `none`. Harmless when repeated. @throws GatewayUnavailable */
  unlink(accountId: string): Promise<"done" | "none">;
  /**
   * Which account news are about, by their form alone; null: about none, as the dashboard's test.
   *
   * @throws Refusal INVALID_INPUT
   */
  readNews(body: string): { readonly accountId: string | null };
}
