import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { purgeUploads } from "../../../domain/enrollment/purgeUploads.ts";
import { openUploadShop, type UploadShop } from "../../support/uploadShop.ts";
import { pdf, picture, SCRIPT, SECRET } from "../../support/uploads.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let shop: UploadShop;
beforeAll(async () => {
  shop = await openUploadShop();
});
beforeEach(() => shop.signIn());
afterAll(() => shop?.stop());

describe("a proof of payment", () => {
  test.each(["jpeg", "png", "webp"] as const)("as %s is shown by its link, without what it said", async (format) => {
    const photo = Buffer.concat([await picture(format, 400, 300), Buffer.from(`PK\u0003\u0004${SCRIPT}`)]);
    const { status, proofUrl = "", contentType } = await shop.send(photo);
    expect({ status, contentType }).toEqual({ status: 201, contentType: `image/${format}` });
    expect(proofUrl.startsWith(`${shop.api.config.publicUrl}/api/uploads/proofs/`)).toBe(true);
    const kept = await shop.bytesOf(proofUrl);
    expect(await sharp(kept).metadata()).toMatchObject({ format, width: 400, height: 300 });
    expect(kept.includes(SECRET) || kept.includes("<script>") || kept.includes("Exif")).toBe(false);
  });

  test("as PDF is shown by its link, without what it said", async () => {
    const { status, proofUrl = "", contentType } = await shop.send(Buffer.concat([await pdf(), Buffer.from(SCRIPT)]));
    expect({ status, contentType }).toEqual({ status: 201, contentType: "application/pdf" });
    const kept = await shop.bytesOf(proofUrl);
    expect(kept.subarray(0, 5).toString()).toBe("%PDF-");
    expect(kept.includes(SECRET) || kept.includes("<script>") || kept.includes("pdf-lib")).toBe(false);
  });

  test("turned by a telephone is stored upright, and a very large one smaller", async () => {
    const lying = await sharp({ create: { width: 40, height: 20, channels: 3, background: "red" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(await sharp(await shop.bytesOf((await shop.send(lying)).proofUrl ?? "")).metadata()).toMatchObject({
      width: 20,
      height: 40,
    });
    const large = await shop.bytesOf((await shop.send(await picture("jpeg", 4_500, 3_000))).proofUrl ?? "");
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
      expect(await shop.send(png, name, type)).toMatchObject({ status: 201, contentType: "image/png" });
    }
    const strange = shop.files().filter((name) => !/^[0-9a-f-]{36}\.sealed$/.test(name));
    expect(strange).toEqual([]);
    expect(readdirSync(shop.dataDir).sort()).toEqual(["keys.json", "uploads"]);
  });

  test("is sealed on the disk, and opens under no other name", async () => {
    const { proofUrl = "" } = await shop.send(await picture("png", 50, 50));
    const id = new URL(proofUrl).pathname.split("/").at(-1) as string;
    const file = path.join(shop.dataDir, "uploads", id.slice(-2), `${id}.sealed`);
    const raw = readFileSync(file);
    expect(raw.includes("PNG") || raw.includes("IHDR")).toBe(false);
    expect(() => shop.api.app.sealer.openBytes(raw, "uploads.another")).toThrow();
    expect(await shop.api.app.uploads.read(id)).toEqual(await shop.bytesOf(proofUrl));
  });

  test("is served so that nothing in it runs, for 15 minutes, to who has the link", async () => {
    const { proofUrl = "" } = await shop.send(await picture());
    const shown = await shop.look(proofUrl);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "content-disposition": "attachment; filename=bukti.jpg",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(/^default-src 'none';.*sandbox$/),
      "cache-control": "private, no-store",
      "referrer-policy": "no-referrer",
    });
    expect((await shop.look(proofUrl.split("?")[0] as string)).status).toBe(403);
    expect((await shop.look(proofUrl.replace(/(?<=signature=)./, (sign) => (sign === "A" ? "B" : "A")))).status).toBe(
      403,
    );
    expect((await shop.look(proofUrl.replace(/expires=\d+/, "expires=99999999999"))).status).toBe(403);
    shop.clock.move(15 * MINUTE + 1_000);
    expect((await shop.look(proofUrl)).status).toBe(410);
  });

  test("that no payment shows is gone after a day, and so is a file that nobody finished", async () => {
    await shop.send(await picture());
    await shop.api.app.uploads.write("0190b0aa-0000-7000-8000-0000000000ab", Buffer.from("left behind"));
    shop.clock.move(DAY + MINUTE);
    for (let minutes = 0; minutes < 256; minutes += 1) {
      await purgeUploads(shop.api.app);
      shop.clock.move(MINUTE);
    }
    expect([shop.files().length, await shop.rows()]).toEqual([0, 0]);
  });
});
