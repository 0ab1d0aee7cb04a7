import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { WALKS } from "../../scripts/drill/killFlows.ts";
import { runKillPoint } from "../../scripts/drill/killRunner.ts";
import { type KillStage, openKillStage, type Victim } from "../../scripts/drill/killStage.ts";
import type { Flow } from "../../scripts/drill/killSteps.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const START_WITHIN_MS = 120_000;
const POINT_WITHIN_MS = 120_000;
/** Lines of the processes' logs that a failed point shows. */
const LOG_CHARS_SHOWN = 6_000;

/** How many seeds each point is walked to with, and the first of them: a drill takes more than a test run. */
const seeds = Number(process.env["KILL_SEEDS"] ?? "1");
const firstSeed = Number(process.env["KILL_FIRST_SEED"] ?? "1");
/** One run takes each n-th walk, beginning with the seed's: so many runs with seeds that follow take all. */
const share = Number(process.env["KILL_SHARE"] ?? "1");

/** All points of one process in one part of the shop, on one stage: only the process that died is started again. */
export function killSuite(victim: Victim, part?: Flow["part"]): void {
  const ofPart = WALKS.filter(({ flow }) => flow.victim === victim && flow.part === part);
  const walks = ofPart.filter((_, i) => (i + firstSeed) % share === 0);
  let database: TestDatabase;
  let dataDir: string;
  let stage: KillStage;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-kill-"));
    stage = await openKillStage({ databaseUrl: database.url, dataDir });
  }, START_WITHIN_MS);
  afterAll(async () => {
    await stage?.stop();
    await database?.drop();
    if (dataDir) rmSync(dataDir, { recursive: true, force: true });
  }, START_WITHIN_MS);

  describe(`a purchase survives the death of its ${victim}: nothing is lost, and nothing done twice`, () => {
    for (const walk of walks) {
      for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
        test(
          `at ${walk.name}, seed ${seed}`,
          async () => {
            const result = await runKillPoint(stage, walk, seed).catch((error: unknown) => {
              throw new Error(`${walk.name}, seed ${seed}\n${stage.shop.logs().slice(-LOG_CHARS_SHOWN)}`, {
                cause: error,
              });
            });
            expect(result).toMatchObject({ broken: [] });
          },
          POINT_WITHIN_MS,
        );
      }
    }
  });
}
