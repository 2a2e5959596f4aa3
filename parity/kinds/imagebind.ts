/** ImageBind: embeddings of clips of picture and sound, their means, and every stage on the way. */
import { type GraphValue, memoryParameters } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { IMAGEBIND_RELEASE, imagebind } from "@foley-control/metrics";
import type { GoldenCase, Numbers } from "../case.js";
import { type Comparison, compareAll } from "../compare.js";
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
  const weights = await releasedWeights(golden, IMAGEBIND_RELEASE, built);
  const { vision, audio } = imagebind(weights, { heads: { vision: config.vision.heads, audio: config.audio.heads } });
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
    const pixels = await framesFirst(golden.input("vision"));
    const found = await runStages(vision, { clips: pixels.shape[0] as number }, { pixels }, stages("vision"));
    Object.assign(computed, found, { visionEmbedding: meanRow(found["embedding"] as Numbers) });
  }
  if (inputs["audio"]) {
    const { shape, data } = golden.input("audio");
    const mel = { shape: shape.slice(1), data };
    const found = await runStages(audio, { clips: mel.shape[0] as number }, { mel }, stages("audio"));
    Object.assign(computed, found, { audioEmbedding: meanRow(found["embedding"] as Numbers) });
  }
  return compareAll(golden, computed);
}

/** Clips [1, clips, 3, frames, height, width] of the reference as [clips, frames, 3, height, width]. */
async function framesFirst({ shape, data }: Numbers): Promise<Numbers> {
  const clips = input("clips", shape.slice(1));
  const turned = graph("frames first", [clips], { pixels: ops.transpose(clips, [0, 2, 1, 3, 4]) });
  const found = await withGraph(turned, memoryParameters({}), (run) => run({ clips: { shape: clips.shape, data } }));
  return found["pixels"] as Numbers;
}

/** The mean of rows, which is what is kept of a video or a sound. */
function meanRow({ shape, data }: Numbers): Numbers {
  const [rows, width] = shape as readonly [number, number];
  const sums = Float64Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += (data[row * width + i] as number) / rows;
    return sum;
  });
  return { shape: [1, width], data: sums };
}
