/** What this process is set to speak to Midtrans with. No key is in it: only what its beginning tells. */
export interface GatewaySettings {
  readonly mode: "local" | "sandbox" | "production";
  readonly merchantId: string;
  readonly coreUrl: string;
  readonly snapUrl: string;
  readonly keys: readonly {
    readonly name: "MIDTRANS_SERVER_KEY" | "MIDTRANS_CLIENT_KEY";
    readonly kind: "sandbox" | "production" | "unknown";
    /** What the key is for by its beginning; null where that tells nothing. */
    readonly use: "server" | "client" | null;
  }[];
}

/** What is to be copied into Midtrans's own pages. */
export interface DashboardUrls {
  readonly paymentNotification: string;
  readonly recurringNotification: string;
  readonly payAccountNotification: string;
  readonly finish: string;
  readonly unfinish: string;
  readonly error: string;
}

/** The addresses of this shop. A browser that comes back changes nothing: its orders say how they stand. */
export function dashboardUrls(publicUrl: string): DashboardUrls {
  const back = `${publicUrl}/orders`;
  return {
    paymentNotification: `${publicUrl}/api/webhooks/midtrans/payment-notification`,
    recurringNotification: `${publicUrl}/api/webhooks/midtrans/recurring-notification`,
    payAccountNotification: `${publicUrl}/api/webhooks/midtrans/pay-account-notification`,
    finish: back,
    unfinish: back,
    error: back,
  };
}

export const SETUP_WARNINGS = [
  "SERVER_KEY_OF_OTHER_MODE",
  "CLIENT_KEY_OF_OTHER_MODE",
  "KEYS_SWAPPED",
  "PUBLIC_URL_UNREACHABLE",
  "PUBLIC_URL_PORT",
] as const;
export type SetupWarning = (typeof SETUP_WARNINGS)[number];

const isLoopback = (host: string) => host === "localhost" || host === "[::1]" || host.startsWith("127.");

/**
 * What looks wrong. A key's beginning is no proof: some newer sandbox accounts have keys without it, so that nothing
 * here stops anything.
 */
export function setupWarnings(settings: GatewaySettings, publicUrl: string): SetupWarning[] {
  const warnings: SetupWarning[] = [];
  const expected = settings.mode === "production" ? "production" : "sandbox";
  for (const { name, kind } of settings.keys) {
    if (kind !== "unknown" && kind !== expected)
      warnings.push(name === "MIDTRANS_SERVER_KEY" ? "SERVER_KEY_OF_OTHER_MODE" : "CLIENT_KEY_OF_OTHER_MODE");
  }
  const isSwapped = settings.keys.some(({ name, use }) => use && !name.includes(use.toUpperCase()));
  if (isSwapped) warnings.push("KEYS_SWAPPED");
  // The sandbox of this repository runs on the same machine.
  if (settings.mode === "local") return warnings;
  const { hostname, port } = new URL(publicUrl);
  if (isLoopback(hostname)) warnings.push("PUBLIC_URL_UNREACHABLE");
  else if (port !== "" && port !== "80" && port !== "443") warnings.push("PUBLIC_URL_PORT");
  return warnings;
}

/** OK: the gateway knows the key. KEY_REFUSED: it does not. UNEXPECTED: something else answers at this address. */
export const KEY_STATES = ["OK", "KEY_REFUSED", "NO_ANSWER", "UNEXPECTED"] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** What an answer to a question about nothing tells of the key: it must be 404, and not 401. */
export function keyStateOf(status: number | null): KeyState {
  if (status === null) return "NO_ANSWER";
  if (status === 404) return "OK";
  return status === 401 ? "KEY_REFUSED" : "UNEXPECTED";
}
