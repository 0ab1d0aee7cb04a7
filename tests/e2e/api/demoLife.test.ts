import { liveDemo } from "../../../scripts/seed/demoLife.ts";
import { type Stack, startStack } from "../../support/stack.ts";
import { type Counter, openCounter } from "./shopper.ts";

const STORY_MS = 120_000;

let stack: Stack;
let counter: Counter;

beforeAll(async () => {
  stack = await startStack();
  counter = openCounter(stack);
}, STORY_MS);
afterAll(async () => {
  await counter?.close();
  await stack?.stop();
});

const live = () => {
  const shopUrl = stack.apiUrls[0] as string;
  return liveDemo({ shopUrl, sandboxUrl: stack.sandboxUrl, signal: new AbortController().signal });
};
const told = () =>
  counter.sql(
    `select (select array_agg(o.status::text) from orders o) as orders,
            (select array_agg(r.rating) from reviews r) as ratings,
            (select array_agg(p.status::text || ' ' || p.channel::text) from payments p where p.purpose = 'ENROLLMENT') as courses`,
  );

test(
  "the demo shop shows a delivered order with its review and a proof that waits, made once and by everybody's doors",
  async () => {
    await live();
    const once = await told();
    expect(once).toEqual([{ orders: ["COMPLETED"], ratings: [5], courses: ["PAID MANUAL_TRANSFER"] }]);
    await live();
    expect(await told()).toEqual(once);
    expect(await counter.audit()).toEqual([]);
  },
  STORY_MS,
);
