import { expect, test } from "vitest";
import { archiveReasons, proofReasons, staffReasons } from "../../../web/admin/staffReasons.ts";
import { learnDeskEn } from "../../../web/ui/words/learnDesk.en.ts";
import { learnDeskId } from "../../../web/ui/words/learnDesk.id.ts";
import { refundDeskEn } from "../../../web/ui/words/refundDesk.en.ts";
import { refundDeskId } from "../../../web/ui/words/refundDesk.id.ts";

const english: Readonly<Record<string, string>> = { ...learnDeskEn, ...refundDeskEn };
const indonesian = new Set<string>(Object.values({ ...learnDeskId, ...refundDeskId }));

test.each([
  ["rejects a proof", proofReasons],
  ["takes a review down", archiveReasons],
  ["cancels or gives money back", staffReasons],
])("whoever %s reads English, and the customer is told in Indonesian", (_what, reasons) => {
  const all = reasons((key) => english[key] ?? "");
  expect(all.length).toBeGreaterThan(3);
  for (const { kept, shown } of all) {
    expect(Object.values(english)).toContain(shown);
    expect(indonesian).toContain(kept);
    expect(kept).not.toBe(shown);
  }
});
