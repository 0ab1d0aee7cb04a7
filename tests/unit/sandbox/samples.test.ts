import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SAMPLES } from "../../../sandbox/midtrans/samples.ts";
import { notificationBody } from "../../../sandbox/midtrans/wire.ts";

/** The published messages, and the key that signed them. */
const PUBLISHED = JSON.parse(readFileSync("tests/unit/midtrans/samples.json", "utf8")) as Record<string, object>;
const merchant = { merchantId: "G100200300", signatureKey: "SB-Mid-server-EXAMPLEKEY0123456789ab" };

describe("the published sample notifications", () => {
  const made = Object.values(SAMPLES).map((sample) => notificationBody(sample, merchant));

  it("are all there", () => {
    expect(made).toHaveLength(Object.keys(PUBLISHED).length);
  });

  it.each(Object.entries(PUBLISHED))("%s is made with every member and its signature", (_name, published) => {
    expect(made).toContainEqual(expect.objectContaining(published));
  });
});
