/** Picture encoders under the names of transformers: CLIP, SigLIP, DINOv2, each with its stages, and at another size of pictures. */

import { readFileSync } from "node:fs";
import { memoryParameters, type ParameterSource, type Picture } from "@foley-control/core";
import { type Comparison, compareAll, formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input, ops, valuesOf } from "@foley-control/graph";
import {
  naflexSize,
  type PictureSizes,
  patchRotary,
  picturePixels,
  pictureTransformer,
  readPictureNetwork,
} from "@foley-control/video-encoder";
import { openSafetensors } from "@foley-control/weights/node";
import { withGraph } from "../runtime.js";

/** Whether a case is a network. */
export const isPictureEncoder = ({ file }: GoldenCase): boolean =>
  file.inputs?.["pixel_values"] !== undefined &&
  file.inputs["pixel_attention_mask"] === undefined &&
  "pooled" in (file.outputs ?? {});

/** Whether a case is what pictures are made of for them. */
export const isEncoderPixels = ({ file }: GoldenCase): boolean =>
  file.inputs?.["picture.0"] !== undefined && "siglip.0" in (file.outputs ?? {});

/** Every output. */
export async function checkPictureEncoder(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config } = golden.file;
  const folder = config.folder as string | undefined;
  const weights: ParameterSource = folder
    ? await openSafetensors(besideCase(golden, `${folder}/model.safetensors`))
    : memoryParameters(formulaWeights(golden.file));
  const described = folder
    ? JSON.parse(readFileSync(besideCase(golden, `${folder}/config.json`), "utf8"))
    : { model_type: weights.get("visual_projection.weight") ? "clip" : "siglip", vision_config: config };
  const { layout, sizes } = readPictureNetwork(described, weights);
  const computed: Record<string, Numbers> = {};
  for (const [fed, suffix] of [
    ["pixel_values", ""],
    ["pixel_values_off", "_off"],
  ] as const) {
    if (!golden.file.inputs[fed]) continue;
    const shown = golden.input(fed);
    const pixels = input("pixels", shown.shape);
    const { rows, pooled, projected } = pictureTransformer(pixels, layout, sizes);
    // Of single blocks the case keeps the projection as what is pooled.
    const whole = projected && golden.file.outputs["pooled"]?.shape.at(-1) !== sizes.width ? projected : pooled;
    const last = { [`last_hidden_state${suffix}`]: rows, [`pooled${suffix}`]: whole };
    const embeds = projected && {
      image_embeds: projected,
      image_embeds_normalised: ops.divide(projected, ops.sqrt(ops.sum(ops.square(projected), [1], true))),
    };
    const stages = Object.fromEntries(
      valuesOf({ name: "stages", inputs: [], outputs: { pooled } }).flatMap((value) =>
        suffix === "" && value.name !== undefined && value.name in golden.file.outputs ? [[value.name, value] as const] : [],
      ),
    );
    const penultimate = stages[`layer.${sizes.depth - 2}`];
    const outputs = { ...last, ...(suffix === "" && { ...embeds, ...(penultimate && { penultimate }) }), ...stages };
    const wanted = Object.fromEntries(Object.entries(outputs).filter(([name]) => name in golden.file.outputs));
    Object.assign(computed, await withGraph(graph("pictures", [pixels], wanted), weights, (run) => run({ pixels: shown })));
  }
  if (layout.rotary !== undefined && golden.file.outputs["rope_cos_off"])
    Object.assign(computed, await turns(golden, layout.rotary, sizes));
  return compareAll(golden, computed);
}

/** Cosines and sines of patches, each angle in both halves of a head. */
async function turns(golden: GoldenCase, base: number, { width, heads, patch }: PictureSizes): Promise<Record<string, Numbers>> {
  const [, , height, across] = golden.input("pixel_values_off").shape as readonly [number, number, number, number];
  const { cos, sin } = patchRotary([height / patch, across / patch], base, width / heads, 0);
  const one = input("one", [1]);
  const twice = (table: typeof cos) => ops.concat([ops.multiply(table, one), ops.multiply(table, one)], 1);
  const source = graph("turns", [one], { rope_cos_off: twice(cos), rope_sin_off: twice(sin) });
  return withGraph(source, memoryParameters({}), (run) => run({ one: { shape: [1], data: Float32Array.of(1) } }));
}

/** Pixels of every picture for CLIP and SigLIP. */
export function checkEncoderPixels(golden: GoldenCase): readonly Comparison[] {
  const computed: Record<string, Numbers> = {};
  for (const name of Object.keys(golden.file.inputs)) {
    const index = name.slice("picture.".length);
    const { shape, data } = golden.input(name);
    const picture = { rgb: Uint8Array.from(data), height: shape[0] as number, width: shape[1] as number };
    for (const family of ["clip", "siglip"] as const) {
      const side = golden.file.outputs[`${family}.${index}`]?.shape.at(-1) as number;
      computed[`${family}.${index}`] = { shape: [1, 3, side, side], data: picturePixels(picture, family, [side, side]) };
    }
    Object.assign(computed, flexible(picture, index, golden));
  }
  return compareAll(golden, computed);
}

/** Patches of a picture whose shape is kept, one row each, zeros behind them. */
function flexible(picture: Picture, index: string, golden: GoldenCase): Record<string, Numbers> {
  const [, patches, each] = (golden.file.outputs[`naflex.${index}`] as { readonly shape: readonly number[] }).shape as readonly [
    number,
    number,
    number,
  ];
  const patch = Math.sqrt(each / 3);
  const size = naflexSize(picture, { patch, patches });
  const data = new Float32Array(patches * each);
  data.set(flat({ shape: [1, 3, ...size], data: picturePixels(picture, "naflex", size) }, patch).data);
  return {
    [`naflex.${index}`]: { shape: [1, patches, each], data },
    [`naflex_shape.${index}`]: { shape: [1, 2], data: Float32Array.from(size, (side) => side / patch) },
  };
}

/** Pixels [1, 3, height, width] ↔ rows of patches [count, patch · patch · 3]: where each number of a row stands. */
function* places(height: number, width: number, patch: number): Generator<readonly [row: number, pixel: number]> {
  let row = 0;
  for (let top = 0; top < height; top += patch)
    for (let left = 0; left < width; left += patch)
      for (let y = top; y < top + patch; y++)
        for (let x = left; x < left + patch; x++)
          for (let colour = 0; colour < 3; colour++) yield [row++, (colour * height + y) * width + x];
}

function flat({ shape, data }: Numbers, patch: number): Numbers {
  const [, , height, width] = shape as readonly [number, number, number, number];
  const rows = new Float32Array(data.length);
  for (const [to, from] of places(height, width, patch)) rows[to] = data[from] as number;
  return { shape: [rows.length / (3 * patch * patch), 3 * patch * patch], data: rows };
}

/** Whether a case is NaFlex. */
export const isNaflex = ({ file }: GoldenCase): boolean => file.inputs?.["pixel_attention_mask"] !== undefined;

/** Each picture in its own shape; rows of padding are not made. */
export async function checkNaflex(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { folder, shapes, vision } = golden.file.config;
  const weights = await openSafetensors(besideCase(golden, `${folder}/model.safetensors`));
  const { layout, sizes } = readPictureNetwork(
    JSON.parse(readFileSync(besideCase(golden, `${folder}/config.json`), "utf8")),
    weights,
  );
  const fed = golden.input("pixel_values");
  const patch = vision.patch_size as number;
  const computed: Record<string, Numbers> = {};
  const pooled: number[] = [];
  for (const [index, [rows, columns]] of (shapes as readonly (readonly [number, number])[]).entries()) {
    const [height, width] = [rows * patch, columns * patch];
    const from = index * (fed.shape[1] as number) * (fed.shape[2] as number);
    const data = new Float32Array(3 * height * width);
    for (const [row, pixel] of places(height, width, patch)) data[pixel] = fed.data[from + row] as number;
    const pixels = input("pixels", [1, 3, height, width]);
    const found = pictureTransformer(pixels, layout, sizes);
    const stages = valuesOf({ name: "stages", inputs: [], outputs: { pooled: found.pooled } }).flatMap((value) =>
      value.name !== undefined && `${value.name}.picture${index}` in golden.file.outputs ? [[value.name, value] as const] : [],
    );
    const source = graph("pictures", [pixels], {
      pooled: found.pooled,
      last_hidden_state: found.rows,
      ...Object.fromEntries(stages),
    });
    const said = await withGraph(source, weights, (run) => run({ pixels: { shape: pixels.shape, data } }));
    for (const [name, { shape, data }] of Object.entries(said))
      computed[`${name}.picture${index}`] = { shape: shape.slice(1), data };
    pooled.push(...(said["pooled"] as Numbers).data);
  }
  computed["pooled"] = { shape: [shapes.length, sizes.width], data: Float32Array.from(pooled) };
  return compareAll(golden, computed);
}
