import { describe, expect, test } from "vitest";
import { createUnsaved } from "../../../web/ui/unsaved.ts";

describe("leaving a page", () => {
  test("would lose something while any form holds what was typed, and nothing after the last is sent or gone", () => {
    const unsaved = createUnsaved();
    const heard: boolean[] = [];
    unsaved.subscribe(() => heard.push(unsaved.any()));
    const [review, account] = [{}, {}];
    unsaved.add(review);
    unsaved.add(account);
    unsaved.remove(review);
    unsaved.remove(account);
    unsaved.remove(account);
    expect(heard).toEqual([true, true, true, false]);
  });

  test("is never held up once the person has signed out", () => {
    const unsaved = createUnsaved();
    unsaved.add({});
    unsaved.clear();
    expect(unsaved.any()).toBe(false);
  });
});
