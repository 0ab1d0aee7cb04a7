import { expect, test } from "vitest";
import { planted, readSources, type SourceFile } from "./sources.ts";

/** What stands at the top of domain/: the app that use cases may need, the messages, all tables. */
const DOMAIN_ROOT = ["domain/app.ts", "domain/messages.ts", "domain/tables.ts"];
const KINDS = /^[a-z][a-zA-Z]*\.(states|rules|access|table|queries)\.ts$/;
const PORT = /^[a-z][a-zA-Z]*Gateway\.ts$/;
/** A use case or a step: camelCase, and it exports a function of its own name. */
const VERB = /^([a-z][a-zA-Z]*)\.ts$/;
/** The kernel holds plain values besides: money, time, ids. */
const KERNEL_VALUE = /^[a-z][a-zA-Z]*\.ts$/;
/** No verbs: the port by which a payment acts on what it pays for, its implementation, and the parts of two steps. */
const NOUNS = [
  "domain/payment/purposeEffects.ts",
  "domain/checkout/orderEffects.ts",
  "domain/payment/paymentToken.ts",
  "domain/payment/beginTransaction.ts",
];

const exportsItsName = (file: SourceFile, name: string) =>
  new RegExp(`export (async )?(function|const) ${name}\\b`).test(file.text);

/** Files of domain/ of a kind that the architecture does not know. */
function strangers(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => {
      const [, feature, name, deeper] = file.path.split("/");
      if (name === undefined) return !DOMAIN_ROOT.includes(file.path);
      if (deeper !== undefined) return true;
      if (KINDS.test(name) || PORT.test(name)) return false;
      if (feature === "kernel") return !KERNEL_VALUE.test(name);
      if (NOUNS.includes(file.path)) return false;
      const verb = VERB.exec(name)?.[1];
      return verb === undefined || !exportsItsName(file, verb);
    })
    .map((file) => file.path);
}

test("a feature holds tables, rules, rights, shapes, reads, ports and verbs, and nothing else", () => {
  expect(strangers(readSources(["domain"]))).toEqual([]);
});

test.each([
  ["domain/order/order.service.ts", "export class OrderService {}"],
  ["domain/order/helpers.ts", "export function shorten() {}"],
  ["domain/order/steps/advanceOrder.ts", "export function advanceOrder() {}"],
  ["domain/order/OrderThing.ts", "export function OrderThing() {}"],
  ["domain/stuff.ts", "export const x = 1;"],
])("%s would be a stranger", (file, text) => {
  expect(strangers([planted(file, text)])).toEqual([file]);
});

test("a verb that exports its own name is welcome", () => {
  expect(strangers([planted("domain/order/cancelOrder.ts", "export async function cancelOrder() {}")])).toEqual([]);
});
