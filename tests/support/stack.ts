import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  type GraphqlAnswer,
  type RunningShop,
  type ShopPlan,
  sendGraphql,
  startShop,
} from "../../scripts/drill/stack.ts";
import { createShopDatabase, createTestDatabase } from "./database.ts";

export type { GraphqlAnswer } from "../../scripts/drill/stack.ts";

export interface StackOptions extends Omit<ShopPlan, "databaseUrl" | "dataDir" | "workers" | "migrate"> {
  /** A worker besides (true unless said), or how many. */
  readonly worker?: boolean | number;
}

export interface Stack extends RunningShop {
  /** Sends an operation to an API process (the first unless `api` says which). Errors of the shop are in the answer. */
  graphql<T = Record<string, unknown>>(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    options?: { token?: string; api?: number; headers?: Readonly<Record<string, string>> },
  ): Promise<GraphqlAnswer<T>>;
}

/**
 * The whole shop as it runs in the world (scripts/drill/stack.ts) on a database of its own. Answers when all are ready;
 * `stop` ends the processes, drops the database and removes the directory.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { worker = true, seed = true, ...plan } = options;
  const database = await (seed ? createShopDatabase() : createTestDatabase());
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-stack-"));
  const forget = async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  let shop: RunningShop;
  try {
    shop = await startShop({ ...plan, seed: false, databaseUrl: database.url, dataDir, workers: Number(worker) });
  } catch (error) {
    await forget();
    throw error;
  }
  return {
    ...shop,
    async stop() {
      await shop.stop();
      await forget();
    },
    graphql(query, variables = {}, { token, api = 0, headers = {} } = {}) {
      const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
      return sendGraphql(shop.apiUrls[api] as string, { query, variables }, { ...authorization, ...headers });
    },
  };
}
