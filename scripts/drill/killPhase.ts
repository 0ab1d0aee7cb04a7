import { KILL_POINTS } from "../../domain/kernel/killPoint.ts";
import { WALKS } from "./killFlows.ts";
import { runKillPoint } from "./killRunner.ts";
import { openKillStage } from "./killStage.ts";
import { type DrillRun, openDatabase, workplace } from "./queueDrill.ts";
import type { Loss } from "./reconcile.ts";

/** What became of processes that were ended at every named point. */
export interface KillFinding {
  readonly points: number;
  readonly seeds: number;
  readonly kills: number;
  readonly longestRecoveryMs: number;
  readonly losses: readonly Loss[];
}

/** Ends a process at each kill point, once a seed, and has each death followed by the audit. */
export async function drillKillPoints(run: DrillRun): Promise<KillFinding> {
  const { options, undo, progress } = run;
  progress(`== kill points: ${KILL_POINTS.length} points, ${options.killSeeds} seeds each`);
  const dir = workplace(run, "kill");
  const { database } = await openDatabase(run, dir);
  const stage = await openKillStage({ databaseUrl: database.url, dataDir: dir, migrate: true });
  undo.add(() => stage.stop());
  const losses: Loss[] = [];
  let longestRecoveryMs = 0;
  let kills = 0;
  for (const walk of WALKS) {
    progress(`${kills} kills: ${walk.name}`);
    for (let seed = options.seed; seed < options.seed + options.killSeeds; seed++) {
      const subject = `${walk.name}, seed ${seed}`;
      kills += 1;
      try {
        const { recoveredMs, broken } = await runKillPoint(stage, walk, seed);
        longestRecoveryMs = Math.max(longestRecoveryMs, recoveredMs);
        losses.push(...broken.map((detail) => ({ kind: "KILL", subject, detail })));
      } catch (error) {
        losses.push({ kind: "KILL", subject, detail: (error as Error).message });
      }
    }
  }
  return { points: KILL_POINTS.length, seeds: options.killSeeds, kills, longestRecoveryMs, losses };
}
