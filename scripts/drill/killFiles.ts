import { type Account, createAsker, until } from "./killClient.ts";
import { becomes, boughtBy, buy, each, type Flow, once, paymentIds, payOnPage, type Scene } from "./killSteps.ts";

const HEADER = "Order ID,Transaction Type,Settlement Date,Gross Amount,Fee,Currency,Payout Reference";

interface Paid {
  readonly orderId: string;
  readonly amount: number;
}

/** What the gateway's dashboard would tell of these purchases: paid out, and nothing kept of it. */
async function fileOf(scene: Scene): Promise<string> {
  const rows = await scene.stage.sql<Paid>(
    `select gateway_order_id as order_id, captured_amount as amount
       from payment_transactions where payment_id = any($1::uuid[]) and captured_amount > 0`,
    [paymentIds(scene)],
  );
  const payout = `PO-${boughtBy(scene.people[0] as Scene["people"][number]).paymentId}`;
  return [HEADER, ...rows.map((row) => `${row.orderId},PAYMENT,2026-11-23,${row.amount},0,IDR,${payout}`)].join("\n");
}

/** Sends the file until it is answered, as whoever saw no answer does. */
async function send({ stage }: Scene, file: string): Promise<string> {
  const [account] = await stage.accounts(1, "STAFF");
  const url = `${stage.shop.apiUrls[0]}/api/reconciliation/files?kind=settlement&name=kill.csv`;
  const headers = { authorization: `Bearer ${account?.token}`, "content-type": "text/csv" };
  return until("the file taken", async () => {
    const response = await fetch(url, { method: "POST", headers, body: file });
    return response.ok && ((await response.json()) as { id: string }).id;
  });
}

/** Files of purchases that are paid are imported, and their lines matched. */
export const importing: Flow = {
  victim: "api",
  passings: once,
  prepare: async (scene) => {
    await each(scene, async (person) => {
      await buy(person);
      await payOnPage(person);
      await becomes(scene, person, "PAID");
    });
  },
  act: async (scene) => {
    const id = await send(scene, await fileOf(scene));
    await until("the file matched", async () => {
      const rows = await scene.stage.sql("select from settlement_files where id = $1 and state = 'DONE'", [id]);
      return rows.length === 1;
    });
  },
  ending: "PAID",
  check: async (scene) => {
    const rows = await scene.stage.sql<{ number: string; lines: number; booked: number }>(
      `select p.number, count(l.id)::integer as lines,
              coalesce(sum((select -sum(b.amount) from ledger_entries e join ledger_postings b on b.entry_id = e.id
                             where e.settlement_line_id = l.id and b.account = 'RECEIVABLE')), 0)::integer
                - p.amount::integer as booked
         from payments p left join settlement_lines l on l.payment_id = p.id and l.state = 'MATCHED'
        where p.id = any($1::uuid[]) group by p.id`,
      [paymentIds(scene)],
    );
    return rows.flatMap(({ number, lines, booked }) =>
      lines === 1 && booked === 0 ? [] : [`${number} has ${lines} matched lines, and ${booked} rupiah too many booked`],
    );
  },
};

/** The same: who matches dies, and another goes on. */
export const matching: Flow = { ...importing, victim: "worker" };

const SET = "mutation S($input: FeeRateInput!) { setFeeRate(input: $input) { paymentType } }";
const VALID_FROM = "2030-01-01";

/** A contract with another price is written down, once. */
export const rating: Flow = {
  victim: "api",
  passings: once,
  act: async ({ stage }) => {
    const [account] = await stage.accounts(1, "ADMIN");
    const admin = createAsker(stage.shop.apiUrls[0] as string, account as Account);
    const rate = { paymentType: "carrier", basisPoints: 150, fixed: 500, vat: "INCLUDED", settleDays: 2 };
    await admin.ask("setFeeRate", SET, { input: { ...rate, validFrom: VALID_FROM } });
  },
  ending: null,
  check: async ({ stage }) => {
    const rows = await stage.sql("select from fee_rates where payment_type = 'carrier' and valid_from = $1", [
      VALID_FROM,
    ]);
    return rows.length === 1 ? [] : [`${rows.length} rates of one day`];
  },
};
