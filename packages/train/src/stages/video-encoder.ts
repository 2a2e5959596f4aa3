/**
 * Stage 3: the small video encoder learns, from pictures alone, what its pooled tokens must tell a bridge: when something
 * touches, how lively the scene sounds, and what kind of event it is. The heads are thrown away afterwards.
 */
import type { Graph } from "@foley-control/core";
import { graph, input, linear, ops } from "@foley-control/graph";
import { framePool, tokenGrid, type VisionTransformerConfig, visionTransformer } from "@foley-control/video-encoder";
import { binaryCrossEntropy, crossEntropy, meanSquaredError } from "../objective.js";

/** Time bins per token in which contacts are told: 4 bins of 31.25 ms. */
export const BINS_PER_TOKEN = 4;
/** Contacts are rare among bins. */
const CONTACT_WEIGHT = 6;

/** Contacts are rarer still among the patches of a picture. */
const PLACE_WEIGHT = 30;

/** Patches of the first layer in a clip: where contacts are placed. */
export function patchesPerClip(config: VisionTransformerConfig, frames: number, imageSize: number): number {
  return Math.floor(frames / config.tubeletSize) * (imageSize / placeSize(config)) ** 2;
}

/** Pixels per side of such a patch. */
export const placeSize = (config: VisionTransformerConfig): number => config.patchSize / (config.stem?.merge ?? 1);

/**
 * Inputs `frames` uint8 [batch, time, height, width, 3], `contacts` and `loudness` [batch, time/2·4], `places`
 * [batch, time/2·rows·columns] (1 in the patch and tubelet in which something touches), `class` one-hot; outputs `loss`,
 * `contactLoss`, `placeLoss`, `loudnessLoss`, `classLoss`, `contactLogits`.
 */
export function videoEncoderLoss(
  config: VisionTransformerConfig,
  normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] },
  size: { readonly batch: number; readonly frames: number; readonly imageSize: number; readonly classes: number },
): Graph {
  const { batch, frames, imageSize, classes } = size;
  const raw = input("frames", [batch, frames, imageSize, imageSize, 3], "uint8");
  const mean = normalisation.mean[0] as number;
  const std = normalisation.std[0] as number;
  const pixels = ops.transpose(
    ops.multiply(ops.subtract(ops.multiply(ops.cast(raw, "float32"), 1 / 255), mean), 1 / std),
    [0, 1, 4, 2, 3],
  );
  const grid = tokenGrid(config, frames, imageSize, imageSize);
  const { patches, tokens: unpooled } = visionTransformer(pixels, config);
  const tokens = framePool(unpooled, grid);
  const bins = grid.time * BINS_PER_TOKEN;
  const contacts = input("contacts", [batch, bins]);
  const loudness = input("loudness", [batch, bins]);
  const places = input("places", [batch, patchesPerClip(config, frames, imageSize)]);
  const kind = input("class", [batch, classes]);
  const contactLogits = ops.reshape(linear(tokens, "head.contact", BINS_PER_TOKEN, true), [batch, bins]);
  const contactLoss = binaryCrossEntropy(contactLogits, contacts, CONTACT_WEIGHT);
  const placeLoss = binaryCrossEntropy(ops.reshape(linear(patches, "head.place", 1, true), places.shape), places, PLACE_WEIGHT);
  const loudnessLoss = meanSquaredError(
    ops.sigmoid(ops.reshape(linear(tokens, "head.loudness", BINS_PER_TOKEN, true), [batch, bins])),
    loudness,
  );
  const classLoss = crossEntropy(ops.mean(linear(tokens, "head.class", classes, true), [1]), kind);
  const total = [contactLoss, ops.multiply(placeLoss, 2), ops.multiply(loudnessLoss, 3), ops.multiply(classLoss, 0.3)];
  const loss = total.reduce((sum, part) => ops.add(sum, part));
  return graph("videoEncoder.loss", [raw, contacts, loudness, places, kind], {
    loss,
    contactLoss,
    placeLoss,
    loudnessLoss,
    classLoss,
    contactLogits,
  });
}

/**
 * Start of the patch embedding: the slowest cosines of a patch, of brightness and of colour, once averaged and once
 * subtracted over the tubelet's frames. From the first step on the network sees shape and motion.
 *
 * @param hiddenSize - Rows.
 * @param p - Pixels per patch side.
 * @param t - Frames per tubelet.
 * @returns [hiddenSize, 3, t, p, p].
 */
export function tubeletBasis(hiddenSize: number, p: number, t: number): Float32Array {
  const waves = Array.from({ length: p * p }, (_, i) => ({ u: Math.floor(i / p), v: i % p })).sort(
    (a, b) => a.u + a.v - (b.u + b.v) || a.u - b.u,
  );
  const brightness = [0.299, 0.587, 0.114];
  const colours = [
    [0.5, -0.25, -0.25],
    [0.25, 0.25, -0.5],
  ];
  const coloured = Math.floor(hiddenSize / 24);
  const rows: { readonly colour: readonly number[]; readonly u: number; readonly v: number; readonly moving: boolean }[] = [];
  for (const colour of colours)
    for (const { u, v } of waves.slice(0, coloured)) for (const moving of [false, true]) rows.push({ colour, u, v, moving });
  for (const { u, v } of waves) for (const moving of [false, true]) rows.push({ colour: brightness, u, v, moving });
  const data = new Float32Array(hiddenSize * 3 * t * p * p);
  for (let row = 0; row < hiddenSize; row++) {
    const { colour, u, v, moving } = rows[row] as (typeof rows)[number];
    const gain = ((moving ? 4 : 1) * (1 + 0.5 * (u + v))) / (p * p * t);
    for (let channel = 0; channel < 3; channel++) {
      for (let frame = 0; frame < t; frame++) {
        const inTime = moving ? (frame < t / 2 ? -1 : 1) : 1;
        for (let y = 0; y < p; y++) {
          for (let x = 0; x < p; x++) {
            const wave = Math.cos((Math.PI * u * (y + 0.5)) / p) * Math.cos((Math.PI * v * (x + 0.5)) / p);
            data[(((row * 3 + channel) * t + frame) * p + y) * p + x] = gain * (colour[channel] as number) * inTime * wave;
          }
        }
      }
    }
  }
  return data;
}
