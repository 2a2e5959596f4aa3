/**
 * The motion encoder learns, from pictures alone, when and where something touches, how hard, and how loud is what lasts.
 */
import type { Graph, GraphValue } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { type MotionNetworkConfig, motionNetwork } from "@foley-control/video-encoder";
import { binaryCrossEntropy, meanOf, meanSquaredError } from "../objective.js";

/** Contacts are rare among frames, */
const CONTACT_WEIGHT = 6;
/** and rarer among the cells of a picture. */
const CELL_WEIGHT = 30;

/** Sizes of a batch. */
export interface VideoEncoderBatchSize {
  /** Clips. */
  readonly batch: number;
  /** Pictures of a clip. */
  readonly frames: number;
}

/**
 * Inputs `luma` uint8 [batch, frames, size, size]; `contacts`, `strengths` and `seen` [batch, frames]: the course of contacts, how hard each
 * is, 0 where a frame says nothing (a contact beyond the picture's edge); `cells` [batch, frames, rows·columns]; `loudness`
 * [batch, frames/tubelet]. Outputs `loss` and its parts.
 */
export function videoEncoderLoss(config: MotionNetworkConfig, { batch, frames }: VideoEncoderBatchSize): Graph {
  const { imageSize, patchSize, tubeletSize } = config;
  const count = (imageSize / patchSize / 2) ** 2;
  const luma = input("luma", [batch, frames, imageSize, imageSize], "uint8");
  const contacts = input("contacts", [batch, frames]);
  const strengths = input("strengths", [batch, frames]);
  const seen = input("seen", [batch, frames]);
  const cells = input("cells", [batch, frames, count]);
  const loudness = input("loudness", [batch, frames / tubeletSize]);
  const made = motionNetwork(ops.multiply(ops.cast(luma, "float32"), 1 / 255), config);
  const frame = ops.reshape(made.frame, [batch, frames]);
  const contactLoss = binaryCrossEntropy(ops.add(logSumExp(made.cells), frame), contacts, CONTACT_WEIGHT, seen);
  const cellLoss = binaryCrossEntropy(made.cells, cells, CELL_WEIGHT, ops.reshape(seen, [batch, frames, 1]));
  const strengthLoss = meanOf(ops.multiply(contacts, ops.square(ops.subtract(made.strengths, strengths))));
  const loudnessLoss = meanSquaredError(made.level, loudness);
  const weighted = [contactLoss, ops.multiply(cellLoss, 2), ops.multiply(strengthLoss, 3), ops.multiply(loudnessLoss, 3)];
  return graph("videoEncoder.loss", [luma, contacts, strengths, seen, cells, loudness], {
    loss: weighted.reduce((sum, part) => ops.add(sum, part)),
    contactLoss,
    cellLoss,
    strengthLoss,
    loudnessLoss,
  });
}

/** Log of the summed odds over the last axis. */
function logSumExp(x: GraphValue): GraphValue {
  const last = [x.shape.length - 1];
  const top = ops.detach(ops.reduceMax(x, last, true));
  const shape = x.shape.slice(0, -1);
  return ops.add(ops.reshape(top, shape), ops.log(ops.sum(ops.exp(ops.subtract(x, top)), last)));
}
