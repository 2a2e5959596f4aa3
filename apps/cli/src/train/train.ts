/** `foley train`: one stage, or all of them and the packing of what they made. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packMini } from "@foley-control/mini/node";
import { parseRule } from "@foley-control/train";
import {
  CLIP_SECONDS,
  DEFAULT_PLAN,
  REPORT_FILE,
  runStage,
  STAGES,
  type Stage,
  type TrainingPlan,
} from "@foley-control/train/node";
import { type Io, UsageError } from "../io.js";
import type { ComputeFlags } from "../parts/options.js";
import { openRuntime } from "../parts/runtime.js";
import { createProgress } from "../terminal/progress.js";
import { readPlanFile } from "./plan-file.js";
import { trainingProgress } from "./progress.js";
import { smallModelSamples } from "./samples.js";

/** Flags of the command. */
export interface TrainFlags extends ComputeFlags {
  readonly directory: string;
  readonly plan?: string;
  readonly data?: readonly string[];
  readonly recordings?: string;
  readonly start?: string;
  readonly keep?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Trains. */
export async function train(stage: string, flags: TrainFlags, io: Io): Promise<void> {
  const stages: readonly string[] = stage === "all" ? [...STAGES, "pack"] : [stage];
  const unknown = stages.find((name) => name !== "pack" && !(STAGES as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError(`There is no stage "${unknown}"; it must be one of ${STAGES.join(", ")}, pack, all.`);
  if (flags.keep !== undefined && flags.data === undefined)
    throw new UsageError("--keep was given without --data. Name the folder of the prepared dataset.");
  const plan = await readPlan(flags.plan);
  using progress = createProgress(io, flags.quiet === true);
  await using runtime = await openRuntime(flags, io);
  const model = join(flags.directory, "model");
  for (const name of stages) {
    io.signal.throwIfAborted();
    if (name === "pack") {
      const { bytes } = await packMini(flags.directory, model, {
        trainedSeconds: CLIP_SECONDS,
      });
      const total = Object.values(bytes).reduce((sum, size) => sum + size, 0);
      if (!flags.json)
        io.out(`${model}  ${(total / 1e6).toFixed(1)} MB; use it with: foley generate clip.mp4 --model ${model}\n`);
      continue;
    }
    const ended = await runStage(name as Stage, runtime, {
      directory: flags.directory,
      plan,
      recordings: flags.recordings,
      start: flags.start,
      ...(flags.data && { prepared: { directories: flags.data, rules: flags.keep?.map(parseRule) ?? [] } }),
      ...(name === "bridge" && flags.data === undefined && { samples: await smallModelSamples(runtime, flags.directory, io) }),
      signal: io.signal,
      onProgress: trainingProgress(io, progress, flags),
    });
    progress.end();
    const page = join(flags.directory, name, REPORT_FILE);
    const curves = existsSync(page) ? ` ${page} shows how it went.` : "";
    if (!ended) {
      io.err(`${name}: saved. The same command goes on from there.${curves}\n`);
      throw io.signal.reason;
    }
    if (!flags.json) io.out(`${name}: done.${curves}\n`);
  }
  if (flags.json)
    io.out(
      `${JSON.stringify({ type: "result", directory: flags.directory, stages, ...(stages.includes("pack") ? { model } : {}) })}\n`,
    );
}

/** The default plan with the changes of a file, entry by entry. */
async function readPlan(path: string | undefined): Promise<TrainingPlan> {
  const changes = await readPlanFile(path, Object.keys(DEFAULT_PLAN));
  return Object.fromEntries(
    Object.entries(DEFAULT_PLAN).map(([key, value]) => {
      const change = changes[key];
      return [key, typeof value === "object" ? { ...value, ...(change as object | undefined) } : (change ?? value)];
    }),
  ) as unknown as TrainingPlan;
}
