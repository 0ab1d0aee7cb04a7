import { randomUUID } from "node:crypto";
import { until } from "./killClient.ts";
import { each, eachOf, type Flow, once, type Person, type Scene } from "./killSteps.ts";

const LINK = "mutation L($input: LinkGopayInput!) { linkGopay(input: $input) { id } }";
const UNLINK = "mutation U($id: ID!) { unlinkGopay(id: $id) { id } }";
const MINE = "{ linkedAccounts { id state linkUrl } }";

/** Links that a customer asks for before he goes away: the gateway's own end after some minutes of its time. */
const LINKS_MAX = 5;

interface Mine {
  readonly id: string;
  readonly state: string;
  readonly linkUrl: string | null;
}

async function mine({ client }: Person, id: string): Promise<Mine | undefined> {
  const { linkedAccounts } = await client.ask<{ linkedAccounts: Mine[] }>("the accounts", MINE, {});
  return linkedAccounts.find((account) => account.id === id);
}

const reaches = (person: Person, id: string, states: readonly string[]): Promise<Mine> =>
  until(`an account ${states.join(" or ")}`, async () => {
    const account = await mine(person, id);
    return account && states.includes(account.state) && account;
  });

/** Asks for a link and agrees at the gateway, anew where a link is over. @returns the linked account's id */
async function link(person: Person): Promise<string> {
  for (let links = 1; links <= LINKS_MAX; links++) {
    const input = { idempotencyKey: `kill-${randomUUID()}` };
    const { linkGopay } = await person.client.ask<{ linkGopay: { id: string } }>("linkGopay", LINK, { input });
    const { id } = linkGopay;
    const { linkUrl } = await reaches(person, id, ["PENDING", "EXPIRED"]);
    if (linkUrl === null) continue;
    await fetch(linkUrl, { method: "POST", redirect: "manual", body: new URLSearchParams({ action: "allow" }) });
    const { state } = await reaches(person, id, ["LINKED", "EXPIRED"]);
    if (state === "LINKED") return id;
  }
  throw new Error("no link was opened in time");
}

async function unlink(person: Person, id: string): Promise<void> {
  await person.client.ask("unlinkGopay", UNLINK, { id });
  await reaches(person, id, ["UNLINKED"]);
}

/** The lease of what a dead one had claimed, or asked for, is over. */
const lookNow = async ({ stage, people }: Scene): Promise<void> => {
  await stage.sql(
    "update linked_accounts set next_look_at = now() where user_id = any($1::uuid[]) and next_look_at is not null",
    [people.map(({ client }) => client.id)],
  );
};

/** Everybody's account was linked and is over, here as there, and nothing that can be charged is left. */
async function check({ stage, people }: Scene): Promise<string[]> {
  const rows = await stage.sql<{ accountId: string | null; state: string; isKept: boolean; isLinked: boolean }>(
    `select gateway_account_id as "accountId", state, linked_at is not null as "isLinked",
            token_sealed is not null or links_sealed is not null as "isKept"
       from linked_accounts where user_id = any($1::uuid[])`,
    [people.map(({ client }) => client.id)],
  );
  const { accounts } = await stage.control<{ accounts: readonly { id: string; status: string }[] }>("GET", "accounts");
  const there = new Map(accounts.map(({ id, status }) => [id, status]));
  const linked = rows.filter(({ isLinked }) => isLinked).length;
  return [
    ...(linked === people.length ? [] : [`${linked} accounts were linked by ${people.length} people`]),
    ...rows.flatMap(({ accountId, state, isKept }) => [
      ...(["UNLINKED", "EXPIRED"].includes(state) ? [] : [`an account is ${state}`]),
      ...(isKept ? ["a secret of an account that is over is kept"] : []),
      ...(there.get(accountId ?? "") === "ENABLED" ? ["the gateway would still charge an account"] : []),
    ]),
  ];
}

/** An account is linked and unlinked; nothing is charged to it. */
export const linking: Flow = {
  victim: "api",
  passings: eachOf,
  act: (scene) => each(scene, async (person) => unlink(person, await link(person))),
  onDeath: lookNow,
  ending: null,
  check,
};

/** The worker sees that its owner has agreed. */
export const watching: Flow = { ...linking, victim: "worker" };
export const watchingTogether: Flow = { ...watching, passings: once };
