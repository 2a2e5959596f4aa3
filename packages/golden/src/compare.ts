/** Differences between what was computed and what a case expects, and whether they are small enough. */
import type { GoldenCase, Limits } from "./case.js";
import { cut, type Numbers } from "./numbers.js";

/** The outcome for one output of a case. */
export interface Comparison {
  /** Name of the output. */
  readonly output: string;
  /** Largest difference of one element. */
  readonly maxAbs: number;
  /** ‖mine − reference‖ / ‖reference‖. */
  readonly relL2: number;
  /** What was allowed. */
  readonly limits: Limits;
  /** Whether both limits hold. */
  readonly passed: boolean;
  /** Why it failed, where numbers do not say it. */
  readonly reason?: string;
}

/** Compares numbers of the same shape. A number that is not finite where the reference is differs infinitely. */
export function compare(output: string, mine: Numbers, reference: Numbers, limits: Limits): Comparison {
  const failed = (reason: string): Comparison => ({
    output,
    maxAbs: Number.POSITIVE_INFINITY,
    relL2: Number.POSITIVE_INFINITY,
    limits,
    passed: false,
    reason,
  });
  if (mine.data.length !== reference.data.length)
    return failed(`shape [${mine.shape.join(", ")}], expected [${reference.shape.join(", ")}]`);
  if (limits.maxAbs === undefined && limits.relL2 === undefined) return failed("the case states no tolerance for it");
  let maxAbs = 0;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < reference.data.length; i++) {
    const [a, b] = [mine.data[i] as number, reference.data[i] as number];
    if (Object.is(a, b)) continue;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return failed(`element ${i} is ${a}, expected ${b}`);
    maxAbs = Math.max(maxAbs, Math.abs(a - b));
    difference += (a - b) ** 2;
  }
  for (const value of reference.data) norm += value * value;
  const relL2 = difference === 0 ? 0 : Math.sqrt(difference / norm);
  const passed = maxAbs <= (limits.maxAbs ?? Number.POSITIVE_INFINITY) && relL2 <= (limits.relL2 ?? Number.POSITIVE_INFINITY);
  return { output, maxAbs, relL2, limits, passed };
}

/** The outcome where something is right or wrong as a whole; `problem` says what is wrong. */
export const verdict = (output: string, problem?: string): Comparison => ({
  output,
  maxAbs: problem === undefined ? 0 : Number.POSITIVE_INFINITY,
  relL2: problem === undefined ? 0 : Number.POSITIVE_INFINITY,
  limits: { maxAbs: 0 },
  passed: problem === undefined,
  ...(problem !== undefined && { reason: problem }),
});

/** Limits of an output: its own entry, which replaces the general one, or the general one. */
export function limitsOf(golden: GoldenCase, output: string): Limits {
  const { tolerance } = golden.file;
  // An entry may also name a family: "hidden_fp16" stands for "hidden_fp16.0", "hidden_fp16.3", …
  const own = [output, output.replace(/^(mid|out)\./, ""), output.split(".")[0] as string]
    .map((name) => tolerance[name])
    .find(Boolean);
  if (typeof own === "object" && own !== null) return own as Limits;
  return {
    ...(tolerance.maxAbs !== undefined && { maxAbs: tolerance.maxAbs }),
    ...(tolerance.relL2 !== undefined && { relL2: tolerance.relL2 }),
  };
}

/**
 * Every output of a case beside what was computed under the same name. One that was not computed is a miss: a case counts as
 * known only when all of it is.
 *
 * @param names - the outputs to look at; default all
 */
export function compareAll(
  golden: GoldenCase,
  computed: Readonly<Record<string, Numbers>>,
  names: readonly string[] = Object.keys(golden.file.outputs),
): readonly Comparison[] {
  return names.map((output) => {
    const slice = golden.file.outputs[output]?.slice;
    const limits = limitsOf(golden, output);
    const key = [`out.${output}`, output].find((name) => golden.has(name));
    const mine = computed[output];
    if (key === undefined || mine === undefined) {
      const reason = mine === undefined ? "not computed" : "the case does not store it";
      return { output, maxAbs: Number.NaN, relL2: Number.NaN, limits, passed: false, reason };
    }
    const reference = golden.stored(key);
    return compare(output, slice && mine.data.length !== reference.data.length ? cut(mine, slice) : mine, reference, limits);
  });
}

/** What missed, one line each; empty when all is well. */
export const misses = (comparisons: readonly Comparison[]): readonly string[] =>
  comparisons
    .filter(({ passed }) => !passed)
    .map(({ output, maxAbs, relL2, reason }) => `${output}: ${reason ?? `maxAbs ${maxAbs}, relL2 ${relL2}`}`);
