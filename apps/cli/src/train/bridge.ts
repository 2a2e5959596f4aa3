/** `foley train bridge --data …`: a bridge for any backbone, from prepared features to a file. */
import { join } from "node:path";
import { type BridgeConfig, tokenSources } from "@foley-control/bridge";
import type { AudioBackbone, Runtime } from "@foley-control/core";
import { obtainModel, poolingsOf } from "@foley-control/models/node";
import { BRIDGE_PLAN_ENTRIES, type BridgePlan, changeBridgePlan, defaultBridgePlan, parseRule } from "@foley-control/train";
import {
  BRIDGE_FILE,
  dataParallelRuntimes,
  type MakeBridgeSamples,
  trainBridge as trainBridgeOf,
} from "@foley-control/train/node";
import type { Io } from "../io.js";
import { withModels } from "../models/with-models.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { assertOneBackbone, openBackbone, openEncoders } from "../parts/parts.js";
import { createProgress } from "../terminal/progress.js";
import { readPlanFile } from "./plan-file.js";
import { trainingProgress } from "./progress.js";
import { pipelineSamples, videoClips } from "./samples.js";

/** Flags of the command. */
export interface TrainBridgeFlags extends PartsFlags, ComputeFlags {
  readonly data: readonly string[];
  readonly keep?: readonly string[];
  readonly out: string;
  readonly resume?: boolean;
  readonly start?: string;
  readonly plan?: string;
  readonly steps?: number;
  readonly batch?: number;
  readonly microBatch?: number;
  readonly processes?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly heldOut?: number | string;
  readonly validateEvery?: number;
  readonly checkpointEvery?: number;
  readonly samples?: readonly string[];
  readonly samplesEvery?: number;
  readonly licence?: string;
  readonly json?: boolean;
}

/** Trains, or goes on. */
export async function trainBridge(flags: TrainBridgeFlags, io: Io): Promise<void> {
  const { data, out, licence } = flags;
  assertOneBackbone(flags);
  const rules = flags.keep?.map(parseRule) ?? [];
  const changes = await readPlanFile(flags.plan, BRIDGE_PLAN_ENTRIES);
  using progress = createProgress(io, flags.quiet === true);
  await using parallel = dataParallelRuntimes({
    processes: flags.processes ?? 1,
    device: flags.device,
    threads: flags.threads,
  });
  const [runtime] = parallel.runtimes;
  progress.say("opening the backbone");
  const { start: named } = flags;
  const start = named && (await withModels(flags, io, (options) => obtainModel(named, "bridge", options))).path;
  const backbone = await openBackbone(flags, io);
  const plan = planOf(changeBridgePlan(defaultBridgePlan(backbone), changes), flags);
  const tell = trainingProgress(io, progress, flags);
  const made = await trainBridgeOf(parallel.runtimes, {
    backbone,
    data,
    rules,
    directory: out,
    plan,
    microBatch: flags.microBatch,
    start,
    resume: flags.resume,
    heldOut: flags.heldOut,
    validateEvery: flags.validateEvery,
    checkpointEvery: flags.checkpointEvery,
    ...(flags.samples && {
      samples: { every: flags.samplesEvery, make: await samplesOf(flags, flags.samples, backbone, runtime, io) },
    }),
    provenance: licence === undefined ? {} : { licence },
    signal: io.signal,
    onProgress: (report) => tell("bridge", report),
  });
  progress.end();
  if (!made.ended) {
    io.err(
      `bridge: saved after ${made.step} of ${made.steps} steps. The same command goes on; ${made.file} is the bridge so far.\n`,
    );
    throw io.signal.reason;
  }
  if (flags.json) {
    io.out(`${JSON.stringify({ type: "result", directory: out, ...made })}\n`);
    return;
  }
  io.out(`${made.file}  ${made.steps} steps on ${made.clips} clips\n`);
  io.out(`Use it with: foley generate clip.mp4 "…"${used(flags, made.config)} --bridge ${join(out, BRIDGE_FILE)}\n`);
}

/** What makes sounds for videos in between; the encoder sees them as it saw the features. */
async function samplesOf(
  flags: TrainBridgeFlags,
  videos: readonly string[],
  backbone: AudioBackbone,
  runtime: Runtime,
  io: Io,
): Promise<MakeBridgeSamples> {
  const clips = await videoClips(videos, backbone.seconds.maximum, io.signal);
  let encoders: Awaited<ReturnType<typeof openEncoders>> | undefined;
  return async (bridge, request) => {
    encoders ??= await openEncoders({ ...flags, pooling: poolingsOf(bridge) }, io);
    const [encoder, ...beside] = encoders;
    return pipelineSamples(runtime, { backbone, encoder, beside }, flags.out, clips)(bridge, request);
  };
}

/** The flags of `generate` that name the same parts. */
function used({ model, backbone, textEncoder, sites }: TrainBridgeFlags, config: BridgeConfig): string {
  const named = Object.entries({ model, backbone, "text-encoder": textEncoder, sites: sites?.join(",") }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]),
  );
  const encoders = tokenSources(config).map(({ encoder }) => encoder);
  // The one of the small model is used where none is named.
  const small = encoders.length === 1 && encoders[0]?.startsWith("foley-control/");
  return [...named, ...(small ? [] : encoders.map((each) => `--encoder <${each}>`))].map((flag) => ` ${flag}`).join("");
}

/** What the flags change of a plan. */
function planOf(plan: BridgePlan, { steps, batch, seed, learningRate: peak }: TrainBridgeFlags): BridgePlan {
  const learningRate = peak === undefined ? undefined : { ...plan.learningRate, peak };
  return changeBridgePlan(plan, { steps, batch, seed, learningRate });
}
