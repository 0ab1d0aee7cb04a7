import { describe, expect, test } from "vitest";
import { type Sender, type UploadSlots, uploadSlots } from "../../../api/http/uploadSlots.ts";

const BUSY = { code: "RATE_LIMITED", details: { retryAfter: expect.any(Number) } };

/** A body that is sent until `end`. */
function slowly(slots: UploadSlots, sender: Sender) {
  const body = Promise.withResolvers<string>();
  const answer = slots.hold(sender, () => body.promise);
  return { answer, end: () => body.resolve("read"), breakOff: () => body.reject(new Error("gone")) };
}

const at = (n: number): Sender => ({ userId: `user ${n}`, address: `192.0.2.${n}` });

describe("bodies that are sent slowly", () => {
  test("hold two slots of an account, and no more of anybody else's", async () => {
    const slots = uploadSlots();
    const [first, second] = [slowly(slots, at(1)), slowly(slots, { ...at(1), address: "198.51.100.1" })];
    await expect(slowly(slots, at(1)).answer).rejects.toMatchObject(BUSY);
    const neighbour = slowly(slots, { ...at(2), address: at(1).address });
    neighbour.end();
    expect(await neighbour.answer).toBe("read");
    first.end();
    second.breakOff();
    expect(await first.answer).toBe("read");
    await expect(second.answer).rejects.toThrow("gone");
    const [third, fourth] = [slowly(slots, at(1)), slowly(slots, at(1))];
    await expect(slowly(slots, at(1)).answer).rejects.toMatchObject(BUSY);
    for (const each of [third, fourth]) each.end();
    expect(await Promise.all([third.answer, fourth.answer])).toEqual(["read", "read"]);
  });

  test("hold eight slots of an address, whatever accounts it has, and other addresses send on", async () => {
    const slots = uploadSlots();
    const many = Array.from({ length: 8 }, (_, n) => slowly(slots, { userId: `made up ${n}`, address: "192.0.2.9" }));
    await expect(slowly(slots, { userId: "one more", address: "192.0.2.9" }).answer).rejects.toMatchObject(BUSY);
    const other = slowly(slots, at(3));
    for (const each of [other, ...many]) each.end();
    expect(await other.answer).toBe("read");
    await Promise.all(many.map(({ answer }) => answer));
  });

  test("hold forty slots of a process at the most", async () => {
    const slots = uploadSlots();
    const all = Array.from({ length: 40 }, (_, n) => slowly(slots, at(n)));
    await expect(slowly(slots, at(41)).answer).rejects.toMatchObject(BUSY);
    for (const each of all) each.end();
    await Promise.all(all.map(({ answer }) => answer));
    const next = slowly(slots, at(41));
    next.end();
    expect(await next.answer).toBe("read");
  });
});
