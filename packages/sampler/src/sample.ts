/**
 * From noise to latents in one call: start state, schedule and solver by name, with the ranges and start states of stable-audio-tools
 * (`sample_k`, `sample_rf`).
 */
import { assertKind, FoleyError, type SolverName, shown } from "@foley-control/core";
import { checkSteps } from "./check.js";
import { type LatentArray, weightedSum } from "./latents.js";
import { LEVELS, type ScheduleOptions } from "./levels.js";
import type { Velocity } from "./objective.js";
import { DEFAULT_STEPS } from "./schedules.js";
import type { RunOptions } from "./solver.js";
import { DEFAULT_SOLVER, SOLVERS, type Solver, solverNames } from "./solvers.js";

/** What chooses a solver. */
export interface SolverChoice {
  /** What the network predicts. Default "v". */
  readonly prediction?: Solver["predicts"] | undefined;
  /** Default {@link DEFAULT_SOLVER} of the prediction. */
  readonly solver?: SolverName | undefined;
}

/** Options of {@link sample}. */
export interface SampleOptions<T extends LatentArray = Float32Array> extends RunOptions<T>, SolverChoice {
  /** Own falling levels that end with 0, in place of the schedule. Not for solvers that choose theirs: "k-dpm-fast", "k-dpm-adaptive". */
  readonly levels?: ArrayLike<number> | undefined;
  /** Latents to vary; without them sampling starts from noise alone. */
  readonly start?: T | undefined;
}

/** The levels that {@link sample} walks: `steps + 1` of them, the last 0. */
export function solverLevels(options: ScheduleOptions & SolverChoice = {}): Float64Array {
  const steps = checkSteps(options.steps ?? DEFAULT_STEPS);
  return LEVELS[solverOf(options).levels].schedule({ ...options, steps });
}

/**
 * Latents from noise.
 *
 * @param velocity - The network, guided or not; gives v or the flow.
 * @param noise - Standard normal numbers, as many as there are latents.
 * @returns The denoised latents, of the type of `noise`.
 * @throws FoleyError `invalid-argument` naming the option; the abort signal's reason when aborted.
 */
export async function sample<T extends LatentArray>(velocity: Velocity<T>, noise: T, options: SampleOptions<T> = {}): Promise<T> {
  assertKind("velocity", velocity, "function", "Pass (x, time) => prediction, or the velocity of guide(), then the noise.");
  assertKind("options", options, "object", 'Pass { solver: "euler", prediction: "flow" }, or leave it out.');
  if (!ArrayBuffer.isView(noise))
    throw new FoleyError("invalid-argument", `noise is ${shown(noise)}; a Float32Array or Float64Array was expected.`, {
      hint: "Pass normalArray(seed, stream, count) of core.",
    });
  const solver = solverOf(options);
  if (solver.choosesLevels && options.levels !== undefined) {
    throw new FoleyError("invalid-argument", `levels was given, but ${options.solver} makes its own.`, {
      hint: "Leave levels out, or choose another solver.",
    });
  }
  const { check, mixture, spread } = LEVELS[solver.levels];
  if (options.levels !== undefined) check(options.levels);
  const levels = options.levels ?? solverLevels(options);
  const first = levels[0] as number;
  const { start } = options;
  const x = start === undefined ? weightedSum([spread(first)], [noise]) : weightedSum(mixture(first), [start, noise]);
  return solver.run(velocity, x, levels, options);
}

function solverOf({ prediction = "v", solver = DEFAULT_SOLVER[prediction] }: SolverChoice): Solver {
  if (!Object.hasOwn(DEFAULT_SOLVER, prediction)) {
    throw new FoleyError("invalid-argument", `prediction is ${shown(prediction)}; it must be "v" or "flow".`, {
      hint: "Leave it out for v.",
    });
  }
  const allowed = solverNames(prediction);
  if (!allowed.includes(solver)) {
    throw new FoleyError(
      "invalid-argument",
      `solver is ${shown(solver)}; for the prediction "${prediction}" it must be one of ${allowed.join(", ")}.`,
      { hint: `Leave it out for ${DEFAULT_SOLVER[prediction]}.` },
    );
  }
  return SOLVERS[solver];
}
