/**
 * Synchformer (Iashin et al. 2024, arXiv 2401.16423) as av-benchmark uses it for DeSync: features of 0.64 s of picture, of sound, and a
 * head that tells how far they are apart. Parameter names are those of the release (v-iashin/Synchformer, run 24-01-04T16-39-21).
 */
import type { ParameterSource } from "@foley-control/core";
import { graph, input } from "@foley-control/graph";
import { DESYNC_WINDOW_SEGMENTS } from "../../statistics/desync.js";
import { checkWeights, countNumbered, headsOf, shapeOf } from "../read-weights.js";
import type { MetricNetwork, NetworkRelease } from "../release.js";
import { synchformerAudio } from "./audio.js";
import { synchformerHead } from "./head.js";
import { synchformerVideo } from "./video.js";

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

/** What the trunks take of one segment: frames of 224×224, mel bands and frames of 10 ms. */
export const SYNCHFORMER_INPUT = { frames: 16, size: 224, bands: 128, melFrames: 66 } as const;

/** How many segments a trunk takes at once. */
export interface SynchformerSegments {
  /** Segments of 0.64 s. Default 1. */
  readonly segments?: number;
}

/** How many windows the head takes at once. */
export interface SynchformerWindows {
  /** Windows of 14 segments. Default 2: those of one clip. */
  readonly windows?: number;
}

/** The three networks; features of the trunks are kept, the head is quick. */
export interface Synchformer {
  /** Graph: `pixels` [segments, 16, 3, 224, 224] in −1..1 → `features` [segments, 8, 768]. */
  readonly video: MetricNetwork<SynchformerSegments>;
  /** Graph: `mel` [segments, 1, 128, 66], normalised log-mel → `features` [segments, 6, 768]. */
  readonly audio: MetricNetwork<SynchformerSegments>;
  /**
   * Graph: `video` [windows, 14, 8, 768] and `audio` [windows, 14, 6, 768] → `logits` [windows, 21] of the offsets from −2 to 2 s.
   */
  readonly head: MetricNetwork<SynchformerWindows>;
}

/** Heads of the attentions, which no tensor tells; for networks of another width than the released one. */
export interface SynchformerOptions {
  /** Default: one per 64 channels in the trunks, 8 in the head, as released. */
  readonly heads?: { readonly video?: number; readonly audio?: number; readonly head?: number };
}

/**
 * Synchformer from its weights.
 *
 * @param weights - `synchformer_state_dict.pth`, opened as {@link SYNCHFORMER_RELEASE} says
 * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
 */
export function synchformer(weights: ParameterSource, options: SynchformerOptions = {}): Synchformer {
  const { heads = {} } = options;
  const shape = (name: string, rank: number) => shapeOf(weights, name, rank, SYNCHFORMER_RELEASE);
  const hiddenOf = (name: string) => shape(`${name}.weight`, 2)[0] as number;
  const { frames, size, bands, melFrames } = SYNCHFORMER_INPUT;

  const [width, , ...kernel] = shape("vfeat_extractor.patch_embed_3d.proj.weight", 5) as number[];
  const seeing = {
    width: width as number,
    depth: countNumbered(weights, "vfeat_extractor.blocks."),
    heads: headsOf(width as number, heads.video),
    hidden: hiddenOf("vfeat_extractor.blocks.0.mlp.fc1"),
    kernel: kernel as [number, number, number],
    aggregateHidden: hiddenOf("vfeat_extractor.spatial_attn_agg.linear1"),
  };
  const video = ({ segments = 1 }: SynchformerSegments) => {
    const pixels = input("pixels", [segments, frames, 3, size, size]);
    return graph("synchformer video", [pixels], { features: synchformerVideo(pixels, seeing) });
  };

  const projection = shape("afeat_extractor.ast.embeddings.patch_embeddings.projection.weight", 4);
  const hearing = {
    width: projection[0] as number,
    depth: countNumbered(weights, "afeat_extractor.ast.encoder.layer."),
    heads: headsOf(projection[0] as number, heads.audio),
    hidden: hiddenOf("afeat_extractor.ast.encoder.layer.0.intermediate.dense"),
    patch: projection.slice(2) as unknown as readonly [number, number],
    aggregateHidden: hiddenOf("afeat_extractor.freq_attn_agg.linear1"),
  };
  const audio = ({ segments = 1 }: SynchformerSegments) => {
    const mel = input("mel", [segments, 1, bands, melFrames]);
    return graph("synchformer audio", [mel], { features: synchformerAudio(mel, hearing) });
  };

  const [classes, together] = shape("transformer.off_head.weight", 2) as readonly [number, number];
  const judging = {
    width: together,
    depth: countNumbered(weights, "transformer.blocks."),
    heads: headsOf(together, heads.head ?? 8),
    hidden: hiddenOf("transformer.blocks.0.mlp.0"),
    classes,
  };
  const steps = [video({}), audio({})].map((one) => one.outputs["features"]?.shape.slice(1) as readonly number[]);
  const head = ({ windows = 2 }: SynchformerWindows) => {
    const [seen, heard] = ["video", "audio"].map((name, i) =>
      input(name, [windows, DESYNC_WINDOW_SEGMENTS, ...(steps[i] as readonly number[])]),
    ) as [ReturnType<typeof input>, ReturnType<typeof input>];
    return graph("synchformer head", [seen, heard], { logits: synchformerHead(seen, heard, judging) });
  };

  // The embedding of single pictures is left over from an earlier training.
  checkWeights(weights, video({}), SYNCHFORMER_RELEASE, /^(?!vfeat_extractor\.)|^vfeat_extractor\.patch_embed\./);
  checkWeights(weights, audio({}), SYNCHFORMER_RELEASE, /^(?!afeat_extractor\.)/);
  checkWeights(weights, head({}), SYNCHFORMER_RELEASE, /^[va]feat_extractor\./);
  const id = `synchformer-${width}`;
  return {
    video: { id: `${id}/video-${seeing.depth}`, weights, graph: video },
    audio: { id: `${id}/audio-${hearing.depth}`, weights, graph: audio },
    head: { id: `${id}/head-${judging.depth}`, weights, graph: head },
  };
}
