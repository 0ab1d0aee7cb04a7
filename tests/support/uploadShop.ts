import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createAccessTokens } from "../../api/http/accessTokens.ts";
import type { UserId } from "../../domain/kernel/ids.ts";
import { startTestApi, type TestApi, type TestClock, testClock } from "./api.ts";
import { createTestDatabase } from "./database.ts";
import { addCustomer } from "./shopRows.ts";
import { fileHeaders, multipart } from "./uploads.ts";

export interface UploadAnswer {
  readonly status: number;
  readonly proofUrl?: string;
  readonly contentType?: string;
  readonly error?: { readonly code: string; readonly details: Record<string, unknown> };
}

/** A shop to which people send files, and a look at what it keeps of them. */
export interface UploadShop {
  readonly api: TestApi;
  readonly clock: TestClock;
  readonly dataDir: string;
  /** Sends as somebody new from now on. */
  signIn(): Promise<string>;
  token(): string;
  post(body: BodyInit, headers?: Record<string, string>): Promise<UploadAnswer>;
  send(content: Uint8Array | string, name?: string, type?: string): Promise<UploadAnswer>;
  look(url: string): Promise<Response>;
  bytesOf(url: string): Promise<Buffer>;
  /** The files below the data directory. */
  files(): string[];
  rows(): Promise<number>;
  stop(): Promise<void>;
}

export async function openUploadShop(): Promise<UploadShop> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-uploads-"));
  const clock = testClock();
  const env = { DATA_DIR: dataDir, RATE_LIMIT_SCALE: "0" };
  const api = await startTestApi({ databaseUrl: database.url, env, clock });
  let token = "";
  const post: UploadShop["post"] = async (body, headers = {}) => {
    const response = await fetch(`${api.url}/api/uploads/proofs`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, ...headers },
      body,
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  // The address as the test's own port has it.
  const look = (url: string) => fetch(url.replace(api.config.publicUrl, api.url));
  const uploads = path.join(dataDir, "uploads");
  return {
    api,
    clock,
    dataDir,
    token: () => token,
    async signIn() {
      const id = (await addCustomer(api.app.db)) as UserId;
      token = await createAccessTokens(api.config.jwtSecret, clock).forUser({ id, role: "CUSTOMER" });
      return id;
    },
    post,
    send(content, name, type) {
      const { type: contentType, body } = multipart([{ headers: fileHeaders(name, type), content }]);
      return post(body, { "content-type": contentType });
    },
    look,
    bytesOf: async (url) => Buffer.from(await (await look(url)).arrayBuffer()),
    files: () =>
      existsSync(uploads)
        ? readdirSync(uploads, { recursive: true, withFileTypes: true })
            .filter((each) => each.isFile())
            .map(({ name }) => name)
        : [],
    rows: async () => (await api.app.db.sql<{ n: number }>("select count(*)::integer as n from uploads"))[0]?.n ?? 0,
    async stop() {
      await api.stop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
