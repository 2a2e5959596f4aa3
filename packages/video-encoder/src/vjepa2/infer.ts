/** The shape of a V-JEPA 2 network, read off its tensors: the files of Meta say it nowhere else. */
import { FoleyError, type ParameterSource, type Shape } from "@foley-control/core";
import { CHECKPOINT_NAMES, type CheckpointRelease, MODALITY_NAMES } from "../checkpoint-names.js";
import type { VisionTransformerConfig } from "../vision-transformer.js";

/** Sizes of the released networks by the width of a token, under the names of the paper. */
export const VJEPA2_SIZES: Readonly<Record<number, { readonly name: string; readonly heads: number }>> = {
  768: { name: "vit-base", heads: 12 },
  1024: { name: "vit-large", heads: 16 },
  1280: { name: "vit-huge", heads: 16 },
  1408: { name: "vit-giant", heads: 22 },
  1664: { name: "vit-gigantic", heads: 26 },
};

/** Feature layers of V-JEPA 2.1 by the number of blocks. */
const FEATURE_LAYERS: Readonly<Record<number, readonly number[]>> = {
  12: [2, 5, 8, 11],
  24: [5, 11, 17, 23],
  40: [9, 19, 29, 39],
  48: [11, 23, 37, 47],
};

/** V-JEPA 2.1 counts positions on the grid of 256-pixel pictures, whatever their size. */
const REFERENCE_GRID = 16;

/**
 * Reads the configuration off names and shapes.
 *
 * @param weights - tensors under the names of one of the two releases
 * @param options - `heads`: heads of each block, which no shape tells; default by the width for the released sizes
 * @throws FoleyError `bad-weights` when these are no V-JEPA 2 weights, `invalid-argument` when the number of heads is not known or does
 * not divide the width
 */
export function inferVjepa2Config(
  weights: ParameterSource,
  options: { readonly heads?: number | undefined } = {},
): VisionTransformerConfig {
  const all = weights.names();
  const release = (Object.keys(CHECKPOINT_NAMES) as CheckpointRelease[]).find((key) =>
    weights.get(`${CHECKPOINT_NAMES[key].patches}.weight`),
  );
  if (release === undefined) {
    const wanted = Object.values(CHECKPOINT_NAMES).map(({ patches }) => `${patches}.weight`);
    throw new FoleyError(
      "bad-weights",
      `These are no weights of V-JEPA 2: neither ${wanted.join(" nor ")} is among the ${all.length} tensors (${some(all)}).`,
      { hint: "Give a V-JEPA 2 release of Hugging Face or a checkpoint of Meta." },
    );
  }
  const names = CHECKPOINT_NAMES[release];
  const shapeOf = (name: string, rank: number): Shape => {
    const shape = weights.get(name)?.shape;
    if (shape?.length === rank && shape.every((size) => size > 0)) return shape;
    const what = shape ? `has the shape [${shape.join(", ")}]; ${rank} axes were expected` : "is missing";
    throw new FoleyError("bad-weights", `The tensor "${name}" ${what}.`, { hint: "Download the weights again." });
  };
  const [hiddenSize = 0, channels, tubeletSize = 0, patchSize = 0, across] = shapeOf(`${names.patches}.weight`, 5);
  if (channels !== 3 || patchSize !== across) {
    const found = `${channels} colours and patches of ${patchSize}×${across}`;
    throw new FoleyError("bad-weights", `The patch embedding has ${found}; 3 colours and square patches were expected.`);
  }
  const layers = blocksOf(all, names.block(0).replace(/0$/, ""));
  const [mlpSize = 0] = shapeOf(`${names.block(0)}.mlp.fc1.weight`, 2);
  const heads = options.heads ?? VJEPA2_SIZES[hiddenSize]?.heads;
  if (heads === undefined || !Number.isSafeInteger(heads) || heads < 1 || hiddenSize % heads !== 0) {
    throw new FoleyError(
      "invalid-argument",
      heads === undefined
        ? `The width ${hiddenSize} is none of the released sizes (${Object.keys(VJEPA2_SIZES).join(", ")}), so the number of heads is not known.`
        : `options.heads is ${heads}; a divisor of the width ${hiddenSize} was expected.`,
      { hint: "Give the option heads." },
    );
  }
  const config = { hiddenSize, layers, heads, mlpSize, patchSize, tubeletSize, names: release };
  if (!weights.get(MODALITY_NAMES.video)) return { ...config, rotary: "tiled" };
  const featureLayers = FEATURE_LAYERS[layers];
  if (!featureLayers) {
    const expected = Object.keys(FEATURE_LAYERS).join(", ");
    throw new FoleyError("bad-weights", `The weights are of V-JEPA 2.1 with ${layers} blocks; ${expected} were expected.`);
  }
  return { ...config, rotary: "interleaved", referenceGrid: REFERENCE_GRID, modalities: true, featureLayers };
}

/** How many different blocks have tensors. A gap shows later, as missing and unknown tensors. */
function blocksOf(names: readonly string[], prefix: string): number {
  const found = new Set<string>();
  for (const name of names) {
    const number = name.startsWith(prefix) ? /^\d+(?=\.)/.exec(name.slice(prefix.length)) : null;
    if (number) found.add(number[0]);
  }
  return found.size;
}

/** The first few of a list, as text. */
function some(names: readonly string[], most = 6): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
