import type { KillPoint } from "../../domain/kernel/killPoint.ts";
import { METHODS } from "../../domain/payment/methods.rules.ts";
import { runAudit } from "../../domain/report/runAudit.ts";
import { type Chance, createChance } from "./chance.ts";
import { createClient, until } from "./killClient.ts";
import type { Walk } from "./killFlows.ts";
import { brokenPromises } from "./killPromises.ts";
import { isQuiet, type KillStage, letLeasesEnd, processOf, type Victim } from "./killStage.ts";
import type { Flow, Scene } from "./killSteps.ts";

/** What became of one process that was ended at one point. */
export interface KillResult {
  readonly walk: string;
  readonly seed: number;
  /** What the seed chose: people at once, and the passing at which the process ended. */
  readonly people: number;
  readonly nth: number;
  readonly methods: readonly string[];
  /** From the death until nothing was left to be done, in ms. */
  readonly recoveredMs: number;
  /** What was lost, done twice or left undone; none where all is well. */
  readonly broken: readonly string[];
}

const PEOPLE_MAX = 3;
const PAGE_METHODS = ["other_qris", "gopay", "shopeepay", "bca_va", "bni_va", "bri_va"] as const;
const CHARGED = METHODS.flatMap(({ method, charge }) => (charge && method !== "SAVED_CARD" ? [method] : []));
const STOCK = 100;

/** Each point has choices of its own: seeds alone would choose the same for all of them. */
const chanceOf = (point: KillPoint, seed: number): Chance =>
  createChance([...point].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, seed));

async function setScene(stage: KillStage, chance: Chance): Promise<Scene> {
  const accounts = await stage.accounts(1 + chance.whole(PEOPLE_MAX));
  const goods = await stage.product(STOCK);
  const people = accounts.map((account) => {
    const wish = {
      goods,
      quantity: 1 + chance.whole(3),
      method: chance.pick(PAGE_METHODS),
      charged: chance.pick(CHARGED),
    };
    return { client: createClient(stage.shop.apiUrls[0] as string, account, wish), bought: null, page: "" };
  });
  return { stage, people };
}

/**
 * The deed that ends the process; answers when it is dead, with what goes on without it. null: everything was done and
 * the point was passed less often, because what several people cause may be done at once.
 */
async function killDuring(
  scene: Scene,
  flow: Flow,
  point: KillPoint,
  nth: number,
): Promise<{ goesOn: Promise<void> } | null> {
  const { stage } = scene;
  const name = processOf(flow.victim);
  await flow.prepare?.(scene);
  if (flow.isPassedAtStart) await stage.shop.end(name);
  stage.arm(flow.victim, point, nth);
  if (flow.isPassedAtStart) await stage.shop.begin(name);
  const exited = stage.shop.exited(name);
  const deed = flow.act(scene);
  let isOver = false;
  const rest = deed.then(() => until("a shop at rest", async () => isOver || isQuiet(stage)));
  const how = await Promise.race([exited, rest.then(() => null)]);
  isOver = true;
  if (how === null && stage.disarm()) return null;
  const end = how ?? (await exited);
  if (end !== "SIGKILL") throw new Error(`${name} ended by ${end} and not at ${point}`);
  return { goesOn: deed };
}

/** Whatever a failed walk left behind is gone: the order, the gateway's faults, and a process that stayed dead. */
async function tidy(stage: KillStage, victim: Victim): Promise<void> {
  stage.disarm();
  stage.mails.mood = "takes";
  await stage.control("DELETE", "faults");
  await stage.shop.end(processOf(victim));
  await letLeasesEnd(stage, victim);
  await stage.shop.begin(processOf(victim));
}

/** Lets the dead process come back and the customers go on, until nothing is left to be done. */
async function recover(scene: Scene, flow: Flow, goesOn: Promise<void>): Promise<void> {
  const { stage } = scene;
  const name = processOf(flow.victim);
  await stage.shop.end(name);
  await flow.onDeath?.(scene);
  await letLeasesEnd(stage, flow.victim);
  await stage.shop.begin(name);
  await goesOn;
  await until("a shop at rest", () => isQuiet(stage));
  await stage.control("DELETE", "faults");
}

/**
 * Walks customers to a point, where the process ends by SIGKILL, starts it again, lets the customers do what customers
 * do, waits until nothing is left to be done, and holds the books against every invariant and against what the flow
 * promised. The same seed makes the same choices.
 *
 * @throws Error when the point is not passed, or the shop does not come to rest; the stage can be used again
 */
export async function runKillPoint(stage: KillStage, walk: Walk, seed: number): Promise<KillResult> {
  const { point, flow } = walk;
  const chance = chanceOf(point, seed);
  let scene = await setScene(stage, chance);
  let nth = 1 + chance.whole(flow.passings(scene.people.length));
  let recoveredMs: number;
  try {
    let killed = await killDuring(scene, flow, point, nth);
    while (killed === null && nth > 1) {
      nth -= 1;
      scene = await setScene(stage, chance);
      killed = await killDuring(scene, flow, point, nth);
    }
    if (killed === null) throw new Error(`${point} was not passed`);
    const diedAt = performance.now();
    await recover(scene, flow, killed.goesOn);
    recoveredMs = Math.round(performance.now() - diedAt);
  } catch (error) {
    await tidy(stage, flow.victim);
    throw error;
  }
  const breaches = await runAudit({ sql: stage.sql }, { now: new Date(), graceMs: 0 });
  const broken = [
    ...breaches.map(({ invariant, subject, detail }) => `${invariant} ${subject}: ${detail}`),
    ...(await brokenPromises(scene, STOCK, flow)),
    ...((await flow.check?.(scene)) ?? []),
  ];
  const methods = scene.people.map(({ client }) => `${client.method}/${client.charged}`);
  return { walk: walk.name, seed, people: scene.people.length, nth, methods, recoveredMs, broken };
}
