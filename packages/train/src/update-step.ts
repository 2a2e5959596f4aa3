/** Clipping, AdamW (Loshchilov & Hutter 2019) and the moving average of the weights, each on one vector of all parameters. */
import type { Graph, GraphValue } from "@foley-control/core";
import { graph, input, ops, simplify } from "@foley-control/graph";
import { PARAMETERS_INPUT } from "./gradient-step.js";
import type { ParameterLayout } from "./parameter-layout.js";

/** Settings of the optimiser (AdamW) that are fixed in the graph. */
export interface AdamWOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1: number;
  /** Decay of the mean of squared gradients. Default 0.95. */
  readonly beta2: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon: number;
  /** On matrices only, decoupled. Default 0.01. */
  readonly weightDecay: number;
  /** Largest global gradient norm. Default 1. */
  readonly clip: number;
}

/** Defaults of {@link AdamWOptions}. */
export const ADAMW_DEFAULTS: AdamWOptions = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01, clip: 1 };

/** Vectors that a training carries from step to step: inputs `state.NAME`, outputs `next.NAME`. */
export const STATE_VECTORS = ["parameters", "mean", "square", "average"] as const;

/** Name of a vector of the state. */
export type StateVector = (typeof STATE_VECTORS)[number];

/** Name of the input with the gradients of one of several sources. */
export const gradientsInput = (source: number): string => `gradients.${source}`;

/**
 * One optimiser step: gradients and state in, state out.
 *
 * @param layout - The parameters.
 * @param sources - Inputs `gradients.0`, `gradients.1`, … that are summed in this order: one per device.
 * @param divisor - What the sum is divided by: the parts of a batch whose mean is taken, times the scale of the loss.
 * @returns A graph with the gradients, `state.parameters`, `state.mean`, `state.square` and `state.average`, all [layout.size], and the
 *   scalars `learningRate`, `correction1` = 1/(1 − β₁ᵏ), `correction2` = 1/(1 − β₂ᵏ) and `averageDecay`; outputs `gradientNorm` and
 *   `next.parameters`, `next.mean`, `next.square`, `next.average`.
 */
export function updateStep(layout: ParameterLayout, options: AdamWOptions = ADAMW_DEFAULTS, sources = 1, divisor = 1): Graph {
  const { size, matrices } = layout;
  const given = Array.from({ length: sources }, (_, i) => input(gradientsInput(i), [size]));
  const [parameters, mean, square, average] = STATE_VECTORS.map((name) =>
    input(name === "parameters" ? PARAMETERS_INPUT : `state.${name}`, [size]),
  ) as [GraphValue, GraphValue, GraphValue, GraphValue];
  const scalars = ["learningRate", "correction1", "correction2", "averageDecay"].map((name) => input(name, [])) as [
    GraphValue,
    GraphValue,
    GraphValue,
    GraphValue,
  ];
  const [learningRate, correction1, correction2, averageDecay] = scalars;

  const total = given.reduce((sum, gradients) => ops.add(sum, gradients));
  const norm = ops.multiply(ops.sqrt(ops.sum(ops.square(total), [0])), 1 / divisor);
  // Scalars meet scalars first, so that a vector is gone through as seldom as can be.
  const factor = ops.divide(ops.minimum(ops.divide(options.clip, ops.add(norm, 1e-6)), 1), divisor);
  const gradients = ops.multiply(total, factor);
  const nextMean = ops.add(ops.multiply(mean, options.beta1), ops.multiply(gradients, 1 - options.beta1));
  const nextSquare = ops.add(ops.multiply(square, options.beta2), ops.multiply(ops.square(gradients), 1 - options.beta2));
  const root = ops.add(ops.sqrt(ops.multiply(nextSquare, correction2)), options.epsilon);
  const step = ops.divide(ops.multiply(nextMean, ops.multiply(learningRate, correction1)), root);
  const kept = ops.subtract(1, ops.multiply(learningRate, options.weightDecay));
  const decayed =
    options.weightDecay === 0 || matrices === 0
      ? parameters
      : matrices === size
        ? ops.multiply(parameters, kept)
        : ops.concat([ops.multiply(ops.slice(parameters, 0, 0, matrices), kept), ops.slice(parameters, 0, matrices, size)], 0);
  const next = ops.subtract(decayed, step);
  return simplify(
    graph("train.update", [...given, parameters, mean, square, average, ...scalars], {
      gradientNorm: norm,
      "next.parameters": next,
      "next.mean": nextMean,
      "next.square": nextSquare,
      "next.average": ops.add(next, ops.multiply(ops.subtract(average, next), averageDecay)),
    }),
  );
}

/** Sum of the gradients of two parts: inputs `gradients.0` and `gradients.1`, output `gradients`. */
export function sumStep({ size }: ParameterLayout): Graph {
  const [a, b] = [input(gradientsInput(0), [size]), input(gradientsInput(1), [size])];
  return graph("train.sum", [a, b], { gradients: ops.add(a, b) });
}
