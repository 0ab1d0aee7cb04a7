import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WALKS, type Walk } from "../../scripts/drill/killFlows.ts";
import { runKillPoint } from "../../scripts/drill/killRunner.ts";
import { type KillStage, openKillStage, type Victim } from "../../scripts/drill/killStage.ts";
import type { Flow } from "../../scripts/drill/killSteps.ts";
import { createShopDatabase, type TestDatabase } from "../support/database.ts";

/** Lines of the processes' logs that a failed point shows. */
const LOG_CHARS_SHOWN = 6_000;
const HOUR_MS = 3_600_000;
const HOURS_OF_DAY = 24;

/** How many seeds each point is walked to with, and the first of them: a drill takes more than a test run. */
const seeds = Number(process.env["KILL_SEEDS"] ?? "1");
const firstSeed = Number(process.env["KILL_FIRST_SEED"] ?? "1");
/** One run takes each n-th walk; 1: all of them. A death costs a start, and all of them more than a test run has. */
const share = Number(process.env["KILL_SHARE"] ?? "6");
/** On by one each hour and each day: runs of one day take other walks, and so do those of one hour on other days. */
const hours = Math.floor(Date.now() / HOUR_MS);
const turn = Number(process.env["KILL_TURN"] ?? Math.floor(hours / HOURS_OF_DAY) + (hours % HOURS_OF_DAY));

/** Shares are dealt out of the whole list, so that no file is always the one with more. */
const dealt: ReadonlySet<Walk> = new Set(WALKS.filter((_, i) => (i + turn) % share === 0));

/** All points of one part of the shop, on one stage: only the process that died is started again. */
export function killSuite(victims: readonly Victim[], part?: Flow["part"]): void {
  const isOfSuite = ({ flow }: Walk) => victims.includes(flow.victim) && flow.part === part;
  const walks = WALKS.filter((walk) => isOfSuite(walk) && dealt.has(walk));
  let database: TestDatabase;
  let dataDir: string;
  let stage: KillStage;

  beforeAll(async () => {
    database = await createShopDatabase();
    dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-kill-"));
    stage = await openKillStage({ databaseUrl: database.url, dataDir, seed: false });
  });
  afterAll(async () => {
    await stage?.stop();
    await database?.drop();
    if (dataDir) rmSync(dataDir, { recursive: true, force: true });
  });

  const which = share === 1 ? "all walks" : `KILL_SHARE=${share} KILL_TURN=${turn % share}`;
  const whose = victims.join(" or ");
  describe(`a purchase survives the death of its ${whose}: nothing is lost, and nothing done twice`, () => {
    for (const walk of walks) {
      for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
        test(`at ${walk.name}, seed ${seed} (${which})`, async () => {
          const result = await runKillPoint(stage, walk, seed).catch((error: unknown) => {
            throw new Error(`${walk.name}, seed ${seed}\n${stage.shop.logs().slice(-LOG_CHARS_SHOWN)}`, {
              cause: error,
            });
          });
          expect(result).toMatchObject({ broken: [] });
        });
      }
    }
  });
}
