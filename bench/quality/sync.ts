/** Whether impacts are heard when they are seen. */
import { contactsOf, IMPACT_CLASSES, type SceneDescription } from "@foley-control/scenes";
import { matchOnsets, mergeOnsets, type OnsetScore, poolOnsetScores } from "@foley-control/signal";
import type { HeardTrial } from "./hearing.js";
import { MERGE_SECONDS } from "./observation.js";
import { CONDITIONS } from "./trials.js";

/** Times of the true contacts of a scene, those that are heard as one merged, seconds. */
export const contactTimes = (scene: SceneDescription): number[] =>
  mergeOnsets(
    contactsOf(scene).map(({ time }) => time),
    MERGE_SECONDS,
  );

/** Onsets of a set of clips against true contacts. */
export interface SyncRow {
  readonly of: string;
  readonly clips: number;
  readonly f1At100: number;
  readonly f1At50: number;
  readonly precisionAt100: number;
  readonly recallAt100: number;
  readonly meanLagMs: number;
}

/** One row per condition, then one per class with its own video. */
export function syncRows(all: readonly HeardTrial[]): SyncRow[] {
  const impacts = all.filter(({ trial }) => trial.part === "impacts");
  const own = impacts.filter(({ trial }) => trial.condition === "video");
  return [
    ...CONDITIONS.map((condition) =>
      syncRow(
        condition,
        impacts.filter(({ trial }) => trial.condition === condition),
      ),
    ),
    ...IMPACT_CLASSES.map((name) =>
      syncRow(
        `video, ${name}`,
        own.filter(({ trial }) => trial.scene.class === name),
      ),
    ),
  ].filter(({ clips }) => clips > 0);
}

function syncRow(of: string, heard: readonly HeardTrial[]): SyncRow {
  const score = (tolerance: number): OnsetScore =>
    poolOnsetScores(heard.map(({ heard: { onsets }, trial }) => matchOnsets([...onsets], contactTimes(trial.scene), tolerance)));
  const at100 = score(0.1);
  return {
    of,
    clips: heard.length,
    f1At100: at100.f1,
    f1At50: score(0.05).f1,
    precisionAt100: at100.precision,
    recallAt100: at100.recall,
    meanLagMs: 1000 * at100.meanLag,
  };
}
