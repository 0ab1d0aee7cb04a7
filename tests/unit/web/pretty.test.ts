import { expect, test } from "vitest";
import { detailLine, pretty } from "../../../web/admin/pretty.ts";

test("a step's detail is told in one line, of what is plain in it", () => {
  expect(detailLine('{"status":"settlement","fraud":null,"amount":15000,"more":{"a":1}}')).toBe("settlement · 15000");
  expect(detailLine("{}")).toBeNull();
});

test("what is not JSON is shown as it came", () => {
  expect(pretty("not json")).toBe("not json");
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
});
