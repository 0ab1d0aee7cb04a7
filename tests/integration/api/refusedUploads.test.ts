import { once } from "node:events";
import { createServer } from "node:http";
import net, { type AddressInfo } from "node:net";
import { deflateSync } from "node:zlib";
import { PDFName } from "@cantoo/pdf-lib";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import { readUpload } from "../../../api/http/readUpload.ts";
import { openUploadShop, type UploadShop } from "../../support/uploadShop.ts";
import { fileHeaders, multipart, pdf, picture, SCRIPT } from "../../support/uploads.ts";

const MB = 1024 * 1024;
/** More than is ever unpacked of one file. */
const UNPACKED = 400_000_000;
const TRIES_MAX = 200;

let shop: UploadShop;
beforeAll(async () => {
  shop = await openUploadShop();
});
beforeEach(() => shop.signIn());
afterAll(() => shop?.stop());

/** Nothing was kept by what ran. */
async function keepsNothing(run: () => Promise<unknown>): Promise<void> {
  const before = [shop.files().length, await shop.rows()];
  await run();
  expect([shop.files().length, await shop.rows()]).toEqual(before);
}

/** The first half of a body, on a connection that stays. */
async function sendHalf(port = Number(new URL(shop.api.url).port)): Promise<net.Socket> {
  const { type, body } = multipart([{ headers: fileHeaders(), content: await picture("png", 300, 300) }]);
  const socket = net.connect(port, "127.0.0.1");
  socket.write(
    `POST /api/uploads/proofs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${shop.token()}\r\n` +
      `content-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.write(body.subarray(0, body.length / 2), resolve));
  return socket;
}

/** Until a file of text is answered so; the server sees at its own time what came and went. */
async function comesTo(status: number, token = shop.token()): Promise<void> {
  const { type, body } = multipart([{ headers: fileHeaders(), content: "x" }]);
  const headers = { "content-type": type, authorization: `Bearer ${token}` };
  let last = 0;
  for (let tries = 0; tries < TRIES_MAX && last !== status; tries += 1) last = (await shop.post(body, headers)).status;
  expect(last).toBe(status);
}

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
    await keepsNothing(async () => expect(await shop.send(content)).toMatchObject(refused(reason)));
  });

  test("a picture of too many pixels, which is small as a file", async () => {
    const bomb = await sharp({ create: { width: 7_000, height: 7_000, channels: 3, background: "white" } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(5 * MB);
    await keepsNothing(async () => expect(await shop.send(bomb)).toMatchObject(refused("UNREADABLE")));
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
    await keepsNothing(async () => expect(await shop.send(active)).toMatchObject(refused("ACTIVE")));
  });

  test("a PDF that is locked, and one of too many pages", async () => {
    const locked = await pdf((document) => document.encrypt({ userPassword: "x", ownerPassword: "y" }));
    expect(await shop.send(locked)).toMatchObject(refused("ENCRYPTED"));
    expect(await shop.send(await pdf(undefined, 21))).toMatchObject(refused("TOO_MANY_PAGES"));
  });

  test("a PDF that unpacks to a hundred times its size, while others are served", async () => {
    const packed = deflateSync(Buffer.alloc(UNPACKED, " "));
    const head = `%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length ${packed.length}>>\nstream\n`;
    const end = "\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF";
    const bomb = Buffer.concat([Buffer.from(head), packed, Buffer.from(end)]);
    await keepsNothing(async () => {
      const answer = shop.send(bomb);
      expect((await fetch(`${shop.api.url}/healthz`)).status).toBe(200);
      expect(await answer).toMatchObject(refused("UNREADABLE"));
    });
  });

  test("more than 5 MB, also where its length is not said", async () => {
    const large = Buffer.concat([await picture(), Buffer.alloc(5 * MB)]);
    await keepsNothing(async () => {
      expect(await shop.send(large)).toMatchObject(refused("TOO_LARGE", 413));
      const { type, body } = multipart([{ headers: fileHeaders(), content: large }]);
      const stream = new ReadableStream({
        start: (controller) => {
          for (let at = 0; at < body.length; at += 64_000) controller.enqueue(body.subarray(at, at + 64_000));
          controller.close();
        },
      });
      const init = { method: "POST", body: stream, duplex: "half" } as RequestInit;
      const headers = { authorization: `Bearer ${shop.token()}`, "content-type": type };
      expect((await fetch(`${shop.api.url}/api/uploads/proofs`, { ...init, headers })).status).toBe(413);
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
      expect(await shop.post(body(), { "content-type": type })).toMatchObject({
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
        expect(await shop.post(body, { "content-type": type })).toMatchObject({ status: 400 });
      }
    });
    expect([201, 400]).toContain((await shop.post(headed.body, { "content-type": headed.type })).status);
  });

  test("a body that is cut off on the way", async () => {
    await keepsNothing(async () => {
      (await sendHalf()).destroy();
      // The next answer comes after the server has seen the end of the last.
      expect((await shop.send("x")).status).toBe(400);
    });
  });

  test("a third body of an account that sends two others slowly, and one of its neighbour is not", async () => {
    const slow = [await sendHalf(), await sendHalf()];
    try {
      await comesTo(429);
      const token = shop.token();
      await shop.signIn();
      expect((await shop.send("x")).status).toBe(400);
      for (const socket of slow) socket.destroy();
      await comesTo(400, token);
    } finally {
      for (const socket of slow) socket.destroy();
    }
  });

  test("a body whose sender was gone before it was looked at", async () => {
    const server = createServer();
    const ended = Promise.withResolvers<unknown>();
    server.on("request", (request) => {
      request.on("error", () => undefined);
      request.once("close", () => setImmediate(() => readUpload(request).catch(ended.resolve)));
    });
    server.listen(0, "127.0.0.1").unref();
    await once(server, "listening");
    const request = once(server, "request");
    const socket = await sendHalf((server.address() as AddressInfo).port);
    await request;
    socket.destroy();
    expect(await ended.promise).toMatchObject({ code: "INVALID_INPUT" });
    server.close();
  });

  test("from nobody, from a service, and the twenty-first that waits", async () => {
    const content = await picture();
    await keepsNothing(async () => {
      const { type, body } = multipart([{ headers: fileHeaders(), content }]);
      const headers = { "content-type": type };
      const anonymous = await fetch(`${shop.api.url}/api/uploads/proofs`, { method: "POST", headers, body });
      expect(anonymous.status).toBe(401);
      const service = await createAccessTokens(shop.api.config.jwtSecret, shop.clock).forService();
      expect(await shop.post(body, { ...headers, authorization: `Bearer ${service}` })).toMatchObject({ status: 403 });
    });
    for (let n = 0; n < 20; n += 1) expect((await shop.send(content)).status).toBe(201);
    await keepsNothing(async () => expect(await shop.send(content)).toMatchObject({ status: 429 }));
  });
});
