import type { Reader } from "./configReader.ts";

export interface CourierSettings {
  readonly rajaongkir: { readonly key: string; readonly url: string; readonly dailyQuota: number };
  readonly komerce: { readonly key: string; readonly url: string };
}

/** RajaOngkir has no sandbox of its own: its rates are live in every mode. */
const RAJAONGKIR_URL = "https://rajaongkir.komerce.id";
const KOMERCE_URLS = {
  sandbox: "https://api-sandbox.collaborator.komerce.id",
  production: "https://api.collaborator.komerce.id",
} as const;

/** Hosts of the API that was switched off, and of its makers' workshop: keys are asked for and nothing answers. */
const GONE = /^((api|pro|www)\.)?rajaongkir\.com$|(^|\.)komerce\.my\.id$/;
const KOMERCE_SANDBOX = /^api-sandbox\./;

/**
 * Keys and addresses of both courier APIs; in local mode those of the sandbox in this repository.
 *
 * @param demoKey the key of local mode
 * @param sandboxUrl the local sandbox
 */
export function readCouriers(
  read: Reader,
  mode: "local" | "sandbox" | "production",
  demoKey: string,
  sandboxUrl: string,
): CourierSettings {
  const isLocal = mode === "local";
  return {
    rajaongkir: {
      key: read.secret("RAJAONGKIR_KEY", isLocal ? demoKey : null),
      url: read.url("RAJAONGKIR_URL", isLocal ? sandboxUrl : RAJAONGKIR_URL),
      dailyQuota: read.number("RAJAONGKIR_DAILY_QUOTA", isLocal ? 100_000 : 100, { min: 1, max: 10_000_000 }),
    },
    komerce: {
      key: read.secret("KOMERCE_KEY", isLocal ? demoKey : null),
      url: read.url("KOMERCE_URL", isLocal ? sandboxUrl : KOMERCE_URLS[mode]),
    },
  };
}

/** What can never work, told at the start instead of at the first parcel: outside local mode alone. */
export function refuseDeadCouriers(
  read: Reader,
  { rajaongkir, komerce }: CourierSettings,
  isProduction: boolean,
): void {
  for (const [name, url] of [
    ["RAJAONGKIR_URL", rajaongkir.url],
    ["KOMERCE_URL", komerce.url],
  ] as const) {
    if (GONE.test(new URL(url).hostname)) read.fail(name, "must not be a host that was switched off");
  }
  if (isProduction && KOMERCE_SANDBOX.test(new URL(komerce.url).hostname)) {
    read.fail("KOMERCE_URL", "must not be Komerce's sandbox in production mode");
  }
  // Each product of the company has a key of its own, and neither takes the other's.
  if (rajaongkir.key === komerce.key) read.fail("KOMERCE_KEY", "must not be the key of RAJAONGKIR_KEY");
}
