/** Losses on held-out clips with fixed noise at fixed times: the same question at every step, so that answers can be compared. */
import {
  FoleyError,
  type Graph,
  type GraphValue,
  memoryParameters,
  type ParameterSource,
  type PlainTensor,
  type Runtime,
} from "@foley-control/core";
import { graph, input, parametersOf, rewrite, simplify } from "@foley-control/graph";
import type { ValidationLine } from "./log/lines.js";
import type { Trainer } from "./trainer.js";

/** Times at which a validation adds noise: from almost sound to almost noise. */
export const VALIDATION_TIMES: readonly number[] = [0.1, 0.3, 0.5, 0.7, 0.9];

/** What {@link lossValidation} needs. */
export interface LossValidation {
  /** The loss, as the trainer has it or a part of it, of any batch size. With an input `time` [rows] it is taken at `times`. */
  readonly loss: Graph;
  /** Parameters that the trainer does not train. */
  readonly frozen?: ParameterSource | undefined;
  /** Batches of held-out clips. */
  readonly batches: number;
  /** Clips of one batch. */
  readonly rows: number;
  /** The inputs of the loss for batch `index`, `time` left out; the same at every call. */
  readonly batch: (index: number) => Promise<Readonly<Record<string, PlainTensor>>>;
  /** Default 0.1, 0.3, 0.5, 0.7 and 0.9. */
  readonly times?: readonly number[] | undefined;
}

/** Measures the losses of a trainer as it is; nothing of the trainer is changed. */
export type MeasureLosses = (
  trainer: Pick<Trainer, "parameters">,
  signal?: AbortSignal,
) => Promise<Omit<ValidationLine, "step" | "seconds">>;

/**
 * Makes a measurement out of a loss. Its graph has no gradients; the frozen weights come from the same source as the trainer's, which a
 * runtime reads in place where it can, and it is loaded for a measurement alone, so that training has the memory to itself.
 */
export function lossValidation(runtime: Runtime, options: LossValidation): MeasureLosses {
  const { loss, batches, rows } = options;
  const timed = loss.inputs.some(({ name }) => name === "time");
  const times = timed ? (options.times ?? VALIDATION_TIMES) : [];
  if (batches < 1 || (timed && times.length === 0))
    throw new FoleyError("invalid-argument", `A validation on ${batches} batches at ${times.length} times measures nothing.`, {
      hint: "Give at least one of each.",
    });
  return async (trainer, signal) => {
    // What only other parts of the trainer's loss read is left out.
    const read = parametersOf(loss);
    const trained = async (which: "average" | "raw") =>
      Object.fromEntries(Object.entries(await trainer.parameters(which)).filter(([name]) => read.has(name)));
    const weights = { average: await trained("average"), raw: await trained("raw") };
    const executable = await runtime.load(
      forwardOf(loss, Object.keys(weights.raw)),
      options.frozen ?? memoryParameters({}),
      signal && { signal },
    );
    const questions = timed ? times : [undefined];
    const sums = { average: questions.map(() => 0), raw: questions.map(() => 0) };
    try {
      for (let index = 0; index < batches; index++) {
        const inputs = await options.batch(index);
        for (const which of ["average", "raw"] as const) {
          for (const [at, time] of questions.entries()) {
            const outputs = await executable.run(
              {
                ...inputs,
                ...weights[which],
                ...(time !== undefined && {
                  time: { dtype: "float32", shape: [rows], data: new Float32Array(rows).fill(time) } as const,
                }),
              },
              { signal },
            );
            (sums[which][at] as number) += (outputs["loss"] as PlainTensor<"float32">).data[0] as number;
          }
        }
      }
    } finally {
      await executable.dispose();
    }
    const means = (list: readonly number[]) => list.map((sum) => (Number.isFinite(sum) ? sum / batches : null));
    return { clips: batches * rows, times, average: means(sums.average), raw: means(sums.raw) };
  };
}

/** The loss alone; what is trained becomes an input, so that averaged and raw weights go through one session. */
function forwardOf(source: Graph, trained: readonly string[]): Graph {
  const parameters = parametersOf(source);
  const changing = new Map(trained.map((name) => [name, input(name, (parameters.get(name) as GraphValue).shape)]));
  const alone = graph(`${source.name}.validation`, source.inputs, { loss: source.outputs["loss"] as GraphValue });
  const leaf = (value: GraphValue) => (value.kind === "parameter" ? (changing.get(value.name ?? "") ?? value) : value);
  return simplify(rewrite(alone, { leaf, inputs: [...source.inputs, ...changing.values()] }));
}
