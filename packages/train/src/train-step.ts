/**
 * Loss, gradients, clipping, AdamW (Loshchilov & Hutter 2019) and the moving average of the weights in one graph: state in,
 * state out. Nothing but standard ops, so it runs wherever the network runs.
 */
import type { Graph, GraphValue } from "@foley-control/core";
import { differentiate, gradientName, graph, input, ops, parametersOf, rewrite, simplify } from "@foley-control/graph";

/** Settings of {@link trainStep} that are fixed in the graph. */
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

/** Names of the state of one parameter. */
export const stateNames = (name: string) =>
  ({ mean: `adam.mean.${name}`, square: `adam.square.${name}`, average: `average.${name}` }) as const;

/**
 * Makes one optimiser step out of a loss: a graph from parameters and optimiser state to the next ones.
 *
 * @param source - A graph with a scalar output `loss`.
 * @param trainable - Names of the parameters that change; all others stay parameters and are frozen.
 * @returns A graph whose further inputs are the trainable parameters, their state, and the scalars `learningRate`,
 *   `correction1` = 1/(1 − β₁ᵏ), `correction2` = 1/(1 − β₂ᵏ) and `averageDecay`; its outputs are those of `source`,
 *   `gradientNorm`, and `next.NAME` for every parameter and state.
 */
export function trainStep(source: Graph, trainable: readonly string[], options: AdamWOptions = ADAMW_DEFAULTS): Graph {
  const differentiated = differentiate(source, "loss", trainable);
  const scalars = Object.fromEntries(
    ["learningRate", "correction1", "correction2", "averageDecay"].map((name) => [name, input(name, [])]),
  ) as Record<string, GraphValue>;
  const { learningRate, correction1, correction2, averageDecay } = scalars as Record<
    "learningRate" | "correction1" | "correction2" | "averageDecay",
    GraphValue
  >;
  const gradients = trainable.map((name) => differentiated.outputs[gradientName(name)] as GraphValue);
  const squares = gradients.map((gradient) =>
    ops.sum(
      ops.square(gradient),
      gradient.shape.map((_, axis) => axis),
    ),
  );
  const norm = ops.sqrt(squares.reduce((total, square) => ops.add(total, square)));
  const factor = ops.minimum(ops.divide(options.clip, ops.add(norm, 1e-6)), 1);
  const parameters = parametersOf(differentiated);
  const inputs: GraphValue[] = [...source.inputs, ...Object.values(scalars)];
  const outputs: Record<string, GraphValue> = { ...source.outputs, gradientNorm: norm };
  trainable.forEach((name, i) => {
    const value = parameters.get(name) as GraphValue;
    const names = stateNames(name);
    const [mean, square, average] = [names.mean, names.square, names.average].map((key) => input(key, value.shape)) as [
      GraphValue,
      GraphValue,
      GraphValue,
    ];
    inputs.push(mean, square, average);
    const gradient = ops.multiply(gradients[i] as GraphValue, factor);
    const nextMean = ops.add(ops.multiply(mean, options.beta1), ops.multiply(gradient, 1 - options.beta1));
    const nextSquare = ops.add(ops.multiply(square, options.beta2), ops.multiply(ops.square(gradient), 1 - options.beta2));
    const step = ops.divide(
      ops.multiply(nextMean, correction1),
      ops.add(ops.sqrt(ops.multiply(nextSquare, correction2)), options.epsilon),
    );
    const decayed =
      value.shape.length > 1 && options.weightDecay > 0 ? ops.add(step, ops.multiply(value, options.weightDecay)) : step;
    const next = ops.subtract(value, ops.multiply(decayed, learningRate));
    outputs[`next.${name}`] = next;
    outputs[`next.${names.mean}`] = nextMean;
    outputs[`next.${names.square}`] = nextSquare;
    outputs[`next.${names.average}`] = ops.add(next, ops.multiply(ops.subtract(average, next), averageDecay));
  });
  // What changes every step comes in with the batch; what is frozen stays a parameter, which the runtime packs once.
  const whole = graph(`${source.name}.trainStep`, inputs, outputs);
  const changing = new Map(trainable.map((name) => [name, input(name, (parameters.get(name) as GraphValue).shape)]));
  const leaf = (value: GraphValue) => (value.kind === "parameter" ? (changing.get(value.name ?? "") ?? value) : value);
  return simplify(rewrite(whole, { leaf, inputs: [...inputs, ...changing.values()] }));
}
