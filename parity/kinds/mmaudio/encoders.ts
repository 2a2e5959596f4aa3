/** What MMAudio sees and reads: CLIP's pictures and words, Synchformer's segments, and the pixels that both are given. */
import { clipTextTower, readClipTextConfig } from "@foley-control/audio-backbone";
import { type GraphValue, memoryParameters, type ParameterSource } from "@foley-control/core";
import { type Comparison, compareAll, formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input, ops, valuesOf } from "@foley-control/graph";
import {
  CLIP_NORMALISATION,
  clipImageTower,
  readClipImageConfig,
  readSynchformerConfig,
  SYNCHFORMER_SEGMENT,
  synchformerSegments,
  synchformerVideo,
} from "@foley-control/video-encoder";
import { openCheckpoint, openSafetensors } from "@foley-control/weights/node";
import { withGraph } from "../../runtime.js";

/** Whether a case is both towers of CLIP. */
export const isClip = ({ file }: GoldenCase): boolean => file.config?.clip !== undefined && "textTokens" in (file.outputs ?? {});

/** Whether a case is Synchformer's half that sees. */
export const isSynchformerSegments = ({ file }: GoldenCase): boolean =>
  file.config?.sync !== undefined && file.config.segment !== undefined;

const weightsOf = async (golden: GoldenCase): Promise<ParameterSource> => {
  const checkpoint = golden.file["checkpoint"] as string | undefined;
  return checkpoint ? openCheckpoint(besideCase(golden, checkpoint)) : memoryParameters(formulaWeights(golden.file));
};

/** Both towers with their stages. */
export async function checkClip(golden: GoldenCase): Promise<readonly Comparison[]> {
  const weights = await weightsOf(golden);
  const { vision_cfg: vision, text_cfg: text, quick_gelu: quick } = golden.file.config.clip;
  const activation = quick ? ("quick-gelu" as const) : ("gelu" as const);
  const [shown, words] = [golden.input("pixels"), golden.input("ids")];
  const pictures = shown.shape[1] as number;
  const pixels = input("pixels", [pictures, ...shown.shape.slice(2)]);
  const ids = input("ids", words.shape, "int64");
  const [mean, deviation] = [CLIP_NORMALISATION.mean, CLIP_NORMALISATION.std];
  const normed = Float32Array.from(shown.data, (value, i) => {
    const colour = Math.floor(i / ((shown.shape[3] as number) * (shown.shape[4] as number))) % 3;
    return (value - (mean[colour] as number)) / (deviation[colour] as number);
  });
  const seen = clipImageTower(pixels, readClipImageConfig(weights, { headWidth: vision.head_width, activation }));
  const read = clipTextTower(ids, readClipTextConfig(weights, { heads: text.heads, activation }));
  const outputs = { imageFeatures: ops.reshape(seen, [1, pictures, seen.shape[1] as number]), textTokens: read };
  const stages = Object.fromEntries(
    valuesOf({ name: "stages", inputs: [], outputs }).flatMap((value) =>
      value.name !== undefined && `stage.${value.name}` in golden.file.outputs ? [[`stage.${value.name}`, value] as const] : [],
    ),
  );
  return withGraph(graph("clip", [pixels, ids], { ...outputs, ...stages }), weights, async (run) =>
    compareAll(
      golden,
      await run({
        pixels: { shape: pixels.shape, data: normed },
        ids: {
          dtype: "int64",
          shape: words.shape,
          data: BigInt64Array.from(words.data as ArrayLike<number> & Iterable<number>, BigInt),
        },
      }),
    ),
  );
}

/** Features of every segment, and the stages of the last one. */
export async function checkSynchformerSegments(golden: GoldenCase): Promise<readonly Comparison[]> {
  const weights = await weightsOf(golden);
  const config = readSynchformerConfig(weights, golden.file.config.sync.heads);
  const { length, step, size } = SYNCHFORMER_SEGMENT;
  const video = golden.input("video");
  const picture = 3 * size * size;
  const count = synchformerSegments(video.shape[1] as number);
  const pixels = input("pixels", [1, length, 3, size, size]);
  const features = synchformerVideo(pixels, config);
  const stages = Object.fromEntries(
    valuesOf({ name: "stages", inputs: [], outputs: { features } }).flatMap((value) =>
      value.name !== undefined && `stage.last.${value.name}` in golden.file.outputs
        ? [[`stage.last.${value.name}`, value] as const]
        : [],
    ),
  );
  return withGraph(graph("segments", [pixels], { features, ...stages }), weights, async (run) => {
    const rows: number[] = [];
    let found: Record<string, Numbers> = {};
    for (let segment = 0; segment < count; segment++) {
      const from = segment * step * picture;
      const data = Float32Array.from(video.data.subarray(from, from + length * picture));
      found = await run({ pixels: { shape: pixels.shape, data } });
      rows.push(...(found["features"] as Numbers).data);
    }
    return compareAll(golden, {
      ...found,
      features: { shape: [1, rows.length / config.width, config.width], data: Float32Array.from(rows) },
    });
  });
}

/** Whether a case is CLIP's image tower alone, fed as MMAudio feeds it. */
export const isOpenClip = ({ file }: GoldenCase): boolean =>
  file.config?.output_dim !== undefined && "features" in (file.outputs ?? {});

/** Stages, and the row of each picture before and after it is brought to length 1. */
export async function checkOpenClip(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { folder, heads, width, quick_gelu: quick = true } = golden.file.config;
  const weights = await openSafetensors(besideCase(golden, `${folder}/model.safetensors`));
  const config = readClipImageConfig(weights, { headWidth: width / heads, activation: quick ? "quick-gelu" : "gelu" });
  const shown = golden.input("frames");
  const [, pictures, , height, across] = shown.shape as readonly [number, number, number, number, number];
  const pixels = input("pixels", [pictures, 3, height, across]);
  const { mean, std } = CLIP_NORMALISATION;
  const data = Float32Array.from(shown.data, (value, i) => {
    const colour = Math.floor(i / (height * across)) % 3;
    return (value - (mean[colour] as number)) / (std[colour] as number);
  });
  const features = clipImageTower(pixels, config);
  const names: Readonly<Record<string, string>> = {
    "visual.ln_pre": "ln_pre",
    "visual.ln_post": "ln_post",
    "visual.proj": "embedding",
  };
  const stages = valuesOf({ name: "stages", inputs: [], outputs: { features } }).flatMap((value) => {
    const name = names[value.name ?? ""] ?? value.name?.replace("visual.transformer.resblocks.", "layer.");
    return name !== undefined && name in golden.file.outputs ? [[name, value] as const] : [];
  });
  const outputs = { ...Object.fromEntries(stages), features: ops.reshape(features, [1, pictures, config.out]) };
  return withGraph(graph("clip", [pixels], outputs), weights, async (run) =>
    compareAll(golden, await run({ pixels: { shape: pixels.shape, data } })),
  );
}

/** Whether a case is a clip of segments, kept in parts. */
export const isSynchformerClip = ({ file }: GoldenCase): boolean =>
  file.config?.segment !== undefined && "tokens" in (file.outputs ?? {});

/** Features of every segment, and stages of the first. */
export async function checkSynchformerClip(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { heads } = golden.file.config;
  const weights = await openCheckpoint(besideCase(golden, golden.file["checkpoint"].file));
  const config = readSynchformerConfig(weights, heads);
  const { length, step, size } = SYNCHFORMER_SEGMENT;
  const video = golden.input("frames");
  const picture = 3 * size * size;
  const count = synchformerSegments(video.shape[1] as number);
  const pixels = input("pixels", [1, length, 3, size, size]);
  const features = synchformerVideo(pixels, config);
  const prefix = "vfeat_extractor.";
  const names: Readonly<Record<string, string>> = {
    patch_embed_3d: "patch_embed",
    "blocks.0": "block0",
    "blocks.1": "block1",
    norm: "norm",
  };
  const every = (value: GraphValue) => ops.slice(value, 1, 0, value.shape[1] as number, 29);
  const stages = valuesOf({ name: "stages", inputs: [], outputs: { features } }).flatMap((value) => {
    const name = names[value.name?.slice(prefix.length) ?? ""];
    return name !== undefined && value.name?.startsWith(prefix) ? [[`stage.${name}`, every(value)] as const] : [];
  });
  return withGraph(graph("segments", [pixels], { features, ...Object.fromEntries(stages) }), weights, async (run) => {
    const rows: number[] = [];
    const computed: Record<string, Numbers> = {};
    for (let segment = 0; segment < count; segment++) {
      const from = segment * step * picture;
      const found = await run({
        pixels: { shape: pixels.shape, data: Float32Array.from(video.data.subarray(from, from + length * picture)) },
      });
      if (segment === 0) Object.assign(computed, found);
      rows.push(...(found["features"] as Numbers).data);
    }
    const data = Float32Array.from(rows);
    return compareAll(golden, {
      ...computed,
      segments: { shape: [1, count, rows.length / count / config.width, config.width], data },
      tokens: { shape: [1, rows.length / config.width, config.width], data },
    });
  });
}
