import { until } from "./killClient.ts";
import { bookParcels, payParcels } from "./killShipping.ts";
import type { KillStage } from "./killStage.ts";
import { letCallsEnd } from "./killStage.ts";
import { boughtBy, each, eachOf, type Flow, type Person, type Scene } from "./killSteps.ts";

const CONFIRM = "mutation R($id: ID!) { confirmReceipt(orderId: $id) { id status } }";

/** The claims of a dead worker run out now instead of minutes later. */
async function letClaimsEnd(stage: KillStage): Promise<void> {
  await letCallsEnd(stage);
  await stage.sql("update shipments set claimed_until = null where claimed_until is not null");
}

const orderIds = ({ people }: Scene): string[] => people.map((person) => boughtBy(person).orderId);

async function bookingOf({ stage }: Scene, person: Person): Promise<string> {
  const [row] = await stage.sql<{ no: string }>(
    "select booking_no as no from shipments where order_id = $1 and status <> 'CANCELLED'",
    [boughtBy(person).orderId],
  );
  if (!row) throw new Error("nothing was booked");
  return row.no;
}

const becomes = ({ stage }: Scene, person: Person, status: string): Promise<unknown> =>
  until(`the order ${status}`, async () => {
    const [row] = await stage.sql<{ status: string }>("select status from orders where id = $1", [
      boughtBy(person).orderId,
    ]);
    return row?.status === status;
  });

/** The courier does something with every parcel, whether anybody is told or not. */
const courierMoves = (scene: Scene, status: string, notify: boolean) =>
  each(scene, async (person) =>
    scene.stage.control("POST", `shipments/${await bookingOf(scene, person)}`, { status, notify, hold: true }),
  );

/** As a callback makes it due: a look that is under way, and may have asked before, is followed by another. */
const LOOK = `
  update shipments set next_check_at = now(), told_at = now()
   where order_id = any($1::uuid[]) and next_check_at is not null`;
const look = (scene: Scene): Promise<unknown> => scene.stage.sql(LOOK, [orderIds(scene)]);

async function bookAll(scene: Scene): Promise<void> {
  await payParcels(scene);
  await bookParcels(scene);
}

/** One step to COMPLETED by the courier's own word, or by the customer's; one line of each kind, one mail of it. */
async function checkArrived(scene: Scene, by: "RAJAONGKIR" | "CUSTOMER"): Promise<string[]> {
  const rows = await scene.stage.sql<{ number: string; steps: string[]; mails: number; twice: number }>(
    `select o.number,
            array(select l.source || coalesce(' ' || l.external_status, '') from order_status_logs l
                   where l.order_id = o.id and l.to_status = 'COMPLETED') as steps,
            (select count(*)::integer from notices n join shipments h on n.event = 'shipment.delivered:' || h.id
              where h.order_id = o.id) as mails,
            (select count(*)::integer from (
               select from shipment_events e join shipments h on h.id = e.shipment_id where h.order_id = o.id
                group by e.at, e.external_status, e.description having count(*) > 1) t) as twice
       from orders o where o.id = any($1::uuid[])`,
    [orderIds(scene)],
  );
  const steps = by === "CUSTOMER" ? "CUSTOMER" : "RAJAONGKIR";
  return rows.flatMap((row) => [
    ...(row.steps.length === 1 && row.steps[0]?.startsWith(steps)
      ? []
      : [`order ${row.number} was completed by ${row.steps.join(" and ") || "nobody"}`]),
    ...(row.mails === (by === "CUSTOMER" ? 0 : 1) ? [] : [`${row.mails} mails say that ${row.number} arrived`]),
    ...(row.twice === 0 ? [] : [`${row.twice} lines of the story of ${row.number} are kept twice`]),
  ]);
}

/** Parcels arrive, nobody is told, and the worker finds out by itself. */
export const following: Flow = {
  victim: "worker",
  part: "tracking",
  passings: eachOf,
  prepare: bookAll,
  async act(scene) {
    await courierMoves(scene, "DELIVERED", false);
    await look(scene);
    await each(scene, (person) => becomes(scene, person, "COMPLETED"));
  },
  ending: null,
  isSold: true,
  onDeath: ({ stage }) => letClaimsEnd(stage),
  check: (scene) => checkArrived(scene, "RAJAONGKIR"),
};

/** The courier company calls, and the API dies over it: the company calls again, or the worker comes by. */
export const beingTold: Flow = {
  ...following,
  victim: "api",
  async prepare(scene) {
    await bookAll(scene);
    // What the company has told so far was long ago.
    await scene.stage.sql("update shipments set told_at = null where order_id = any($1::uuid[])", [orderIds(scene)]);
  },
  async act(scene) {
    await courierMoves(scene, "DELIVERED", true);
    await each(scene, (person) => becomes(scene, person, "COMPLETED"));
  },
};

/** Customers say that they have their parcels. */
export const confirming: Flow = {
  ...following,
  victim: "api",
  async prepare(scene) {
    await bookAll(scene);
    await courierMoves(scene, "DIKIRIM", false);
    await look(scene);
    await each(scene, (person) => becomes(scene, person, "SHIPPED"));
  },
  async act(scene) {
    await each(scene, (person) => person.client.ask("confirmReceipt", CONFIRM, { id: boughtBy(person).orderId }));
    await each(scene, (person) => becomes(scene, person, "COMPLETED"));
  },
  check: (scene) => checkArrived(scene, "CUSTOMER"),
};
