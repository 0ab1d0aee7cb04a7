import { createAsker, until } from "./killClient.ts";
import {
  becomes,
  buy,
  each,
  eachOf,
  type Flow,
  once,
  paymentIds,
  payUnnoticed,
  type Scene,
  staffOf,
} from "./killSteps.ts";

const RUN = "mutation R($day: Date!) { runReconciliation(day: $day) { day state } }";
const TAKE = "mutation T($id: ID!) { takeDiscrepancy(id: $id) { id } }";
const RESOLVE = `mutation R($id: ID!, $action: String!, $note: String!) {
  resolveDiscrepancy(id: $id, action: $action, note: $note) { id } }`;
const SIGN = "mutation S($day: Date!) { signOffReconciliation(day: $day) { state } }";

const JAKARTA_OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const dayAgo = (days: number): string =>
  new Date(Date.now() + JAKARTA_OFFSET_MS - days * DAY_MS).toISOString().slice(0, 10);

/** The customers pay, nobody is told, and no poll will ask. */
async function payUnheard(scene: Scene): Promise<void> {
  await each(scene, buy);
  await payUnnoticed(scene);
  await scene.stage.sql("update payment_transactions set next_poll_at = null where payment_id = any($1::uuid[])", [
    paymentIds(scene),
  ]);
}

/** Has today looked at, and waits for its end. */
async function closeToday(scene: Scene): Promise<void> {
  const day = dayAgo(0);
  const staff = await staffOf(scene);
  await staff.ask("runReconciliation", RUN, { day });
  await until("the day's run", async () => {
    const [run] = await scene.stage.sql<{ state: string }>("select state from reconciliation_runs where day = $1", [
      day,
    ]);
    return run && run.state !== "RUNNING";
  });
}

/** Each payment was found once and set right once; nothing is counted twice, and nothing was left out. */
async function checkClose(scene: Scene): Promise<string[]> {
  const rows = await scene.stage.sql<{ number: string; healed: number; open: number }>(
    `select p.number, count(d.id) filter (where d.action = 'HEALED')::integer as healed,
            count(d.id) filter (where d.resolved_at is null)::integer as open
       from payments p left join discrepancies d on d.payment_id = p.id
      where p.id = any($1::uuid[]) group by p.id`,
    [paymentIds(scene)],
  );
  const wrong = rows.filter(({ healed, open }) => healed !== 1 || open !== 0);
  const [counts] = await scene.stage.sql<{ left: number }>(
    `select (select count(*) from reconciliation_items where outcome is null)::integer
            + (select count(*) from reconciliation_runs r
                where checked + unanswered <> total
                   or total <> (select count(*) from reconciliation_items i where i.day = r.day))::integer as left`,
  );
  return [
    ...wrong.map(({ number, healed, open }) => `${number} was set right ${healed} times, and ${open} are open`),
    ...(counts?.left === 0 ? [] : [`${counts?.left} of the close's counts or items are wrong`]),
  ];
}

/** A lost notification is found and set right by the close; a second one finds that all agrees. */
export const closing: Flow = {
  victim: "worker",
  passings: eachOf,
  prepare: payUnheard,
  act: async (scene) => {
    await closeToday(scene);
    await each(scene, (person) => becomes(scene, person, "PAID"));
    await closeToday(scene);
  },
  ending: "PAID",
  check: checkClose,
};

/** What one run passes once, whoever bought. */
export const closingOnce: Flow = { ...closing, passings: once };

/** The same, where the process that begins the day dies. */
export const beginning: Flow = { ...closingOnce, victim: "api" };

const PLANT = `
  insert into discrepancies (id, day, kind, subject, ours, theirs, amount, evidence, actions, payment_id,
                             transaction_id, opened_at, seen_at)
  select gen_random_uuid(), $2, 'MISSING_HERE', t.gateway_order_id, 'nothing', 'paid', -1, '{}',
         '{SYNC,DISMISS}', t.payment_id, t.id, now(), now()
    from payment_transactions t where t.payment_id = any($1::uuid[])`;

const openOf = (scene: Scene) =>
  scene.stage.sql<{ id: string; day: string }>(
    "select id, day from discrepancies where payment_id = any($1::uuid[]) order by id",
    [paymentIds(scene)],
  );

/** Staff takes what does not agree and has the gateway asked again: the lost payment is there, and the matter over. */
export const resolving: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: async (scene) => {
    await payUnheard(scene);
    await scene.stage.sql(PLANT, [paymentIds(scene), dayAgo(0)]);
  },
  act: async (scene) => {
    const staff = await staffOf(scene);
    for (const { id } of await openOf(scene)) {
      await staff.ask("takeDiscrepancy", TAKE, { id });
      await staff.ask("resolveDiscrepancy", RESOLVE, { id, action: "SYNC", note: "asked again" });
    }
    await each(scene, (person) => becomes(scene, person, "PAID"));
  },
  ending: "PAID",
  check: async (scene) => {
    const rows = await scene.stage.sql<{ subject: string; action: string; ends: number }>(
      `select d.subject, d.action,
              (select count(*)::integer from audit_logs a
                where a.entity_id = d.id::text and a.after->>'action' = 'SYNC') as ends
         from discrepancies d where d.payment_id = any($1::uuid[])`,
      [paymentIds(scene)],
    );
    return rows.flatMap(({ subject, action, ends }) =>
      action === "SYNC" && ends === 1 ? [] : [`${subject} ended as ${action}, ${ends} times`],
    );
  },
};

const YESTERDAY = `
  insert into reconciliation_runs (day, state, started_at, finished_at) values ($1, 'OPEN', now(), now())
  on conflict (day) do update set state = 'OPEN', signed_off_at = null, signed_off_by = null`;

/** An admin signs a day off. */
export const signing: Flow = {
  victim: "api",
  passings: once,
  prepare: async ({ stage }) => {
    await stage.sql(YESTERDAY, [dayAgo(1)]);
  },
  act: async ({ stage }) => {
    const [account] = await stage.accounts(1, "ADMIN");
    if (!account) throw new Error("there is no admin");
    const admin = createAsker(stage.shop.apiUrls[0] as string, account);
    await admin.ask("signOffReconciliation", SIGN, { day: dayAgo(1) });
    const [run] = await stage.sql<{ state: string }>("select state from reconciliation_runs where day = $1", [
      dayAgo(1),
    ]);
    if (run?.state !== "SIGNED_OFF") throw new Error(`the day is ${run?.state}`);
  },
  ending: null,
};
