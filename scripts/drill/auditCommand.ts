import path from "node:path";
import { lastLines, startChild } from "../childProcess.ts";
import type { Loss } from "./reconcile.ts";
import type { RunningShop } from "./stack.ts";

/** What `npm run audit -- --gateway` found. */
export interface AuditFinding {
  readonly invariants: number;
  /** Transactions that it asked the gateway about. */
  readonly asked: number;
  readonly losses: readonly Loss[];
}

interface Said {
  readonly invariants: readonly string[];
  readonly breaches: readonly { readonly invariant: string; readonly subject: string; readonly detail: string }[];
  readonly gateway: { readonly asked: number; readonly notAsked: number; readonly whyNot: readonly string[] };
}

const ASKED_A_SECOND = 500; // the sandbox has no limit that a person would pay for
const LINES_SHOWN = 50;

/** Runs the audit's command, as an operator would, with the gateway's books; nothing counts as being on its way. */
export async function auditShop(shop: Pick<RunningShop, "env" | "dataDir">): Promise<AuditFinding> {
  const logFile = path.join(shop.dataDir, "logs", `audit-${Math.round(performance.now())}.log`);
  const env = { ...shop.env, MIDTRANS_RATE: String(ASKED_A_SECOND) };
  const args = ["--enable-source-maps", "dist/scripts/audit.js", "--gateway", "--strict", "--json"];
  const code = await startChild({ name: "audit", args, env, logFile }).exited;
  const said = lastLines(logFile, LINES_SHOWN)
    .split("\n")
    .findLast((line) => line.startsWith("{"));
  if (said === undefined) throw new Error(`the audit ended with ${code}:\n${lastLines(logFile, LINES_SHOWN)}`);
  const { invariants, breaches, gateway } = JSON.parse(said) as Said;
  const losses = breaches.map(({ invariant, subject, detail }) => ({ kind: `AUDIT ${invariant}`, subject, detail }));
  const notAsked = gateway.whyNot.map((why) => ({ kind: "AUDIT NOT ASKED", subject: "the gateway", detail: why }));
  return { invariants: invariants.length, asked: gateway.asked, losses: [...losses, ...notAsked] };
}
