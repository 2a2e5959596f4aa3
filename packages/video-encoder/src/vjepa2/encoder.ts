/** V-JEPA 2 and 2.1 as a video encoder: released weights, read in place, behind the contract. */
import { FoleyError, type ParameterSource, type VideoEncoder } from "@foley-control/core";
import { POOLING_SIDES, type Pooling } from "../pooling.js";
import { type VisionTransformerConfig, visionTransformerGraph } from "../vision-transformer.js";
import { checkVjepa2Weights } from "./check-weights.js";
import { VJEPA2_SIZES } from "./infer.js";
import { VJEPA2_NORMALISATION, vjepa2Preprocess } from "./preprocess.js";

/** Frames of a segment: what the released networks were trained up to. At 16 frames per second, 4 seconds. */
export const VJEPA2_WINDOW = 64;
/** Frames per second. */
const VJEPA2_FRAME_RATE = 16;
/** Pixels per side when none are given: V-JEPA 2, V-JEPA 2.1. */
export const VJEPA2_IMAGE_SIZE = { "2.0": 256, "2.1": 384 } as const;

/** How an encoder is used, whatever its weights are. */
export interface Vjepa2Use {
  /** Pixels per side, or `[height, width]`. Default: what the release says, else {@link VJEPA2_IMAGE_SIZE}. */
  readonly imageSize?: number | readonly [number, number] | undefined;
  /** Frames per segment, a multiple of the tubelet. Default {@link VJEPA2_WINDOW}. */
  readonly window?: number | undefined;
  /** Tokens per time step. Default `"frame"`. */
  readonly pooling?: Pooling | undefined;
  /** `"hierarchical"` (V-JEPA 2.1 alone): features of four depths side by side, four times as wide. Default `"last"`. */
  readonly features?: "last" | "hierarchical" | undefined;
  /** Identifier that bridges are trained for. Default: release, size, pixels and what differs from the defaults. */
  readonly id?: string | undefined;
}

/** What {@link vjepa2Encoder} needs. */
export interface Vjepa2EncoderOptions extends Vjepa2Use {
  /** Shape of the network, see `inferVjepa2Config`. */
  readonly config: VisionTransformerConfig;
  /** Its tensors under the names of the release. */
  readonly weights: ParameterSource;
  /** Mean and deviation of the colours. Default: those of the release. */
  readonly normalisation?: VideoEncoder["normalisation"] | undefined;
}

/**
 * V-JEPA 2 or 2.1 as a {@link VideoEncoder}. The tensors stay where they are until a runtime reads them.
 *
 * @throws FoleyError `bad-weights` when tensors are missing, unknown or of another shape; `invalid-argument` for an option that does not
 * fit the network
 * @example
 * ```ts
 * const weights = await openSafetensors("vjepa2-vitl-fpc64-256/model.safetensors");
 * const encoder = vjepa2Encoder({ config: inferVjepa2Config(weights), weights });
 * ```
 */
export function vjepa2Encoder(options: Vjepa2EncoderOptions): VideoEncoder {
  const { config, weights, window = VJEPA2_WINDOW, pooling = "frame", features = "last" } = options;
  const { normalisation = VJEPA2_NORMALISATION } = options;
  const release = config.modalities ? "2.1" : "2.0";
  const wanted = options.imageSize ?? VJEPA2_IMAGE_SIZE[release];
  const imageSize: readonly [number, number] = typeof wanted === "number" ? [wanted, wanted] : wanted;
  const { patchSize, tubeletSize, hiddenSize } = config;
  for (const size of imageSize)
    if (!Number.isSafeInteger(size) || size < patchSize)
      throw wrong("imageSize", imageSize.join("×"), `at least one patch of ${patchSize} pixels each way`);
  if (!Number.isSafeInteger(window) || window < tubeletSize || window % tubeletSize !== 0)
    throw wrong("window", String(window), `a multiple of ${tubeletSize} frames`);
  const side = POOLING_SIDES[pooling];
  if (side === undefined) throw wrong("pooling", JSON.stringify(pooling), Object.keys(POOLING_SIDES).join(", "));
  const patches = imageSize.map((size) => Math.floor(size / patchSize));
  if (patches.some((count) => count % side !== 0))
    throw wrong("pooling", `"${pooling}"`, `a side that divides ${patches.join("×")} patches`);
  if (features === "hierarchical" && !config.featureLayers)
    throw wrong("features", '"hierarchical"', '"last", as these are no weights of V-JEPA 2.1,');
  checkVjepa2Weights(config, weights);
  const depths = features === "hierarchical" ? (config.featureLayers as readonly number[]).length : 1;
  return {
    specificationVersion: "v1",
    kind: "video-encoder",
    id: options.id ?? defaultId(release, hiddenSize, imageSize, { window, pooling, features }),
    frameRate: VJEPA2_FRAME_RATE,
    window,
    imageSize,
    normalisation,
    preprocess: vjepa2Preprocess(imageSize, normalisation),
    tokenRate: VJEPA2_FRAME_RATE / tubeletSize,
    tokensPerStep: side * side,
    tokenWidth: hiddenSize * depths,
    weights,
    graph: ({ frames, batch = 1 }) =>
      visionTransformerGraph(config, { frames, height: imageSize[0], width: imageSize[1], batch, pooling, features }),
  };
}

/** What the tokens depend on, besides the weights themselves. */
function defaultId(
  release: string,
  width: number,
  imageSize: readonly [number, number],
  use: { readonly window: number; readonly pooling: Pooling; readonly features: string },
): string {
  const [height, across] = imageSize;
  const size = VJEPA2_SIZES[width]?.name ?? `vit-${width}`;
  const pixels = height === across ? `${height}` : `${height}x${across}`;
  const more = [
    ...(use.window === VJEPA2_WINDOW ? [] : [`${use.window}f`]),
    ...(use.pooling === "frame" ? [] : [use.pooling]),
    ...(use.features === "last" ? [] : [use.features]),
  ];
  return [`meta/vjepa${release === "2.1" ? "2.1" : "2"}-${size}-${pixels}`, ...more].join("/");
}

function wrong(option: string, given: string, expected: string): FoleyError {
  return new FoleyError("invalid-argument", `options.${option} is ${given}; ${expected} was expected.`);
}
