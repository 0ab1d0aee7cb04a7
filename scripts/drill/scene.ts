import { setTimeout as delay } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import type { ShopFloor } from "./shopFloor.ts";
import type { Attempt, Diary, Kind, ShopperBook } from "./told.ts";

/** Where the shoppers of one fault day act, and where what happens is written down. */
export interface Scene {
  readonly floor: ShopFloor;
  readonly apiUrls: readonly string[];
  readonly sandboxUrl: string;
  readonly chance: Chance;
  /** ms since the start. */
  now(): number;
  note(attempt: Attempt): void;
  noteWait(wait: Diary["waits"][number]): void;
}

export interface Answered<T> {
  /** OK, the shop's error code, HTTP_ and a status, or NO_ANSWER. */
  readonly code: string;
  readonly data: T | null;
}

/** A shopper's browser waits no longer for one answer. */
const ANSWER_WITHIN_MS = 15_000;
/** For one thing that he wants a shopper asks again and again for so long. */
const PATIENCE_MS = 60_000;
/** Before he asks again; by chance up to twice as long. */
const PAUSE_MS = 400;

interface Request {
  readonly url: string;
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** The shopper goes away after so many ms without having seen the answer. */
  readonly leavesAfterMs?: number;
}

async function send<T>({ url, method = "POST", body, headers, leavesAfterMs }: Request) {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...headers },
    signal: AbortSignal.timeout(leavesAfterMs ?? ANSWER_WITHIN_MS),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  let json: T | null = null;
  try {
    json = JSON.parse(text) as T;
  } catch {
    json = null; // not what was asked for: the status says more
  }
  return { status: response.status, json };
}

/** Sends a request and writes it down; never throws. `codeOf` reads what the body says. */
async function ask<T>(
  scene: Scene,
  kind: Kind,
  request: Request,
  codeOf: (body: T | null) => string | null,
): Promise<Answered<T>> {
  const at = scene.now();
  let answered: Answered<T>;
  try {
    const { status, json } = await send<T>(request);
    answered = { code: codeOf(json) ?? (status < 400 && json !== null ? "OK" : `HTTP_${status}`), data: json };
  } catch {
    answered = { code: "NO_ANSWER", data: null }; // refused, cut, or too late: a shopper sees no difference
  }
  const isLeft = request.leavesAfterMs !== undefined && answered.code === "NO_ANSWER";
  if (!isLeft) scene.note({ kind, code: answered.code, at, until: scene.now() });
  return answered;
}

interface GraphqlBody<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

interface Operation {
  readonly query: string;
  readonly variables: object;
}

/** One operation of the shop at one of its API processes, as a signed-in customer. */
export async function askShop<T>(
  scene: Scene,
  kind: Kind,
  userId: ShopperBook["userId"],
  operation: Operation,
  options: { readonly leavesAfterMs?: number } = {},
): Promise<Answered<T>> {
  const token = await scene.floor.tokenOf(userId as Parameters<ShopFloor["tokenOf"]>[0]);
  return askAs(scene, kind, token, operation, options);
}

/** As askShop, as somebody of the staff. */
export const askAsStaff = async <T>(scene: Scene, operation: Operation): Promise<Answered<T>> =>
  askAs(scene, "staff", await scene.floor.staffToken(), operation, {});

/** As askShop, as one of the admins. */
export const askAsAdmin = async <T>(scene: Scene, which: 0 | 1 | 2, operation: Operation): Promise<Answered<T>> =>
  askAs(scene, "staff", await scene.floor.adminToken(which), operation, {});

async function askAs<T>(
  scene: Scene,
  kind: Kind,
  token: string,
  operation: Operation,
  options: { readonly leavesAfterMs?: number },
): Promise<Answered<T>> {
  const url = `${scene.chance.pick(scene.apiUrls)}/graphql`;
  const request = { url, body: operation, headers: { authorization: `Bearer ${token}` }, ...options };
  const { code, data } = await ask<GraphqlBody<T>>(scene, kind, request, (body) => {
    const error = body?.errors?.[0];
    return error ? (error.extensions?.code ?? "INTERNAL") : null;
  });
  return { code, data: code === "OK" ? (data?.data ?? null) : null };
}

/** One request to the sandbox, as the customer's bank or by a stranger. */
export const askSandbox = <T>(scene: Scene, method: string, route: string, body?: object): Promise<Answered<T>> =>
  ask<T>(scene, "pay", { url: `${scene.sandboxUrl}/sandbox/${route}`, method, ...(body ? { body } : {}) }, () => null);

/** Asks until the answer is one, or the shopper's patience is over (null). */
export async function insist<T>(scene: Scene, act: (round: number) => Promise<T | null>): Promise<T | null> {
  const end = scene.now() + PATIENCE_MS;
  for (let round = 0; scene.now() < end; round++) {
    const found = await act(round);
    if (found !== null) return found;
    await delay(PAUSE_MS * (1 + scene.chance.next()));
  }
  return null;
}
