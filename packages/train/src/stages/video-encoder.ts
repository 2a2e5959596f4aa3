/**
 * Stage 3: the small video encoder learns, from pictures alone, what its pooled tokens must tell a bridge: when something
 * touches, how lively the scene sounds, and what kind of event it is. The heads are thrown away afterwards.
 */
import type { Graph } from "@foley-control/core";
import { graph, input, linear, ops } from "@foley-control/graph";
import { framePool, tokenGrid, visionTransformer, type VisionTransformerConfig } from "@foley-control/video-encoder";
import { binaryCrossEntropy, crossEntropy, meanSquaredError } from "../objective.js";

/** Time bins per token in which contacts are told: 4 bins of 31.25 ms. */
export const BINS_PER_TOKEN = 4;
/** Contacts are rare among bins. */
const CONTACT_WEIGHT = 6;

/**
 * Inputs `frames` uint8 [batch, time, height, width, 3], `contacts` and `loudness` [batch, time/2·4], `class` one-hot;
 * outputs `loss`, `contactLoss`, `loudnessLoss`, `classLoss`, `contactLogits`.
 */
export function videoEncoderLoss(config: VisionTransformerConfig, normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] }, size: { readonly batch: number; readonly frames: number; readonly imageSize: number; readonly classes: number }): Graph {
  const { batch, frames, imageSize, classes } = size;
  const raw = input("frames", [batch, frames, imageSize, imageSize, 3], "uint8");
  const mean = normalisation.mean[0] as number;
  const std = normalisation.std[0] as number;
  const pixels = ops.transpose(ops.multiply(ops.subtract(ops.multiply(ops.cast(raw, "float32"), 1 / 255), mean), 1 / std), [0, 1, 4, 2, 3]);
  const grid = tokenGrid(config, frames, imageSize, imageSize);
  const tokens = framePool(visionTransformer(pixels, config), grid);
  const bins = grid.time * BINS_PER_TOKEN;
  const contacts = input("contacts", [batch, bins]);
  const loudness = input("loudness", [batch, bins]);
  const kind = input("class", [batch, classes]);
  const contactLogits = ops.reshape(linear(tokens, "head.contact", BINS_PER_TOKEN, true), [batch, bins]);
  const contactLoss = binaryCrossEntropy(contactLogits, contacts, CONTACT_WEIGHT);
  const loudnessLoss = meanSquaredError(ops.sigmoid(ops.reshape(linear(tokens, "head.loudness", BINS_PER_TOKEN, true), [batch, bins])), loudness);
  const classLoss = crossEntropy(ops.mean(linear(tokens, "head.class", classes, true), [1]), kind);
  const loss = ops.add(ops.add(contactLoss, ops.multiply(loudnessLoss, 3)), ops.multiply(classLoss, 0.1));
  return graph("videoEncoder.loss", [raw, contacts, loudness, kind], { loss, contactLoss, loudnessLoss, classLoss, contactLogits });
}
