import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SEALED_COLUMNS } from "../../../domain/kernel/sealedColumns.ts";
import { tables } from "../../../domain/tables.ts";
import { loadConfig } from "../../../platform/config.ts";
import { type Db, openDb } from "../../../platform/db.ts";
import { SECRET_NAMES } from "../../../platform/sealedSecrets.ts";
import { createSealer, parseDataKeys } from "../../../platform/secrets.ts";
import { openUploads, uploadsDir } from "../../../platform/uploads.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addCustomer, addOrder, addStore } from "../../support/shopRows.ts";

const OLD_KEY = `k1:${randomBytes(32).toString("base64")}`;
const NEW_KEY = `k2:${randomBytes(32).toString("base64")}`;
const keysOf = (textOfKeys: string) =>
  parseDataKeys(textOfKeys, (why) => {
    throw new Error(why);
  });
const PLAIN = JSON.stringify({ order_id: "LNS-20261120-7F3K9Q-01A", va_number: "8808123456789" });

describe("sealed secrets", () => {
  let database: TestDatabase;
  let db: Db;
  let dataDir: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    db = openDb(database.url, tables);
    dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-secrets-"));
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** The command as it is installed, in a process of its own. */
  async function secrets(args: readonly string[], dataKey: string, input = "") {
    const env = { PATH: process.env["PATH"], DATA_DIR: dataDir, DATA_KEY: dataKey, DATABASE_URL: database.url };
    const child = spawn(process.execPath, ["dist/scripts/secrets.js", ...args], { env, stdio: "pipe" });
    child.stdin.end(input);
    const [out, err, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once("exit", resolve)),
    ]);
    return { code, out, err };
  }

  const configWith = (dataKey: string) =>
    loadConfig({
      MIDTRANS_MODE: "sandbox",
      DATA_DIR: dataDir,
      DATA_KEY: dataKey,
      DATABASE_URL: database.url,
      PUBLIC_URL: "https://shop.lunas.test",
    });

  async function fillColumns(count: number): Promise<void> {
    const sealer = createSealer(keysOf(OLD_KEY));
    for (let n = 0; n < count; n++) {
      await db.sql(
        `insert into payment_notifications (id, digest, gateway_order_id, body_sealed, state, received_at)
         values ($1, $2, 'LNS-20261120-7F3K9Q-01A', $3, 'STORED', now())`,
        [randomUUID(), randomUUID(), sealer.seal(PLAIN, "payment_notifications.body")],
      );
      await db.sql(
        `with u as (insert into users (id, email, email_key, password_hash, name, role, created_at, updated_at)
                    values ($1::uuid, $1::uuid::text, $1::uuid::text, 'x', 'x', 'CUSTOMER', now(), now()) returning id)
         insert into saved_cards (id, user_id, token_sealed, token_hash, masked_card, created_at)
         select id, id, $2, id::text, '48111111-1114', now() from u`,
        [randomUUID(), sealer.seal(PLAIN, "saved_cards.token")],
      );
      await db.sql(
        `insert into linked_accounts (id, user_id, state, masked_phone, gateway_account_id, token_sealed, links_sealed,
                                      created_at, updated_at)
         select $1::uuid, id, $2, '+62812****7890', $1::uuid::text, $3, $4, now(), now() from users limit 1`,
        n % 2 === 0
          ? [randomUUID(), "LINKED", sealer.seal(PLAIN, "linked_accounts.token"), null]
          : [randomUUID(), "PENDING", null, sealer.seal(PLAIN, "linked_accounts.links")],
      );
      await db.sql(
        `insert into gateway_calls (id, gateway, operation, method, path, outcome, duration_ms,
                                    request_sealed, response_sealed, at)
         values ($1, 'midtrans', 'status', 'GET', '/v2/x/status', 'ok', 1, $2, $3, now())`,
        [
          randomUUID(),
          sealer.seal(PLAIN, "gateway_calls.request"),
          n % 2 === 0 ? sealer.seal(PLAIN, "gateway_calls.response") : null,
        ],
      );
    }
  }

  /** One parcel, one label and one account: their rows need an order behind them. */
  async function addParcel(): Promise<void> {
    const sealer = createSealer(keysOf(OLD_KEY));
    const userId = await addCustomer(db);
    const { orderId } = await addOrder(db, userId, await addStore(db));
    await db.sql(
      `insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, weight_grams,
                              quoted_cost, pickup_at, vehicle, phone_suffix_sealed, booked_by, created_at, updated_at)
       values ($1, $2, 'CANCELLED', 'jne', 'REG', 'JNE', 'REG23', 600, 18000, now(), 'Motor', $3, $4, now(), now())`,
      [randomUUID(), orderId, sealer.seal(PLAIN, "shipments.phone_suffix"), userId],
    );
    await db.sql(
      `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, created_at,
                            updated_at)
       select $1, t.payment_id, t.id, $2, 1000, 'r', 'FAILED', 'STAFF', now(), now()
         from payment_transactions t join payments p on p.id = t.payment_id
         join orders o on o.session_id = p.session_id where o.id = $2`,
      [randomUUID(), orderId],
    );
    await db.sql(
      `insert into refund_accounts (id, refund_id, bank_code, account_sealed, masked, set_by, set_at)
       select $1, r.id, 'BCA', $2, 'BCA', $3, now() from refunds r`,
      [randomUUID(), sealer.seal(PLAIN, "refund_accounts.account"), userId],
    );
    await db.sql(
      `with k as (insert into packages (id, slug, name, is_bundle, created_at)
                  values ($1::uuid, $1::uuid::text, 'Kelas', true, now()) returning id)
       insert into enrollment_payments (id, package_id, course_ids, type, approval, proof_sealed, created_at)
       select p.id, k.id, array[k.id], 'UMUM', 'MANUAL', $2, now() from k, payments p`,
      [randomUUID(), sealer.seal(PLAIN, "enrollment_payments.proof")],
    );
    await db.sql(
      `with f as (insert into settlement_files (id, sha256, name, kind, bytes, state, imported_by, imported_at,
                                                finished_at)
                  values ($1, 'x', 'x', 'BANK', 1, 'DONE', $2, now(), now()) returning id),
            s as (insert into settlement_lines (id, file_id, line, digest, occurrence, type, settled_on, currency,
                                                gross, fee, fee_tax, net, raw_sealed, state)
                  select id, id, 2, 'x', 1, 'PAYMENT', '2026-11-20', 'IDR', 1, 0, 0, 1, $3, 'NEW' from f)
       insert into bank_lines (id, file_id, line, digest, occurrence, booked_on, amount, words, raw_sealed, state)
       select id, id, 2, 'x', 1, '2026-11-20', 1, '{}', $4, 'NEW' from f`,
      [randomUUID(), userId, sealer.seal(PLAIN, "settlement_lines.raw"), sealer.seal(PLAIN, "bank_lines.raw")],
    );
    await db.sql(
      `insert into shipment_labels (id, digest, page, booking_nos, pdf_sealed, created_at)
       values ($1, 'digest', 'page_1', '{KOM1}', $2, now())`,
      [randomUUID(), sealer.seal(PLAIN, "shipment_labels.pdf")],
    );
  }

  const rawTexts = async () => {
    const all = SEALED_COLUMNS.map(({ table, column }) =>
      db.sql<{ sealed: string }>(`select ${column} as sealed from ${table} where ${column} is not null`),
    );
    return (await Promise.all(all)).flat().map((row) => row.sealed);
  };

  test("are kept one by one, named, never shown, and fill the settings that the environment leaves open", async () => {
    for (const name of SECRET_NAMES) {
      const value = name === "SMTP_URL" ? "smtp://mail.lunas.test" : `sealed-value-of-${name}-0123456789`;
      const answer = await secrets(["set", name], OLD_KEY, `${value}\n`);
      expect(answer).toMatchObject({ code: 0, err: "" });
    }
    const listed = await secrets(["list"], OLD_KEY);
    expect(listed.out.trim().split("\n")).toEqual([...SECRET_NAMES].sort());
    const file = readFileSync(path.join(dataDir, "secrets.sealed"), "utf8");
    expect(listed.out + file).not.toMatch(/sealed-value|MIDTRANS_SERVER_KEY.*0123/);
    expect(file.startsWith("k1.")).toBe(true);
    const config = configWith(OLD_KEY);
    expect(config.midtrans.serverKey).toBe("sealed-value-of-MIDTRANS_SERVER_KEY-0123456789");
    expect(config.jwtSecret).toBe("sealed-value-of-JWT_SECRET-0123456789");
  });

  test.each([
    ["an unknown name", ["set", "DATABASE_PASSWORD"], "x"],
    ["the key that seals", ["set", "DATA_KEY"], OLD_KEY],
    ["an empty value", ["set", "JWT_SECRET"], "  \n"],
    ["no command", [], ""],
  ])("refuse %s, in words, and keep what they have", async (_what, args, input) => {
    const before = readFileSync(path.join(dataDir, "secrets.sealed"), "utf8");
    const answer = await secrets(args, OLD_KEY, input);
    expect(answer.code).toBe(1);
    expect(answer.err).not.toMatch(/\n\s+at /);
    expect(readFileSync(path.join(dataDir, "secrets.sealed"), "utf8")).toBe(before);
  });

  test("refuse a key that does not open them, without a word of what is inside", async () => {
    expect(() => configWith(NEW_KEY)).toThrow(/^DATA_KEY: does not open the sealed secrets/m);
  });

  test("no plain text stands in a sealed column", async () => {
    await fillColumns(3);
    await addParcel();
    const texts = await rawTexts();
    expect(texts.length).toBe(20);
    for (const sealed of texts) {
      expect(sealed).toMatch(/^k1\.[A-Za-z0-9_-]+$/);
      expect(Buffer.from(sealed.slice(3), "base64url").toString("latin1")).not.toMatch(/LNS|order_id|8808/);
    }
  });

  test("rotate to a new key, files and columns, in more than one batch; then the old key may go", async () => {
    await fillColumns(600);
    const uploads = (keys: string) => openUploads(uploadsDir(dataDir), createSealer(keysOf(keys)));
    const upload = randomUUID();
    await uploads(OLD_KEY).write(upload, Buffer.from(PLAIN));
    const before = (await rawTexts()).length;
    const rotated = await secrets(["rotate"], `${NEW_KEY},${OLD_KEY}`);
    expect(rotated).toMatchObject({ code: 0, err: "" });
    expect(rotated.out).toContain(`1 files and ${before} stored texts are sealed under k2`);
    expect(String(await uploads(NEW_KEY).read(upload))).toBe(PLAIN);

    const sealer = createSealer(keysOf(NEW_KEY));
    for (const { table, column, context } of SEALED_COLUMNS) {
      const rows = await db.sql<{ sealed: string }>(
        `select ${column} as sealed from ${table} where ${column} is not null`,
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const { sealed } of rows) expect(sealer.open(sealed, context)).toBe(PLAIN);
    }
    expect(configWith(NEW_KEY).serviceApiKey).toBe("sealed-value-of-SERVICE_API_KEY-0123456789");
    expect((await secrets(["rotate"], `${NEW_KEY},${OLD_KEY}`)).out).toContain("0 files and 0 stored texts");
  });

  test("every sealed column of the schema is one that rotation knows", async () => {
    const columns = await db.sql<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
        where column_name like '%sealed%' and table_schema = 'public'`,
    );
    expect(columns.map((row) => row.name).sort()).toEqual(
      SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort(),
    );
  });
});
