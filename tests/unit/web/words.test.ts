import { ERROR_CODES } from "../../../domain/kernel/errors.ts";
import { en } from "../../../web/ui/words/en.ts";
import { id } from "../../../web/ui/words/id.ts";

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test("both languages say the same things", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(id).sort());
});

test("a sentence takes the same values in both languages, and is never empty", () => {
  for (const key of Object.keys(id) as (keyof typeof id)[]) {
    expect([key, placeholders(en[key])]).toEqual([key, placeholders(id[key])]);
    expect(id[key].trim() && en[key].trim()).not.toBe("");
  }
});

test("every refusal that the shop knows has its words", () => {
  expect(ERROR_CODES.filter((code) => !(`error.${code}` in id))).toEqual([]);
});
