import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvePayment, rejectPayment } from "../../../domain/enrollment/approvePayment.ts";
import { openProof, readPurchases } from "../../../domain/enrollment/enrollment.queries.ts";
import { readSameProofs } from "../../../domain/enrollment/proof.queries.ts";
import { purgeUploads } from "../../../domain/enrollment/purgeUploads.ts";
import { storeProof } from "../../../domain/enrollment/storeProof.ts";
import type { PaymentId } from "../../../domain/kernel/ids.ts";
import { checkLink } from "../../../platform/signedLink.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { picture } from "../../support/uploads.ts";
import { BY_QRIS, begin, claim, codes, happens, order, type Person, PROOF, sell, statusOf } from "./facts.ts";

const DAY = 24 * 60 * 60_000;
const MANY = 8;

let shop: LiveShop;
let staff: Person;
let photo: Buffer;
beforeAll(async () => {
  shop = await openLiveShop();
  staff = await shop.addStaff();
  photo = await picture();
});
afterAll(() => shop.close());

const sent = async (by: Person) => (await storeProof(shop.app, by, photo)).proofUrl;
const idOf = (proofUrl: string) => new URL(proofUrl).pathname.split("/").at(-1) as string;
const usedBy = (proofUrl: string) => shop.one("select payment_id from uploads where id = $1", idOf(proofUrl));

async function shown(paymentId: PaymentId): Promise<string> {
  const [purchase] = await readPurchases(shop.app.db, [paymentId]);
  return openProof(shop.app, purchase as NonNullable<typeof purchase>) as string;
}

const mails = ({ userId }: Person) =>
  shop.app.db.sql<{ template: string; subject: string; bodyText: string }>(
    "select template, subject, body_text from notices where user_id = $1 order by created_at, id",
    [userId],
  );

describe("a proof that was sent", () => {
  test("is shown by one payment of its owner, under a link that works for a while", async () => {
    const buyer = await shop.addBuyer();
    const proofUrl = await sent(buyer);
    const paymentId = await claim(shop, buyer, await sell(shop), { proofUrl });
    expect(await usedBy(proofUrl)).toEqual({ paymentId });
    const url = new URL(await shown(paymentId));
    const query = Object.fromEntries(url.searchParams);
    const { linkSecret } = shop.app.settings;
    expect(checkLink(linkSecret, url.pathname, query, shop.app.clock.now())).toBe("good");
    expect(checkLink(linkSecret, url.pathname, query, new Date(Date.now() + DAY))).toBe("over");
    expect(await shop.app.uploads.read(idOf(proofUrl))).not.toBeNull();
  });

  test("is good for one payment, whoever else wants it and however many at once", async () => {
    const [buyer, other] = [await shop.addBuyer(), await shop.addBuyer()];
    const proofUrl = await sent(buyer);
    const refusal = { code: "INVALID_INPUT", details: { fields: { proofUrl: expect.any(String) } } };
    await expect(claim(shop, other, await sell(shop), { proofUrl })).rejects.toMatchObject(refusal);
    const packages = await Promise.all(Array.from({ length: MANY }, () => sell(shop)));
    const results = await Promise.allSettled(packages.map((sold) => claim(shop, buyer, sold, { proofUrl })));
    expect(codes(results).filter((code) => code === undefined)).toHaveLength(1);
    expect(codes(results).filter((code) => code === "INVALID_INPUT")).toHaveLength(MANY - 1);
    await expect(claim(shop, buyer, await sell(shop), { proofUrl })).rejects.toMatchObject(refusal);
    expect(
      await shop.one("select count(*)::integer as payments from payments where user_id = $1", buyer.userId),
    ).toEqual({ payments: 1 });
  });

  test("that nobody sent, or an address of the shop that is none, is refused, and one elsewhere is taken", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const { publicUrl } = shop.app.settings;
    const proofUrl = await sent(buyer);
    for (const strange of [
      `${publicUrl}/api/uploads/proofs/${shop.app.ids.next()}`,
      `${publicUrl}/api/uploads/proofs/nonsense`,
      `${publicUrl}/api/uploads/proofs/../proofs/`,
      `${publicUrl}/account`,
      proofUrl.replace("//", "//a:b@"),
      proofUrl.replace(publicUrl, "http://other.test"),
    ]) {
      await expect(claim(shop, buyer, sold, { proofUrl: strange })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    }
    expect(await shown(await claim(shop, buyer, sold, { proofUrl: PROOF }))).toBe(PROOF);
  });

  test("stays with its payment, whatever becomes of that", async () => {
    const buyer = await shop.addBuyer();
    const [kept, unused] = [await sent(buyer), await sent(buyer)];
    const paymentId = await claim(shop, buyer, await sell(shop), { proofUrl: kept });
    await rejectPayment(shop.app, staff, { paymentId, reason: "Tidak terbaca" });
    shop.advance(2 * DAY);
    await purgeUploads(shop.app);
    expect(await shop.app.uploads.read(idOf(kept))).not.toBeNull();
    expect(await shop.app.uploads.read(idOf(unused))).toBeNull();
    await expect(shop.app.db.sql("delete from uploads where id = $1", [idOf(kept)])).rejects.toThrow();
  });
});

describe("one receipt that several show", () => {
  const sameAs = async (...ids: PaymentId[]) =>
    (await readSameProofs(shop.app.db, ids)).map(({ paymentId, usedBy }) => [paymentId, usedBy]);
  const show = async (content: Uint8Array) => {
    const buyer = await shop.addBuyer();
    const { proofUrl } = await storeProof(shop.app, buyer, content);
    return claim(shop, buyer, await sell(shop), { proofUrl });
  };

  test("is told, also where only its notes were changed, and a receipt that nobody shows is not", async () => {
    const receipt = await sharp({ create: { width: 31, height: 17, channels: 3, background: "#a31" } })
      .png()
      .toBuffer();
    const renamed = await sharp(receipt)
      .withExif({ IFD0: { Copyright: "orang lain" } })
      .png()
      .toBuffer();
    expect(renamed.equals(receipt)).toBe(false);
    const first = await show(receipt);
    await storeProof(shop.app, await shop.addBuyer(), receipt);
    expect(await sameAs(first)).toEqual([]);
    shop.advance(1_000);
    const second = await show(receipt);
    shop.advance(1_000);
    const third = await show(renamed);
    expect(await sameAs(third)).toEqual([
      [third, first],
      [third, second],
    ]);
    expect(await sameAs(first)).toEqual([
      [first, second],
      [first, third],
    ]);
    const elsewhere = await claim(shop, await shop.addBuyer(), await sell(shop));
    expect(await sameAs(elsewhere)).toEqual([]);
  });

  test("is told by what was sent, even where what is kept of it differs", async () => {
    const receipt = await picture("webp", 41, 23);
    const [first, second] = [await show(receipt), await show(receipt)];
    await shop.app.db.sql("update uploads set digest = 'drawn otherwise' where payment_id = $1", [first]);
    expect(await sameAs(first, second)).toEqual(
      expect.arrayContaining([
        [first, second],
        [second, first],
      ]),
    );
  });
});

describe("a learner is told by mail", () => {
  test("that his payment is approved and his courses are open", async () => {
    const buyer = await shop.addBuyer();
    const paymentId = await claim(shop, buyer, await sell(shop));
    await approvePayment(shop.app, staff, { paymentId });
    await approvePayment(shop.app, staff, { paymentId });
    await shop.drain();
    const [mail, ...more] = await mails(buyer);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ template: "enrollmentApproved", subject: "Kelas Seduh: kelas Anda sudah terbuka" });
    expect(mail?.bodyText).toContain("/courses");
  });

  test("that the time to pay a course is over, which it was, and where he orders it again", async () => {
    const buyer = await shop.addBuyer();
    await order(shop, buyer, await sell(shop, { courses: 1 }));
    shop.advance(25 * 60 * 60_000);
    await shop.drain();
    const [mail, ...more] = await mails(buyer);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ template: "paymentExpired" });
    expect(mail?.bodyText).toMatch(/- .+: 1 kelas/);
    expect(mail?.bodyText).toMatch(/\/packages$/m);
  });

  test("why his proof was not believed, and that a new one is a new payment", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const paymentId = await claim(shop, buyer, sold);
    await rejectPayment(shop.app, staff, { paymentId, reason: "Nominalnya kurang" });
    await shop.drain();
    const [mail, ...more] = await mails(buyer);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ template: "enrollmentRejected" });
    expect(mail?.bodyText).toContain("Alasannya: Nominalnya kurang");
    const second = await claim(shop, buyer, sold);
    expect(second).not.toBe(paymentId);
    expect([await statusOf(shop, paymentId), await statusOf(shop, second)]).toEqual(["REJECTED", "PAID"]);
  });

  test("that his money is here and waits, and not twice where nothing waits", async () => {
    const [waiting, served] = [await shop.addBuyer(), await shop.addBuyer()];
    const first = await begin(shop, waiting, await sell(shop));
    const second = await begin(shop, served, await sell(shop, { approval: "AUTO" }));
    for (const { gatewayOrderId } of [first, second]) await happens(shop, gatewayOrderId, BY_QRIS);
    expect((await mails(waiting)).map(({ template }) => template)).toEqual(["courseMoneyReceived"]);
    expect((await mails(served)).map(({ template }) => template)).toEqual(["enrollmentApproved"]);
  });
});
