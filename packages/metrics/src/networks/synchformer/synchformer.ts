/**
 * Synchformer (Iashin et al. 2024, arXiv 2401.16423) as av-benchmark uses it for DeSync: features of 0.64 s of picture, of sound, and a
 * head that tells how far they are apart. Parameter names are those of the release (v-iashin/Synchformer, run 24-01-04T16-39-21).
 */
import type { ParameterSource } from "@foley-control/core";
import { graph, input } from "@foley-control/graph";
import { readSynchformerConfig, SYNCHFORMER_SEGMENT, synchformerVideo } from "@foley-control/video-encoder";
import { countNumbered, shapeOf } from "@foley-control/weights";
import { DESYNC_WINDOW_SEGMENTS } from "../../statistics/desync.js";
import type { MetricNetwork, NetworkHeads, NetworkSizes } from "../network.js";
import { checkWeights, headsOf } from "../read-weights.js";
import type { NetworkRelease } from "../release.js";
import { synchformerAudio } from "./audio.js";
import { synchformerHead } from "./head.js";

/** The weights that av-benchmark reads: 907 MB. */
export const SYNCHFORMER_RELEASE: NetworkRelease = {
  title: "Synchformer",
  file: "synchformer_state_dict.pth",
  url: "https://github.com/hkchengrex/MMAudio/releases/download/v0.1/synchformer_state_dict.pth",
  page: "https://github.com/v-iashin/Synchformer",
  licence: "MIT (repository)",
  nonCommercial: false,
  checkpoint: {},
};

/** What the trunk of sounds takes of one segment: mel bands and frames of 10 ms. */
export const SYNCHFORMER_INPUT = { bands: 128, melFrames: 66 } as const;

/** The three networks; features of the trunks are kept, the head is quick. */
export interface Synchformer {
  /** Graph: `pixels` [batch, 16, 3, 224, 224] in −1..1 → `features` [batch, 8, 768]. */
  readonly video: MetricNetwork;
  /** Graph: `mel` [batch, 1, 128, 66], normalised log-mel → `features` [batch, 6, 768]. */
  readonly audio: MetricNetwork;
  /**
   * Graph: `video` [batch, 14, 8, 768] and `audio` [batch, 14, 6, 768] → `logits` [batch, 21] of the offsets from −2 to 2 s.
   */
  readonly head: MetricNetwork;
}

/**
 * Synchformer from its weights.
 *
 * @param weights - `synchformer_state_dict.pth`, opened as its release says
 * @param heads - default: one per 64 channels in the trunks, 8 in the head, as released
 * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
 */
export function synchformer(weights: ParameterSource, heads: NetworkHeads = {}): Synchformer {
  const shape = (name: string, rank: number) => shapeOf(weights, name, rank, SYNCHFORMER_RELEASE);
  const hiddenOf = (name: string) => shape(`${name}.weight`, 2)[0] as number;
  const { bands, melFrames } = SYNCHFORMER_INPUT;
  const { length: frames, size } = SYNCHFORMER_SEGMENT;

  const seeing = readSynchformerConfig(weights, heads.video);
  const video = ({ batch = 1 }: NetworkSizes) => {
    const pixels = input("pixels", [batch, frames, 3, size, size]);
    return graph("synchformer video", [pixels], { features: synchformerVideo(pixels, seeing) });
  };

  const projection = shape("afeat_extractor.ast.embeddings.patch_embeddings.projection.weight", 4);
  const hearing = {
    width: projection[0] as number,
    depth: countNumbered(weights, "afeat_extractor.ast.encoder.layer."),
    heads: headsOf(projection[0] as number, heads.sound),
    hidden: hiddenOf("afeat_extractor.ast.encoder.layer.0.intermediate.dense"),
    patch: projection.slice(2) as unknown as readonly [number, number],
    aggregateHidden: hiddenOf("afeat_extractor.freq_attn_agg.linear1"),
  };
  const audio = ({ batch = 1 }: NetworkSizes) => {
    const mel = input("mel", [batch, 1, bands, melFrames]);
    return graph("synchformer audio", [mel], { features: synchformerAudio(mel, hearing) });
  };

  const [classes, together] = shape("transformer.off_head.weight", 2) as readonly [number, number];
  const judging = {
    width: together,
    depth: countNumbered(weights, "transformer.blocks."),
    heads: headsOf(together, heads.pair ?? 8),
    hidden: hiddenOf("transformer.blocks.0.mlp.0"),
    classes,
  };
  const steps = [video({}), audio({})].map((one) => one.outputs["features"]?.shape.slice(1) as readonly number[]);
  const head = ({ batch = 1 }: NetworkSizes) => {
    const [seen, heard] = ["video", "audio"].map((name, i) =>
      input(name, [batch, DESYNC_WINDOW_SEGMENTS, ...(steps[i] as readonly number[])]),
    ) as [ReturnType<typeof input>, ReturnType<typeof input>];
    return graph("synchformer head", [seen, heard], { logits: synchformerHead(seen, heard, judging) });
  };

  // The embedding of single pictures is left over from an earlier training.
  checkWeights(weights, video({}), SYNCHFORMER_RELEASE, /^(?!vfeat_extractor\.)|^vfeat_extractor\.patch_embed\./);
  checkWeights(weights, audio({}), SYNCHFORMER_RELEASE, /^(?!afeat_extractor\.)/);
  checkWeights(weights, head({}), SYNCHFORMER_RELEASE, /^[va]feat_extractor\./);
  const id = `synchformer-${seeing.width}`;
  return {
    video: { id: `${id}/video-${seeing.depth}`, weights, graph: video },
    audio: { id: `${id}/audio-${hearing.depth}`, weights, graph: audio },
    head: { id: `${id}/head-${judging.depth}`, weights, graph: head },
  };
}
