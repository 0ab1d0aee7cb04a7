import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { PDFName } from "@cantoo/pdf-lib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import { purgeUploads } from "../../../domain/enrollment/purgeUploads.ts";
import type { Role } from "../../../domain/kernel/actor.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { startTestApi, type TestApi, type TestClock, testClock } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addCustomer } from "../../support/shopRows.ts";
import { fileHeaders, multipart, pdf, picture, SCRIPT, SECRET } from "../../support/uploads.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MB = 1024 * 1024;

let database: TestDatabase;
let dataDir: string;
let api: TestApi;
let clock: TestClock;
let token: string;
let owner: string;

const tokenOf = (id: string, role: Exclude<Role, "SERVICE"> = "CUSTOMER") =>
  createAccessTokens(api.config.jwtSecret, clock).forUser({ id: id as UserId, role });

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-uploads-"));
  clock = testClock();
  const env = { DATA_DIR: dataDir, RATE_LIMIT_SCALE: "0" };
  api = await startTestApi({ databaseUrl: database.url, env, clock });
});
beforeEach(async () => {
  owner = await addCustomer(api.app.db);
  token = await tokenOf(owner);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly proofUrl?: string;
  readonly contentType?: string;
  readonly error?: { readonly code: string; readonly details: Record<string, unknown> };
}

async function post(body: BodyInit, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${api.url}/api/uploads/proofs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, ...headers },
    body,
  });
  return { status: response.status, ...((await response.json()) as object) };
}

const send = (content: Uint8Array | string, name?: string, type?: string) => {
  const { type: contentType, body } = multipart([{ headers: fileHeaders(name, type), content }]);
  return post(body, { "content-type": contentType });
};

/** The address as the test's own port has it. */
const here = (url: string) => url.replace(api.config.publicUrl, api.url);
const look = async (url: string) => fetch(here(url));
const bytesOf = async (url: string) => Buffer.from(await (await look(url)).arrayBuffer());

/** Files below the data directory, and rows. */
const files = () =>
  existsSync(path.join(dataDir, "uploads"))
    ? readdirSync(path.join(dataDir, "uploads"), { recursive: true, withFileTypes: true }).filter((each) =>
        each.isFile(),
      )
    : [];
const rows = async () => (await api.app.db.sql<{ n: number }>("select count(*)::integer as n from uploads"))[0]?.n;

/** Nothing was kept by what ran. */
async function keepsNothing(run: () => Promise<unknown>): Promise<void> {
  const before = [files().length, await rows()];
  await run();
  expect([files().length, await rows()]).toEqual(before);
}

describe("a proof of payment", () => {
  test.each(["jpeg", "png", "webp"] as const)("as %s is shown by its link, without what it said", async (format) => {
    const photo = Buffer.concat([await picture(format, 400, 300), Buffer.from(`PK\u0003\u0004${SCRIPT}`)]);
    const { status, proofUrl = "", contentType } = await send(photo);
    expect({ status, contentType }).toEqual({ status: 201, contentType: `image/${format}` });
    expect(proofUrl.startsWith(`${api.config.publicUrl}/api/uploads/proofs/`)).toBe(true);
    const kept = await bytesOf(proofUrl);
    expect(await sharp(kept).metadata()).toMatchObject({ format, width: 400, height: 300 });
    expect(kept.includes(SECRET) || kept.includes("<script>") || kept.includes("Exif")).toBe(false);
  });

  test("as PDF is shown by its link, without what it said", async () => {
    const { status, proofUrl = "", contentType } = await send(Buffer.concat([await pdf(), Buffer.from(SCRIPT)]));
    expect({ status, contentType }).toEqual({ status: 201, contentType: "application/pdf" });
    const kept = await bytesOf(proofUrl);
    expect(kept.subarray(0, 5).toString()).toBe("%PDF-");
    expect(kept.includes(SECRET) || kept.includes("<script>") || kept.includes("pdf-lib")).toBe(false);
  });

  test("turned by a telephone is stored upright, and a very large one smaller", async () => {
    const lying = await sharp({ create: { width: 40, height: 20, channels: 3, background: "red" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(await sharp(await bytesOf((await send(lying)).proofUrl ?? "")).metadata()).toMatchObject({
      width: 20,
      height: 40,
    });
    const large = await bytesOf((await send(await picture("jpeg", 4_500, 3_000))).proofUrl ?? "");
    expect(await sharp(large).metadata()).toMatchObject({ width: 3_000, height: 2_000 });
  });

  test("is told by its content, whatever it is called", async () => {
    const png = await picture("png");
    for (const [name, type] of [
      ["bukti.pdf", "application/pdf"],
      ["x.html", "text/html"],
      ["../../../etc/passwd", "image/jpeg"],
      ["..\\..\\boot.ini", "application/octet-stream"],
      ["a\u0000.png", "image/svg+xml"],
      ["CON", "image/png; charset=../../x"],
    ] as const) {
      expect(await send(png, name, type)).toMatchObject({ status: 201, contentType: "image/png" });
    }
    const strange = files().filter(({ name }) => !/^[0-9a-f-]{36}\.sealed$/.test(name));
    expect(strange).toEqual([]);
    expect(readdirSync(dataDir).sort()).toEqual(["keys.json", "uploads"]);
  });

  test("is sealed on the disk, and opens under no other name", async () => {
    const { proofUrl = "" } = await send(await picture("png", 50, 50));
    const id = new URL(proofUrl).pathname.split("/").at(-1) as string;
    const file = path.join(dataDir, "uploads", id.slice(-2), `${id}.sealed`);
    const raw = readFileSync(file);
    expect(raw.includes("PNG") || raw.includes("IHDR")).toBe(false);
    expect(() => api.app.sealer.openBytes(raw, "uploads.another")).toThrow();
    expect(await api.app.uploads.read(id)).toEqual(await bytesOf(proofUrl));
  });

  test("is served so that nothing in it runs, for 15 minutes, to who has the link", async () => {
    const { proofUrl = "" } = await send(await picture());
    const shown = await look(proofUrl);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "content-disposition": "attachment; filename=bukti.jpg",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(/^default-src 'none';.*sandbox$/),
      "cache-control": "private, no-store",
      "referrer-policy": "no-referrer",
    });
    expect((await look(proofUrl.split("?")[0] as string)).status).toBe(403);
    expect((await look(proofUrl.replace(/(?<=signature=)./, (sign) => (sign === "A" ? "B" : "A")))).status).toBe(403);
    expect((await look(proofUrl.replace(/expires=\d+/, "expires=99999999999"))).status).toBe(403);
    clock.move(15 * MINUTE + 1_000);
    expect((await look(proofUrl)).status).toBe(410);
  });

  test("that no payment shows is gone after a day, and so is a file that nobody finished", async () => {
    await send(await picture());
    await api.app.uploads.write("0190b0aa-0000-7000-8000-0000000000ab", Buffer.from("left behind"));
    clock.move(DAY + MINUTE);
    for (let minutes = 0; minutes < 256; minutes += 1) {
      await purgeUploads(api.app);
      clock.move(MINUTE);
    }
    expect([files().length, await rows()]).toEqual([0, 0]);
  });
});

describe("what is no proof is refused and leaves nothing", () => {
  const refused = (reason: string, status = 400) => ({
    status,
    error: { code: "UPLOAD_REFUSED", details: { reason } },
  });

  test.each([
    ["nothing", "", "EMPTY"],
    ["text", "transfer sudah, ya", "WRONG_TYPE"],
    ["a page", "<!doctype html><script>1</script>", "WRONG_TYPE"],
    ["a drawing that runs", '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "WRONG_TYPE"],
    ["a picture behind a page", `${SCRIPT}\u00ff\u00d8\u00ff`, "WRONG_TYPE"],
    ["a film's header", "GIF89a\u0001\u0000\u0001\u0000", "WRONG_TYPE"],
    ["a picture's first bytes", Buffer.from("ffd8ffe000104a4649460001", "hex"), "UNREADABLE"],
    ["a PDF's first bytes", "%PDF-1.7\n%%EOF", "UNREADABLE"],
  ])("%s", async (_what, content, reason) => {
    await keepsNothing(async () => expect(await send(content)).toMatchObject(refused(reason)));
  });

  test("a picture of too many pixels, which is small as a file", async () => {
    const bomb = await sharp({ create: { width: 7_000, height: 7_000, channels: 3, background: "white" } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(5 * MB);
    await keepsNothing(async () => expect(await send(bomb)).toMatchObject(refused("UNREADABLE")));
  });

  test.each([
    ["a script", (document) => document.addJavaScript("go", "app.alert(1)")],
    ["another file", (document) => document.attach(Buffer.from("MZ"), "a.exe", { mimeType: "application/exe" })],
    [
      "a program to start",
      (document) => document.catalog.set(PDFName.of("OpenAction"), document.context.obj({ S: "Launch", F: "cmd.exe" })),
    ],
  ] as [string, Parameters<typeof pdf>[0]][])("a PDF with %s", async (_what, more) => {
    const active = await pdf(more);
    await keepsNothing(async () => expect(await send(active)).toMatchObject(refused("ACTIVE")));
  });

  test("a PDF that is locked, and one of too many pages", async () => {
    const locked = await pdf((document) => document.encrypt({ userPassword: "x", ownerPassword: "y" }));
    expect(await send(locked)).toMatchObject(refused("ENCRYPTED"));
    expect(await send(await pdf(undefined, 21))).toMatchObject(refused("TOO_MANY_PAGES"));
  });

  test("more than 5 MB, also where its length is not said", async () => {
    const large = Buffer.concat([await picture(), Buffer.alloc(5 * MB)]);
    await keepsNothing(async () => {
      expect(await send(large)).toMatchObject(refused("TOO_LARGE", 413));
      const { type, body } = multipart([{ headers: fileHeaders(), content: large }]);
      const stream = new ReadableStream({
        start: (controller) => {
          for (let at = 0; at < body.length; at += 64_000) controller.enqueue(body.subarray(at, at + 64_000));
          controller.close();
        },
      });
      const init = { method: "POST", body: stream, duplex: "half" } as RequestInit;
      const headers = { authorization: `Bearer ${token}`, "content-type": type };
      expect((await fetch(`${api.url}/api/uploads/proofs`, { ...init, headers })).status).toBe(413);
    });
  });

  test.each([
    ["no multipart", "image/jpeg", () => "x"],
    ["a form", "application/x-www-form-urlencoded", () => "file=x"],
    ["no boundary", "multipart/form-data", () => "x"],
    [
      "no file",
      "multipart/form-data; boundary=batas",
      () => '--batas\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--batas--\r\n',
    ],
    ["no end", "multipart/form-data; boundary=batas", () => `--batas\r\n${fileHeaders().join("\r\n")}\r\n\r\nabc`],
    ["nothing at all", "multipart/form-data; boundary=batas", () => ""],
    ["another boundary", "multipart/form-data; boundary=batas", () => "--other\r\n\r\n--other--"],
  ])("a body with %s", async (_what, type, body) => {
    await keepsNothing(async () => {
      expect(await post(body(), { "content-type": type })).toMatchObject({
        status: 400,
        error: { code: "INVALID_INPUT" },
      });
    });
  });

  test("a body of many parts or many files", async () => {
    const content = await picture();
    const two = multipart([
      { headers: fileHeaders(), content },
      { headers: fileHeaders(), content },
    ]);
    const field = { headers: ['Content-Disposition: form-data; name="a"'], content: "1" };
    const many = multipart([...Array.from({ length: 2_000 }, () => field), { headers: fileHeaders(), content }]);
    const headed = multipart([
      { headers: [...fileHeaders(), ...Array.from({ length: 5_000 }, (_, n) => `X-${n}: y`)], content },
    ]);
    await keepsNothing(async () => {
      for (const { type, body } of [two, many]) {
        expect(await post(body, { "content-type": type })).toMatchObject({ status: 400 });
      }
    });
    expect([201, 400]).toContain((await post(headed.body, { "content-type": headed.type })).status);
  });

  test("a body that is cut off on the way", async () => {
    const { type, body } = multipart([{ headers: fileHeaders(), content: await picture("png", 300, 300) }]);
    await keepsNothing(async () => {
      const socket = net.connect(Number(new URL(api.url).port), "127.0.0.1");
      socket.write(
        `POST /api/uploads/proofs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
          `content-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
      await new Promise((resolve) => socket.write(body.subarray(0, body.length / 2), resolve));
      socket.destroy();
      // The next answer comes after the server has seen the end of the last.
      expect((await send("x")).status).toBe(400);
    });
  });

  test("from nobody, from a service, and the twenty-first that waits", async () => {
    const content = await picture();
    await keepsNothing(async () => {
      const { type, body } = multipart([{ headers: fileHeaders(), content }]);
      const headers = { "content-type": type };
      const anonymous = await fetch(`${api.url}/api/uploads/proofs`, { method: "POST", headers, body });
      expect(anonymous.status).toBe(401);
      const service = await createAccessTokens(api.config.jwtSecret, clock).forService();
      expect(await post(body, { ...headers, authorization: `Bearer ${service}` })).toMatchObject({ status: 403 });
    });
    for (let n = 0; n < 20; n += 1) expect((await send(content)).status).toBe(201);
    await keepsNothing(async () => expect(await send(content)).toMatchObject({ status: 429 }));
  });
});
