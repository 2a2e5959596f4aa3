/** A bridge for any backbone, trained on prepared clips: resumable, into one folder, with a file at its end that is used at once. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BRIDGE_FORMAT, type BridgeConfig, bridgeConfig, initialiseBridge } from "@foley-control/bridge";
import { type AudioBackbone, FoleyError, type ParameterSource, type Runtime } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { averageRule, type BridgePlan, changeBridgePlan, defaultBridgePlan, learningRateAt } from "../../bridge-plan.js";
import type { PreparedManifest } from "../../data/clip-row.js";
import type { CurationRule } from "../../data/rules.js";
import { backboneBridgeLoss } from "../../stages/bridge.js";
import { createTrainer, type StepReport } from "../../trainer.js";
import { CHECKPOINT_FILE } from "../checkpoint.js";
import { runTraining } from "../loop.js";
import { weightsDigest } from "../prepare/parts.js";
import { openPreparedDataset, type PreparedDataset } from "../prepare/prepared-dataset.js";
import { bridgeBatches } from "./bridge-batches.js";
import { assertPreparedFor } from "./dataset-fit.js";
import { readStart } from "./start.js";

/** The file that a training of a bridge makes. */
export const BRIDGE_FILE = "bridge.safetensors";

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
  /** Steps between checkpoints. Default: that of `runTraining`. */
  readonly checkpointEvery?: number | undefined;
  /** Further strings for the metadata of the file, e.g. a licence. */
  readonly provenance?: Readonly<Record<string, string>> | undefined;
  /** Stops between steps; the state is saved. */
  readonly signal?: AbortSignal | undefined;
  /** Hears the log lines. */
  readonly onProgress?: ((report: StepReport & { readonly stepsPerSecond: number; readonly steps: number }) => void) | undefined;
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
}

/**
 * Trains a bridge, or goes on with it.
 *
 * @throws FoleyError `invalid-argument` for features of other parts, a plan that cannot be, a loss that is not finite; `bad-weights` for a
 *   start or a checkpoint of another configuration; `not-writable` while another run writes the folder
 * @example
 * const backbone = await stableAudioOpen("./stable-audio-open-1.0");
 * const { file } = await trainBridge(runtime, { backbone, data: "features", directory: "my-bridge", plan: { steps: 5000 } });
 */
export async function trainBridge(runtime: Runtime, options: TrainBridgeOptions): Promise<BridgeTraining> {
  const { backbone, directory, signal } = options;
  const folders = typeof options.data === "string" ? [options.data] : options.data;
  const plan = changeBridgePlan(defaultBridgePlan(backbone), options.plan ?? {});
  if (options.resume && !existsSync(join(directory, CHECKPOINT_FILE))) {
    throw new FoleyError("invalid-argument", `There is nothing to resume in ${directory}: it has no ${CHECKPOINT_FILE}.`, {
      hint: "Name the folder of the training that was stopped, or begin a new one without resume.",
    });
  }
  const dataset = await openPreparedDataset(folders, { rules: options.rules });
  try {
    const { manifest } = dataset;
    const config = configOf(backbone, manifest, plan);
    const start = options.start === undefined ? undefined : await readStart(options.start, config, backbone, manifest.video);
    await assertPreparedFor(backbone, manifest, folders.join(", "), signal);
    const loss = backboneBridgeLoss(backbone, config, {
      batch: plan.batch,
      frames: manifest.audio.frames,
      videoTokens: manifest.video.tokens,
    });
    const frozen = frozenParameters(backbone);
    const digests = {
      backbone: await weightsDigest(backbone.denoiser.graph({ frames: manifest.audio.frames }), backbone.denoiser.weights, {
        signal,
      }),
      encoder: manifest.video.digest,
      codec: manifest.audio.digest,
      text: manifest.text.digest,
    };
    const clips = idsDigest(dataset);
    const trainer = await createTrainer(runtime, loss, start?.tensors ?? initialiseBridge(config, plan.seed), {
      frozen,
      optimiser: plan.optimiser,
      learningRate: learningRateAt(plan.learningRate, plan.steps),
      averageDecay: averageRule(plan.average),
    });
    try {
      const batches = bridgeBatches(dataset, backbone, plan);
      const ended = await runTraining({
        trainer,
        steps: plan.steps,
        directory,
        fingerprint: JSON.stringify({ training: "bridge", config, plan: lasting(plan), digests, clips, start: start?.digest }),
        batch: (step) => batches.batch(step),
        nameBatch: (step) => batches.name(step),
        ...(options.checkpointEvery !== undefined && { checkpointEvery: options.checkpointEvery }),
        signal,
        onProgress: (report) => options.onProgress?.({ ...report, steps: plan.steps }),
      });
      const file = join(directory, BRIDGE_FILE);
      await writeSafetensorsFile(file, await trainer.parameters("average"), {
        ...options.provenance,
        format: BRIDGE_FORMAT,
        config: JSON.stringify(config),
        digests: JSON.stringify(digests),
        training: JSON.stringify({ step: trainer.step, plan, clips: dataset.clips.length, data: clips }),
      });
      return { ended, step: trainer.step, steps: plan.steps, file, config, clips: dataset.clips.length };
    } finally {
      await trainer.dispose();
    }
  } finally {
    await dataset.close();
  }
}

/** The bridge between a backbone and the encoder that a dataset was prepared with. */
function configOf(backbone: AudioBackbone, { video }: PreparedManifest, plan: BridgePlan): BridgeConfig {
  const { adapter, adapterHidden, positions } = plan;
  return bridgeConfig(backbone, video, { adapter, positions, ...(adapterHidden !== undefined && { adapterHidden }) });
}

/** What stays as it is: conditioning and denoiser, whether they lie in one file or in two. */
function frozenParameters(backbone: AudioBackbone): ParameterSource {
  const owner = new Map<string, ParameterSource>();
  for (const name of parametersOf(backbone.conditionGraph()).keys()) owner.set(name, backbone.weights);
  for (const name of parametersOf(backbone.denoiser.graph({ frames: 1 })).keys()) owner.set(name, backbone.denoiser.weights);
  return { names: () => [...owner.keys()], get: (name) => owner.get(name)?.get(name) };
}

/** What a plan must have in common with the one that a checkpoint was made with: steps count only where the learning rate depends on them. */
const lasting = ({ steps, ...plan }: BridgePlan) => (plan.learningRate.kind === "cosine" ? { ...plan, steps } : plan);

/** Names clips in a checkpoint. */
function idsDigest(dataset: PreparedDataset): string {
  const ids = createHash("sha256");
  for (const clip of dataset.clips) ids.update(`${clip.id}\n`);
  return ids.digest("hex");
}
