/** ImageBind: embeddings of clips of picture and sound, their means, and every stage on the way. */

import { type GraphValue, memoryParameters } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { graph, input, ops } from "@foley-control/graph";
import { imagebind, imagebindNetwork } from "@foley-control/metrics";
import { releasedWeights, runStages, type Stage } from "../networks.js";
import { withGraph } from "../runtime.js";

/** Whether a case is of this kind. */
export const isImagebind = ({ file }: GoldenCase): boolean =>
  file.config?.audioScale !== undefined && file.config.vision?.heads !== undefined;

/** Every output of the case. */
export async function checkImagebind(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config, inputs } = golden.file;
  const scale = { dtype: "float32", shape: [], data: Float32Array.of(Math.log(config.audioScale)) } as const;
  const built = { "modality_postprocessors.audio.1.log_logit_scale": scale };
  const weights = await releasedWeights(golden, imagebindNetwork, built);
  const { vision, audio } = imagebind(weights, { video: config.vision.heads, sound: config.audio.heads });
  const computed: Record<string, Numbers> = {};
  const stages = (sense: string): Record<string, Stage> =>
    Object.fromEntries(
      Object.keys(golden.file.outputs).flatMap((name) => {
        const label = /^stage\.(.*)$/.exec(name)?.[1];
        if (label?.split(".")[1] !== sense) return [];
        // The reference's trunks have the tokens first.
        const tokensFirst = (value: GraphValue) => ops.transpose(value, [1, 0, 2]);
        return [[name, label.startsWith("modality_trunks.") ? [label, tokensFirst] : [label]] as const];
      }),
    );
  if (inputs["vision"]) {
    const fed = golden.input("vision");
    const pixels = await framesFirst(fed);
    const found = await runStages(vision, { batch: pixels.shape[0] as number }, { pixels }, stages("vision"));
    Object.assign(computed, found, { visionEmbedding: meanOfItems(found["embedding"] as Numbers, fed.shape[0] as number) });
  }
  if (inputs["audio"]) {
    const { shape, data } = golden.input("audio");
    const [items, each, ...rest] = shape as readonly [number, number, ...number[]];
    const mel = { shape: [items * each, ...rest], data };
    const found = await runStages(audio, { batch: mel.shape[0] as number }, { mel }, stages("audio"));
    Object.assign(computed, found, { audioEmbedding: meanOfItems(found["embedding"] as Numbers, items) });
  }
  return compareAll(golden, computed);
}

/** Clips [items, clips, 3, frames, height, width] of the reference as [items · clips, frames, 3, height, width]. */
async function framesFirst({ shape, data }: Numbers): Promise<Numbers> {
  const [items, each, ...rest] = shape as readonly [number, number, ...number[]];
  const clips = input("clips", [items * each, ...rest]);
  const turned = graph("frames first", [clips], { pixels: ops.transpose(clips, [0, 2, 1, 3, 4]) });
  const found = await withGraph(turned, memoryParameters({}), (run) => run({ clips: { shape: clips.shape, data } }));
  return found["pixels"] as Numbers;
}

/** The mean of the rows of each item, which is what is kept of a video or a sound. */
function meanOfItems({ shape, data }: Numbers, items: number): Numbers {
  const [rows, width] = shape as readonly [number, number];
  const each = rows / items;
  const means = new Float64Array(items * width);
  for (let i = 0; i < data.length; i++) {
    const at = Math.floor(i / (each * width)) * width + (i % width);
    means[at] = (means[at] as number) + (data[i] as number) / each;
  }
  return { shape: [items, width], data: means };
}
