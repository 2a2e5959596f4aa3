/** The bridge between the small parts, on rendered scenes or on prepared clips. */
import { createHash } from "node:crypto";
import { type SmallBackboneConfig, smallBackbone } from "@foley-control/audio-backbone";
import { type BridgeConfig, bridgeConfig, initialiseBridge } from "@foley-control/bridge";
import { FoleyError, memoryParameters, type ParameterSource } from "@foley-control/core";
import { smallVideoEncoder } from "@foley-control/video-encoder";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { dropVideo } from "../../drop-video.js";
import { cosineWithWarmUp } from "../../schedule.js";
import { bridgeLoss } from "../../stages/bridge.js";
import { createTrainer } from "../../trainer.js";
import { samplesOfBridge } from "../bridge-samples.js";
import { openDataset } from "../dataset.js";
import { runTraining } from "../loop.js";
import { openPreparedDataset } from "../prepare/prepared-dataset.js";
import { trainingClips } from "../prepare/training-clips.js";
import { type DiffusionData, diffusionBatch, sceneData } from "./diffusion-batch.js";
import { heldOutLoss } from "./held-out.js";
import {
  datasetFolder,
  reporter,
  type StageContext,
  type StageOptions,
  sceneBackboneConfig,
  stageWeights,
  weightsFile,
} from "./stage.js";

/** Share of captions, tokens, clips that a bridge does not see in training (Rowles et al. 2025 name the tokens). */
export const BRIDGE_DROP = { text: 0.1, tokens: 0.1, clips: 0.1 } as const;

/** Trains it, everything else frozen. */
export async function trainBridge(context: StageContext): Promise<boolean> {
  const { runtime, plan, options, directory } = context;
  const { steps, batch, peak, times } = plan.bridge;
  const drop = { ...BRIDGE_DROP, ...plan.bridge.drop };
  const config = sceneBackboneConfig();
  const { data, name, close } = options.prepared
    ? await preparedData(options.prepared, config, plan.seed)
    : { data: sceneData(await openDataset(datasetFolder(options)), config), name: undefined, close: async () => undefined };
  const { clips, frames } = data;
  const { source: frozen } = await stageWeights(options.directory, "denoiser");
  const bridge = trainedBridgeConfig(frozen, config);
  const source = bridgeLoss(config, bridge, batch, frames, clips.videoTokens);
  const trainer = await createTrainer(runtime, source, initialiseBridge(bridge, plan.seed), {
    frozen,
    learningRate: (step) => cosineWithWarmUp(step, { peak, steps, warmUp: 50 }),
  });
  const ended = await runTraining({
    trainer,
    steps,
    clipsPerStep: batch,
    directory,
    fingerprint: JSON.stringify({ stage: "bridge", config: bridge, ...plan.bridge, seed: plan.seed, prepared: name }),
    batch: async (step) => {
      const { tensors, rows, random } = await diffusionBatch(data, step, {
        seed: plan.seed,
        batch,
        stage: "bridge",
        times,
        dropText: drop.text,
      });
      const shape = [batch, clips.videoTokens, bridge.tokenWidth];
      const video = { dtype: "float32", shape, data: await clips.video(rows) } as const;
      dropVideo(video, random, drop);
      return { ...tensors, video };
    },
    nameBatch: (step) =>
      clips
        .pick?.(step, batch)
        .map((row) => data.nameOf?.(row) ?? row)
        .join(", ") ?? `the scenes of step ${step}`,
    ...(!options.prepared && {
      validation: await heldOutLoss(
        context,
        "bridge",
        (rows) => bridgeLoss(config, bridge, rows, frames, clips.videoTokens),
        frozen,
      ),
    }),
    ...(options.samples && {
      samples: { every: plan.validation.samplesEvery, make: samplesOfBridge(bridge, options.samples) },
    }),
    signal: options.signal,
    onProgress: reporter("bridge", options),
  });
  if (ended) {
    await writeSafetensorsFile(weightsFile(options.directory, "bridge"), await trainer.parameters("average"), {
      config: JSON.stringify(bridge),
    });
  }
  await trainer.dispose();
  await close();
  return ended;
}

/** Prepared clips, when they fit the small parts; and what names them in a checkpoint. */
async function preparedData(
  { directories, rules }: NonNullable<StageOptions["prepared"]>,
  config: SmallBackboneConfig,
  seed: number,
): Promise<{ readonly data: DiffusionData; readonly name: string; readonly close: () => Promise<void> }> {
  const dataset = await openPreparedDataset(directories, { rules });
  const { video, audio, text, seconds } = dataset.manifest;
  const bare = memoryParameters({});
  const [backbone, encoder] = [smallBackbone(bare, config), smallVideoEncoder(bare)];
  const wanted = { video: encoder.id, audio: backbone.codec.id, text: backbone.text.id, length: config.text.length };
  const found = { video: video.id, audio: audio.id, text: text.id, length: text.length };
  for (const key of ["video", "audio", "text", "length"] as const) {
    if (found[key] === wanted[key]) continue;
    await dataset.close();
    throw new FoleyError(
      "invalid-argument",
      `The dataset in ${directories.join(", ")} was prepared with ${key} ${found[key]}; this training has ${wanted[key]}.`,
      { hint: "Prepare it with the model of this training: foley dataset prepare --model FOLDER/model." },
    );
  }
  const ids = createHash("sha256");
  for (const clip of dataset.clips) ids.update(`${clip.id}\n`);
  return {
    data: {
      clips: trainingClips(dataset, seed),
      config,
      frames: audio.frames,
      seconds,
      nameOf: (row) => dataset.clips[row]?.id ?? String(row),
    },
    name: ids.digest("hex"),
    close: () => dataset.close(),
  };
}

/** The bridge between the small parts. */
export function trainedBridgeConfig(frozen: ParameterSource, config: SmallBackboneConfig): BridgeConfig {
  return bridgeConfig(smallBackbone(frozen, config), smallVideoEncoder(memoryParameters({})));
}
