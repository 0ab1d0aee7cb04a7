import { randomUUID } from "node:crypto";
import { createAsker } from "./killClient.ts";
import { each, eachOf, type Flow } from "./killSteps.ts";

const REQUEST = "mutation R($input: AdjustmentInput!) { requestAdjustment(input: $input) { id } }";
const APPROVE = "mutation A($id: ID!) { approveAdjustment(id: $id) { entryId } }";
const REJECT = 'mutation N($id: ID!) { rejectAdjustment(id: $id, reason: "Salah akun") { rejectedAt } }';

const input = () => ({
  postings: [
    { account: "ROUNDING", amount: 7 },
    { account: "SUSPENSE", amount: -7 },
  ],
  reason: "Pembulatan payout",
  idempotencyKey: randomUUID(),
});

/** One admin puts the books right and another says yes to half of it, and no to the rest. */
export const adjusting: Flow = {
  victim: "api",
  passings: eachOf,
  act: async (scene) => {
    const { stage } = scene;
    const [first, second] = (await stage.accounts(2, "ADMIN")).map((account) =>
      createAsker(stage.shop.apiUrls[0] as string, account),
    );
    if (!first || !second) throw new Error("no two people");
    await each(scene, async () => {
      for (const decision of [APPROVE, REJECT]) {
        const wish = { input: input() };
        const { requestAdjustment } = await first.ask<{ requestAdjustment: { id: string } }>("request", REQUEST, wish);
        await second.ask("decision", decision, { id: requestAdjustment.id });
      }
    });
  },
  ending: null,
  check: async ({ stage, people }) => {
    const [made] = await stage.sql<{ wrong: number; booked: number; rejected: number }>(
      `with made as (
         select a.approved_by, a.rejected_by, count(e.id) as entries, count(l.id) as audits
           from ledger_adjustments a left join ledger_entries e on e.adjustment_id = a.id
           left join audit_logs l on l.entity_id = a.id::text and l.permission = 'adjustment.request'
          group by a.id order by a.requested_at desc, a.id desc limit $1)
       select count(*) filter (where audits <> 1 or entries <> num_nonnulls(approved_by))::integer as wrong,
              count(approved_by)::integer as booked, count(rejected_by)::integer as rejected
         from made`,
      [2 * people.length],
    );
    return made?.wrong === 0 && made.booked === people.length && made.rejected === people.length
      ? []
      : [`of ${2 * people.length} adjustments: ${JSON.stringify(made)}`];
  },
};
