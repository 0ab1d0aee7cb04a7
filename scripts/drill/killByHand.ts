import { type Asker, cancelOrder, choose, createAsker, pay, start, until } from "./killClient.ts";
import {
  becomes,
  boughtBy,
  buy,
  each,
  eachOf,
  type Flow,
  fault,
  type Person,
  payByNumber,
  type Scene,
} from "./killSteps.ts";
import { refunding } from "./killTroubles.ts";

/** The one refund of a purchase, once it stands so. */
const refundThat = ({ stage }: Scene, person: Person, status: string): Promise<string> =>
  until(`a refund ${status}`, async () => {
    const rows = await stage.sql<{ id: string; status: string }>(
      "select id, status from refunds where payment_id = $1",
      [boughtBy(person).paymentId],
    );
    return rows.length === 1 && rows[0]?.status === status && rows[0].id;
  });

async function admins({ stage }: Scene): Promise<[Asker, Asker]> {
  const [first, second] = (await stage.accounts(2, "ADMIN")).map((account) =>
    createAsker(stage.shop.apiUrls[0] as string, account),
  );
  if (!first || !second) throw new Error("no two people");
  return [first, second];
}

const GIVE = `mutation G($id: ID!, $input: BankAccountInput!) {
  setRefundAccount(refundId: $id, input: $input) { id }
}`;
const ACCOUNT = { bankCode: "BCA", accountNumber: "1234567890", accountName: "Pembeli Uji" };
const APPROVE = "mutation A($id: ID!) { approveManualRefund(refundId: $id) { id } }";
const SETTLE = 'mutation S($id: ID!) { settleRefundManually(refundId: $id, reference: "TRX-20261121") { id } }';
const RETRY = "mutation R($id: ID!) { retryRefund(refundId: $id) { id } }";

/** Each refund was done once: in its own row, in the sums above it, and on the audit log. */
async function doneOnce({ stage, people }: Scene): Promise<string[]> {
  const rows = await stage.sql<{ number: string; settles: number; refunded: number; byHand: number; amount: number }>(
    `select p.number, p.amount, p.refunded_amount as refunded, t.refunded_by_hand as by_hand,
            (select count(*)::integer from audit_logs a join refunds r on a.entity_id = r.id::text
              where r.payment_id = p.id and a.permission = 'refund.settle') as settles
       from payments p join payment_transactions t on t.id = p.covering_transaction_id
      where p.id = any($1::uuid[])`,
    [people.map((person) => boughtBy(person).paymentId)],
  );
  return rows.flatMap(({ number, settles, refunded, byHand, amount }) =>
    settles === 1 && refunded === amount && byHand === amount
      ? []
      : [`${number} of ${amount} was settled ${settles} times, ${byHand} by hand, ${refunded} in all`],
  );
}

/** No API pays it back: the customer names an account, one person approves it and another transfers. */
export const payingByHand: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: async (scene) => {
    await each(scene, buy);
    await each(scene, async (person) => {
      await start(person.client, boughtBy(person).paymentId, "VA_BRI");
      await payByNumber(scene, person);
      await cancelOrder(person.client, boughtBy(person).orderId);
      await refundThat(scene, person, "MANUAL");
    });
  },
  act: async (scene) => {
    const [approver, settler] = await admins(scene);
    await each(scene, async (person) => {
      const id = await refundThat(scene, person, "MANUAL");
      await person.client.ask("setRefundAccount", GIVE, { id, input: ACCOUNT });
      await approver.ask("approveManualRefund", APPROVE, { id });
      await settler.ask("settleRefundManually", SETTLE, { id });
      await becomes(scene, person, "REFUNDED");
    });
  },
  ending: null,
  isSold: false,
  check: doneOnce,
};

/** The gateway refused it until no try was left; staff has it sent again. */
export const retrying: Flow = {
  victim: "api",
  passings: eachOf,
  prepare: async (scene) => {
    await each(scene, buy);
    await each(scene, async (person) => {
      await choose({ ...person.client, method: "gopay" }, person.page);
      await pay(person.page);
      await becomes(scene, person, "PAID");
    });
    await fault(scene, "midtrans.refund", "denied", 2 * scene.people.length);
    await each(scene, async (person) => {
      await cancelOrder(person.client, boughtBy(person).orderId);
      await until("a denial", async () => {
        const rows = await scene.stage.sql(
          `update refunds set attempts = 11, next_attempt_at = now()
            where payment_id = $1 and status = 'PENDING' and key_number = 2 returning id`,
          [boughtBy(person).paymentId],
        );
        return rows.length === 1;
      });
      await refundThat(scene, person, "FAILED");
    });
  },
  act: async (scene) => {
    const [admin] = await admins(scene);
    await each(scene, async (person) => {
      await admin.ask("retryRefund", RETRY, { id: await refundThat(scene, person, "FAILED") });
      await becomes(scene, person, "REFUNDED");
    });
  },
  ending: null,
  isSold: false,
  check: (scene) => refunding.check?.(scene) ?? Promise.resolve([]),
};

/** What went back of an invoice gets one credit note, whatever dies while its number is taken. */
export const crediting: Flow = {
  ...payingByHand,
  victim: "worker",
  act: async (scene) => {
    await payingByHand.act(scene);
    await each(scene, (person) =>
      until("a credit note", async () => {
        const rows = await scene.stage.sql(
          "select c.id from credit_notes c join refunds r on r.id = c.refund_id where r.payment_id = $1",
          [boughtBy(person).paymentId],
        );
        return rows.length === 1;
      }),
    );
  },
};
