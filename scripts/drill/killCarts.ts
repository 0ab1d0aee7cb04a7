import { until } from "./killClient.ts";
import { each, type Flow, once, type Scene } from "./killSteps.ts";

const PUT = "mutation P($id: ID!) { setCartItem(productId: $id, quantity: 1) { id } }";
const AGREE = "mutation { setMarketingConsent(consent: true) { marketingConsent } }";

const owners = ({ people }: Scene) => people.map(({ client }) => client.id);

const REMINDERS = `
  select u.id,
         (select count(*)::integer from notices n where n.user_id = u.id and n.template = 'cartReminder') as mails,
         (select count(*)::integer from cart_events e where e.cart_id = c.id and e.kind = 'ABANDONED') as counted
    from users u join carts c on c.user_id = u.id where u.id = any($1::uuid[])`;

/** Carts that their owners left a day ago, each of whom wants to be reminded. */
export const leaving: Flow = {
  victim: "worker",
  passings: once,
  isPassedAtStart: true,
  prepare: async (scene) => {
    await each(scene, async ({ client }) => {
      await client.ask("setCartItem", PUT, { id: client.goods.productId });
      await client.ask("setMarketingConsent", AGREE, {});
    });
    await scene.stage.shop.end("worker"); // a round of its own must not come first
    await scene.stage.sql("update carts set updated_at = now() - interval '25 hours' where user_id = any($1::uuid[])", [
      owners(scene),
    ]);
  },
  act: async (scene) => {
    await until("everybody reminded", async () => {
      const rows = await scene.stage.sql<{ mails: number }>(REMINDERS, [owners(scene)]);
      return rows.every(({ mails }) => mails > 0);
    });
  },
  ending: null,
  check: async (scene) => {
    const rows = await scene.stage.sql<{ id: string; mails: number; counted: number }>(REMINDERS, [owners(scene)]);
    return rows
      .filter(({ mails, counted }) => mails !== 1 || counted !== 1)
      .map((row) => `a cart has ${JSON.stringify(row)}`);
  },
};
