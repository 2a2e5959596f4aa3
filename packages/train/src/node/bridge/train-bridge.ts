/** A bridge for any backbone, trained on prepared clips: resumable, into one folder, with a file at its end that is used at once. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { clipSize } from "@foley-control/audio-backbone";
import { BRIDGE_FORMAT, type BridgeConfig, bridgeConfig, createBridge, initialiseBridge } from "@foley-control/bridge";
import { type AudioBackbone, type Bridge, FoleyError, memoryParameters, type Runtime } from "@foley-control/core";
import { sha256 } from "@foley-control/files/node";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { type BridgePlan, changeBridgePlan, defaultBridgePlan } from "../../bridge-plan.js";
import { frozenParameters, silenceOf } from "../../conditioning.js";
import type { PreparedManifest, PreparedVideo } from "../../data/clip-row.js";
import type { CurationRule } from "../../data/rules.js";
import { averageRule, learningRateAt } from "../../schedule.js";
import { bridgeLoss } from "../../stages/bridge.js";
import { createTrainer } from "../../trainer.js";
import { lossValidation } from "../../validation.js";
import { CHECKPOINT_FILE } from "../checkpoint.js";
import { runTraining, type TrainingProgress } from "../loop.js";
import { graphWeightsDigest } from "../prepare/parts.js";
import { openPreparedDataset } from "../prepare/prepared-dataset.js";
import type { SampleRequest, TrainingSample } from "../samples.js";
import { bridgeBatches, heldOutBatches } from "./bridge-batches.js";
import { assertPreparedFor } from "./dataset-fit.js";
import { splitClips } from "./split-clips.js";
import { readStart } from "./start.js";

/** The file that a training of a bridge makes. */
export const BRIDGE_FILE = "bridge.safetensors";

/** Makes sounds for held-out clips, always the same clips with the same seeds, with the bridge as it is; its weights are in memory. */
export type MakeBridgeSamples = (
  bridge: Bridge,
  request: Pick<SampleRequest, "step" | "signal">,
) => Promise<readonly TrainingSample[]>;

/** Options of {@link trainBridge}. */
export interface TrainBridgeOptions {
  /** What the bridge goes into; all of it stays as it is. */
  readonly backbone: AudioBackbone;
  /** Folders of `prepareDataset`, made with the codec and the text encoder of the backbone and any video encoder. */
  readonly data: string | readonly string[];
  /** Which of their clips. Default: all. */
  readonly rules?: readonly CurationRule[] | undefined;
  /** Folder of the run. */
  readonly directory: string;
  /** What differs from `defaultBridgePlan(backbone)`. */
  readonly plan?: Partial<BridgePlan> | undefined;
  /** A bridge file to start from, trained for this backbone and this encoder. Default: a fresh bridge. */
  readonly start?: string | undefined;
  /** Refuses to begin anew: there must be a checkpoint in the folder. Default: goes on where there is one. */
  readonly resume?: boolean | undefined;
  /** Clips that are computed at once on every runtime, a divisor of the plan's batch. Default: the batch shared by the runtimes. */
  readonly microBatch?: number | undefined;
  /**
   * Clips that are not trained on, for the validation losses: so many, or a part of the data set. Default: the part `HELD_OUT_SPLIT` where
   * there is one, else one in twenty, at most 64.
   */
  readonly heldOut?: number | string | undefined;
  /** Steps between validations. Default: that of `runTraining`. */
  readonly validateEvery?: number | undefined;
  /** Makes sounds for clips of one's choice, and steps between (default: that of `runTraining`). Default: none are made. */
  readonly samples?: { readonly every?: number | undefined; readonly make: MakeBridgeSamples } | undefined;
  /** Steps between checkpoints. Default: that of `runTraining`. */
  readonly checkpointEvery?: number | undefined;
  /** Further strings for the metadata of the file, e.g. a licence. */
  readonly provenance?: Readonly<Record<string, string>> | undefined;
  /** Stops between steps; the state is saved. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how it goes, at every log line. */
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/** What became of it. */
export interface BridgeTraining {
  /** Whether the last step was reached; otherwise a signal stopped it, and the same call goes on. */
  readonly ended: boolean;
  /** Steps that are done. */
  readonly step: number;
  /** Steps of the plan. */
  readonly steps: number;
  /** The bridge as it is now. */
  readonly file: string;
  /** What it joins. */
  readonly config: BridgeConfig;
  /** Clips that it was trained on. */
  readonly clips: number;
  /** Clips that it was judged by. */
  readonly heldOut: number;
}

/**
 * Trains a bridge, or goes on with it.
 *
 * @param runtimes - one, or several that share every batch (`dataParallelRuntimes`); the first also validates
 * @throws FoleyError `invalid-argument` for features of other parts, a plan that cannot be, a loss that is not finite; `bad-weights` for a
 *   start or a checkpoint of another configuration; `not-writable` while another run writes the folder
 * @example
 * const backbone = await stableAudioOpen("./stable-audio-open-1.0");
 * const { file } = await trainBridge(runtime, { backbone, data: "features", directory: "my-bridge", plan: { steps: 5000 } });
 */
export async function trainBridge(
  runtimes: Runtime | readonly [Runtime, ...Runtime[]],
  options: TrainBridgeOptions,
): Promise<BridgeTraining> {
  const { backbone, directory, samples, signal } = options;
  const folders = typeof options.data === "string" ? [options.data] : options.data;
  const plan = changeBridgePlan(defaultBridgePlan(backbone), options.plan ?? {});
  const all = "load" in runtimes ? ([runtimes] as const) : runtimes;
  const parts = partsOf(plan.batch, options.microBatch, all.length);
  if (options.resume && !existsSync(join(directory, CHECKPOINT_FILE))) {
    throw new FoleyError("invalid-argument", `There is nothing to resume in ${directory}: it has no ${CHECKPOINT_FILE}.`, {
      hint: "Name the folder of the training that was stopped, or begin a new one without resume.",
    });
  }
  const dataset = await openPreparedDataset(folders, { rules: options.rules });
  try {
    const { manifest } = dataset;
    const rows = splitClips(dataset.clips, options.heldOut);
    const config = configOf(backbone, manifest, plan);
    const start =
      options.start === undefined ? undefined : await readStart(options.start, config, backbone, encodersOf(manifest));
    await assertPreparedFor(backbone, manifest, folders.join(", "), signal);
    const size = clipSize(backbone, manifest.seconds);
    const sizes = { ...size, videoTokens: encodersOf(manifest).map(({ tokens }) => tokens) };
    const frozen = frozenParameters(backbone);
    const network = backbone.denoiser.graph(size);
    const digests = {
      backbone: await graphWeightsDigest(network, backbone.denoiser.weights, { signal }),
      encoder: manifest.video.digest,
      codec: manifest.audio.digest,
      text: manifest.text.digest,
    };
    const silence = await silenceOf(backbone, all[0]);
    const clips = idsDigest(rows.training.map((row) => dataset.clips[row]?.id));
    const trainer = await createTrainer(
      all,
      bridgeLoss(backbone, config, { ...sizes, batch: plan.batch / parts }),
      start?.tensors ?? initialiseBridge(config, plan.seed),
      {
        frozen,
        microBatches: parts,
        optimiser: plan.optimiser,
        learningRate: learningRateAt(plan.learningRate, plan.steps),
        averageDecay: averageRule(plan.average),
      },
    );
    try {
      const batches = bridgeBatches({ dataset, silence, rows: rows.training }, backbone, plan);
      const judged = Math.min(rows.heldOut.length, plan.batch / parts, VALIDATION_ROWS);
      const ended = await runTraining({
        trainer,
        steps: plan.steps,
        clipsPerStep: plan.batch,
        directory,
        fingerprint: JSON.stringify({ training: "bridge", config, plan: lasting(plan), digests, clips, start: start?.digest }),
        batch: (step) => batches.batch(step),
        nameBatch: (step) => batches.name(step),
        ...(options.checkpointEvery !== undefined && { checkpointEvery: options.checkpointEvery }),
        validation:
          judged > 0
            ? {
                every: options.validateEvery,
                measure: lossValidation(all[0], {
                  loss: bridgeLoss(backbone, config, { ...sizes, batch: judged }),
                  frozen,
                  rows: judged,
                  ...heldOutBatches({ dataset, silence, rows: rows.heldOut }, backbone, judged),
                }),
              }
            : undefined,
        samples: samples && {
          every: samples.every,
          make: ({ parameters, ...request }) => samples.make(createBridge(config, memoryParameters(parameters)), request),
        },
        signal,
        ...(options.onProgress && { onProgress: options.onProgress }),
      });
      const file = join(directory, BRIDGE_FILE);
      const counts = { clips: rows.training.length, heldOut: rows.heldOut.length };
      await writeSafetensorsFile(file, await trainer.parameters("average"), {
        ...options.provenance,
        format: BRIDGE_FORMAT,
        config: JSON.stringify(config),
        digests: JSON.stringify(digests),
        training: JSON.stringify({ step: trainer.step, plan, ...counts, data: clips }),
      });
      return { ended, step: trainer.step, steps: plan.steps, file, config, ...counts };
    } finally {
      await trainer.dispose();
    }
  } finally {
    await dataset.close();
  }
}

/** Parts that a batch is computed in. */
function partsOf(batch: number, microBatch: number | undefined, runtimes: number): number {
  const parts = microBatch === undefined ? runtimes : batch / microBatch;
  if (Number.isInteger(parts) && parts >= runtimes && batch % parts === 0) return parts;
  throw new FoleyError(
    "invalid-argument",
    microBatch === undefined
      ? `A batch of ${batch} clips cannot be shared by ${runtimes} processes.`
      : `A batch of ${batch} clips cannot be computed ${microBatch} at a time by ${runtimes} ${runtimes === 1 ? "process" : "processes"}.`,
    { hint: "The micro-batch divides the batch, and there is at least one for every process." },
  );
}

/** Most clips of one batch of a validation. */
const VALIDATION_ROWS = 8;
/** The bridge between a backbone and the encoder that a dataset was prepared with. */
function configOf(backbone: AudioBackbone, manifest: PreparedManifest, plan: BridgePlan): BridgeConfig {
  const { adapter, adapterHidden, positions } = plan;
  return bridgeConfig(backbone, encodersOf(manifest), {
    adapter,
    positions,
    ...(adapterHidden !== undefined && { adapterHidden }),
  });
}

/** What a data set was looked at with. */
const encodersOf = ({ video: { encoders, ...video } }: PreparedManifest) =>
  (encoders ?? [video]) as readonly [PreparedVideo, ...PreparedVideo[]];

/** What a plan must have in common with the one that a checkpoint was made with: steps count only where the learning rate depends on them. */
const lasting = ({ steps, ...plan }: BridgePlan) => (plan.learningRate.kind === "cosine" ? { ...plan, steps } : plan);

/** Names clips in a checkpoint. */
const idsDigest = (ids: readonly (string | undefined)[]): string => sha256(...ids.map((id) => `${id}\n`));
