/** Synchformer: features of picture and sound, logits of the offsets, and every stage on the way. */
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { synchformer, synchformerMel, synchformerNetwork } from "@foley-control/metrics";
import { throughFrontEnd } from "../front-ends.js";
import { releasedWeights, runStages } from "../networks.js";

/** Whether a case is of this kind. */
export const isSynchformer = ({ file }: GoldenCase): boolean =>
  file.config?.headHeads !== undefined && file.config.vheads !== undefined;

/** Every output of the case. */
export async function checkSynchformer(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config, inputs } = golden.file;
  const weights = await releasedWeights(golden, synchformerNetwork);
  const heads = { video: config.vheads, sound: config.aheads, pair: config.headHeads };
  const { video, audio, head } = synchformer(weights, heads);
  const computed: Record<string, Numbers> = {};
  /** Stages whose names begin as the parameters of one network do. */
  const stages = (begin: RegExp) =>
    Object.fromEntries(
      Object.keys(golden.file.outputs).flatMap((name) => {
        const label = /^stage\.(.*)$/.exec(name)?.[1];
        return label !== undefined && begin.test(label) ? [[name, [label]] as const] : [];
      }),
    );
  if (inputs["video"]) {
    const pixels = folded(golden.input("video"), 5);
    const found = await runStages(video, { batch: pixels.shape[0] }, { pixels }, stages(/^vfeat_extractor\./));
    Object.assign(computed, found, { videoFeatures: found["features"] });
  }
  if (inputs["mel"]) {
    const mel = folded(golden.input("mel"), 4);
    const found = await runStages(audio, { batch: mel.shape[0] }, { mel }, stages(/^afeat_extractor\./));
    Object.assign(computed, found, { audioFeatures: found["features"] });
  }
  if (inputs["wave"]) {
    const mel = throughFrontEnd(golden.input("wave"), synchformerMel);
    const found = await runStages(audio, { batch: mel.shape[0] as number }, { mel }, {});
    computed["waveAudioFeatures"] = found["features"] as Numbers;
  }
  if (inputs["headVideo"] && inputs["headAudio"]) {
    const [seen, heard] = [golden.input("headVideo"), golden.input("headAudio")];
    const feeds = { video: seen, audio: heard };
    const labels = stages(/^(transformer\.|[va]proj$)/);
    Object.assign(computed, await runStages(head, { batch: seen.shape[0] as number }, feeds, labels));
  }
  return compareAll(golden, computed);
}

/** Clips and segments as one axis before the last `rank` − 1. */
function folded({ shape, data }: Numbers, rank: number): Numbers & { readonly shape: readonly [number, ...number[]] } {
  const rest = shape.slice(shape.length - rank + 1);
  return { shape: [data.length / rest.reduce((product, size) => product * size, 1), ...rest], data };
}
