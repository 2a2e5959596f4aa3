/** What the JSON files of a Hugging Face release say about the network and its pictures. They come from outside: every value is checked. */
import { FoleyError, shown, type VideoEncoder } from "@foley-control/core";
import type { VisionTransformerConfig } from "../vision-transformer.js";

/** What is taken from a release's JSON files. */
export interface Vjepa2Release {
  /** Heads of each block. */
  readonly heads: number;
  /** `[height, width]` in pixels. */
  readonly imageSize: readonly [number, number];
  /** Mean and deviation of the colours; those of the release's preprocessor. */
  readonly normalisation: VideoEncoder["normalisation"] | undefined;
}

/** Pixels and heads that no network reaches. */
const MOST = 8192;

type Json = Readonly<Record<string, unknown>>;

/**
 * Checks `config.json` against what this package computes.
 *
 * @param config - contents of `config.json`
 * @param preprocessor - contents of `video_preprocessor_config.json`, where there is one
 * @throws FoleyError `bad-file` for values that make no sense, `unsupported` for a network or pictures of another kind
 */
export function parseVjepa2Release(config: unknown, preprocessor: unknown): Vjepa2Release {
  const main = object(config, "config.json");
  expect(main, "config.json", "model_type", ["vjepa2"]);
  expect(main, "config.json", "hidden_act", ["gelu", undefined]);
  expect(main, "config.json", "layer_norm_eps", [1e-6, undefined]);
  expect(main, "config.json", "qkv_bias", [true, undefined]);
  const heads = whole(main["num_attention_heads"], "config.json", "num_attention_heads");
  if (preprocessor === undefined) {
    const side = whole(main["crop_size"] ?? main["image_size"], "config.json", "crop_size");
    return { heads, imageSize: [side, side], normalisation: undefined };
  }
  const file = "video_preprocessor_config.json";
  const pictures = object(preprocessor, file);
  for (const step of ["do_resize", "do_center_crop", "do_rescale", "do_normalize"])
    expect(pictures, file, step, [true, undefined]);
  expect(pictures, file, "resample", [2, undefined]);
  expect(pictures, file, "rescale_factor", [1 / 255, undefined]);
  const crop = pictures["crop_size"] ?? main["crop_size"];
  const [height, width] =
    typeof crop === "object" && crop !== null ? [(crop as Json)["height"], (crop as Json)["width"]] : [crop, crop];
  const [mean, std] = [pictures["image_mean"], pictures["image_std"]];
  return {
    heads,
    imageSize: [whole(height, file, "crop_size.height"), whole(width, file, "crop_size.width")],
    normalisation:
      mean === undefined && std === undefined ? undefined : { mean: colours(mean, "image_mean"), std: colours(std, "image_std") },
  };
}

/**
 * Refuses tensors that are not those that `config.json` describes.
 *
 * @throws FoleyError `bad-weights` that names everything that differs
 */
export function checkAgainstConfig(config: VisionTransformerConfig, json: unknown): void {
  const main = object(json, "config.json");
  const ratio = main["mlp_ratio"];
  const told = {
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    patch_size: config.patchSize,
    tubelet_size: config.tubeletSize,
  };
  const wrong = Object.entries(told).flatMap(([key, found]) =>
    main[key] === undefined || main[key] === found ? [] : [`${key} is ${shown(main[key])}, the tensors have ${found}`],
  );
  // Widths are cut off to whole numbers, and a ratio such as 48/11 may be written with a digit less.
  if (typeof ratio === "number" && Math.abs(ratio * config.hiddenSize - config.mlpSize) >= 1)
    wrong.push(`mlp_ratio is ${ratio}, the tensors have ${config.mlpSize}/${config.hiddenSize}`);
  if (wrong.length === 0) return;
  throw new FoleyError("bad-weights", `config.json does not describe the tensors beside it: ${wrong.join("; ")}.`, {
    hint: "Take all files from one release.",
  });
}

function object(value: unknown, file: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new FoleyError("bad-file", `${file} is ${shown(value)}; an object was expected.`);
}

function expect(json: Json, file: string, key: string, allowed: readonly unknown[]): void {
  if (allowed.includes(json[key])) return;
  const known = allowed.filter((value) => value !== undefined).join(" or ");
  const what = `"${key}" in ${file} is ${shown(json[key])}; ${known} is what V-JEPA 2 has.`;
  throw new FoleyError("unsupported", what, { hint: "Give the folder of a V-JEPA 2 release." });
}

function whole(value: unknown, file: string, key: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0 && value <= MOST) return value;
  throw new FoleyError("bad-file", `"${key}" in ${file} is ${shown(value)}; a whole number from 1 to ${MOST} was expected.`);
}

function colours(value: unknown, key: string): readonly number[] {
  if (Array.isArray(value) && value.length === 3 && value.every((one) => Number.isFinite(one) && one > 0))
    return value as readonly number[];
  const what = `"${key}" in video_preprocessor_config.json is ${shown(value)}`;
  throw new FoleyError("bad-file", `${what}; three numbers above 0 were expected.`);
}
