import { createServer } from "node:net";
import { type Config, loadConfig } from "../platform/config.ts";
import { ConfigError } from "../platform/configReader.ts";
import { freePort, StartRefused } from "./postgresProcess.ts";

/** Stands for the embedded database, whose address is not known before it runs. */
const NOT_YET = "postgres://embedded";

export interface StackEnvironment {
  readonly config: Config;
  /** What every process gets; DATABASE_URL is missing where the database is the embedded one. */
  readonly env: NodeJS.ProcessEnv;
  readonly isEmbedded: boolean;
}

/** A person's browser and our own processes reach a server that listens everywhere by the loopback address. */
export const reachableHost = (host: string): string => (["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host);

/**
 * Checks every variable before anything is started, and derives what the processes of one start must agree on.
 * PORT and SANDBOX_PORT 0 take free ports.
 *
 * @throws StartRefused with one line for each bad variable
 */
export async function stackEnvironment(given: NodeJS.ProcessEnv): Promise<StackEnvironment> {
  const env = { ...given };
  for (const name of ["PORT", "SANDBOX_PORT"]) {
    if (env[name] === "0") env[name] = String(await freePort());
  }
  const isEmbedded = !env["DATABASE_URL"]?.trim();
  const config = checked({ ...env, ...(isEmbedded ? { DATABASE_URL: NOT_YET } : {}) });
  const webhooks = `http://${reachableHost(config.host)}:${config.port}/api/webhooks`;
  return {
    config,
    isEmbedded,
    env: {
      ...env,
      DATA_DIR: config.dataDir,
      PORT: String(config.port),
      HOST: config.host,
      PUBLIC_URL: config.publicUrl,
      SANDBOX_PORT: String(config.sandboxPort),
      SANDBOX_NOTIFICATION_URL: env["SANDBOX_NOTIFICATION_URL"] ?? `${webhooks}/midtrans/payment-notification`,
      SANDBOX_SHIPMENT_URL: env["SANDBOX_SHIPMENT_URL"] ?? `${webhooks}/rajaongkir/shipment`,
    },
  };
}

function checked(env: NodeJS.ProcessEnv): Config {
  try {
    return loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) throw new StartRefused(error.problems.join("\n"), { cause: error });
    throw error;
  }
}

/** @throws StartRefused where another program listens, with the variable that chooses another port */
export async function refuseTakenPort(host: string, port: number, variable: string): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => resolve());
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EADDRINUSE") {
      throw new StartRefused(`Port ${port} is in use by another program: set ${variable} to another one.`);
    }
    throw new StartRefused(`${variable}: cannot listen on ${host}:${port} (${code})`, { cause: error });
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}
