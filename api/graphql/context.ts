import type { App } from "../../domain/app.ts";
import type { Actor } from "../../domain/kernel/actor.ts";
import type { AccessTokens } from "../http/accessTokens.ts";
import type { OperationLimits } from "./limits.ts";
import type { Loaders } from "./loaders.ts";

/** What a resolver gets for one request. */
export interface Context {
  readonly app: App;
  readonly actor: Actor;
  readonly requestId: string;
  /** The caller's address as the trusted proxies give it. */
  readonly address: string;
  /** The number that the browser made up for itself; null for none. */
  readonly device: string | null;
  readonly loaders: Loaders;
  readonly limits: OperationLimits;
  readonly accessTokens: AccessTokens;
}
