/**
 * From noise to latents in one call: start state, schedule and solver by name, with the names, ranges and start states of
 * stable-audio-tools (`sample_k`, `sample_rf`).
 */
import { FoleyError } from "@foley-control/core";
import { checkNumber, checkSteps } from "./check.js";
import { type GuidedPrediction, vDdim, vDdimCfgpp } from "./ddim.js";
import { dpmAdaptive, dpmFast } from "./dpm-solver.js";
import { dpmpp2m, dpmpp2mSde, dpmpp3mSde } from "./dpmpp.js";
import { flowDpmpp, flowEuler, flowPingPong, flowRk4 } from "./flow.js";
import { karrasDpm2, karrasDpmpp2sAncestral, karrasEuler, karrasEulerAncestral, karrasHeun, karrasLms } from "./karras.js";
import { type LatentArray, type MaybePromise, weightedSum } from "./latents.js";
import { alphaSigma, type Velocity, vDenoiser } from "./objective.js";
import { DEFAULT_SIGMA_MAX, DEFAULT_SIGMA_MIN, linearTimes, logSnrTimes, polyexponentialSigmas } from "./schedules.js";
import type { StochasticOptions } from "./solver.js";

/** Solvers on sigmas, for the v objective; they start at `sigmaMax` (default 500). */
export const SIGMA_SOLVERS = [
  "dpmpp-2m",
  "dpmpp-2m-sde",
  "dpmpp-3m-sde",
  "k-euler",
  "k-euler-ancestral",
  "k-heun",
  "k-lms",
  "k-dpm-2",
  "k-dpmpp-2s-ancestral",
  "k-dpm-fast",
  "k-dpm-adaptive",
] as const;
/** Solvers on times 0..1, for the v objective. */
export const DDIM_SOLVERS = ["v-ddim", "v-ddim-cfgpp"] as const;
/** Solvers for rectified flow. */
export const FLOW_SOLVERS = ["euler", "rk4", "dpmpp", "pingpong"] as const;

/** Name of a solver, as in stable-audio-tools. */
export type SolverName = (typeof SIGMA_SOLVERS)[number] | (typeof DDIM_SOLVERS)[number] | (typeof FLOW_SOLVERS)[number];

/** Solver per prediction when none is named. */
export const DEFAULT_SOLVER = { v: "dpmpp-3m-sde", flow: "euler" } as const satisfies Record<string, SolverName>;
/** Steps per prediction when none are given: those of Stable Audio Open and Stable Audio Open Small. */
export const DEFAULT_STEPS = { v: 100, flow: 8 } as const;

/** Options of {@link sample}. */
export interface SampleOptions<T extends LatentArray = Float32Array> extends StochasticOptions<T> {
  /** What the network predicts. Default "v". */
  readonly prediction?: "v" | "flow" | undefined;
  /** Default {@link DEFAULT_SOLVER} of the prediction. */
  readonly solver?: SolverName | undefined;
  /** At least 1. Model evaluations for "k-dpm-fast"; not used by "k-dpm-adaptive". Default {@link DEFAULT_STEPS}. */
  readonly steps?: number | undefined;
  /** Last sigma of the sigma solvers. Default 0.3. */
  readonly sigmaMin?: number | undefined;
  /**
   * First noise level: a sigma (default 500) for the sigma solvers, a time for the others (default 1; more counts as 1).
   * Lower it to keep more of `start`.
   */
  readonly sigmaMax?: number | undefined;
  /** Exponent of the polyexponential schedule. Default 1. */
  readonly rho?: number | undefined;
  /** Own falling levels that end with 0, in place of the schedule. Not for "k-dpm-fast" and "k-dpm-adaptive". */
  readonly levels?: ArrayLike<number> | undefined;
  /** Form of the second-order term of "dpmpp-2m-sde". Default "midpoint". */
  readonly correction?: "midpoint" | "heun" | undefined;
  /** Latents to vary; without them sampling starts from noise alone. */
  readonly start?: T | undefined;
  /** Guided and unconditional prediction; needed for "v-ddim-cfgpp" (see `guide`). */
  readonly pair?: ((x: T, time: number) => MaybePromise<GuidedPrediction<T>>) | undefined;
}

/** The levels that {@link sample} walks: `steps + 1` of them, the last 0. */
export function solverLevels(
  options: Pick<SampleOptions, "prediction" | "solver" | "steps" | "sigmaMin" | "sigmaMax" | "rho"> = {},
): Float64Array {
  const { family, solver, prediction } = resolve(options);
  const steps = checkSteps(options.steps ?? DEFAULT_STEPS[prediction]);
  if (family === "sigma") {
    return polyexponentialSigmas({ steps, sigmaMin: options.sigmaMin, sigmaMax: options.sigmaMax, rho: options.rho });
  }
  const timeMax = Math.min(checkNumber("sigmaMax", options.sigmaMax ?? 1, { above: 0 }), 1);
  return family === "ddim" || solver === "rk4" ? linearTimes({ steps, timeMax }) : logSnrTimes({ steps, timeMax });
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
  const { family, solver } = resolve(options as Pick<SampleOptions, "prediction" | "solver">);
  const levels = options.levels ?? solverLevels(options as Omit<SampleOptions, "start">);
  const first = checkNumber("levels[0]", levels[0] ?? Number.NaN, { above: 0 });
  const x = startState(family, first, noise, options.start);
  if (family === "sigma") {
    const denoise = vDenoiser(velocity);
    switch (solver) {
      case "dpmpp-2m":
        return dpmpp2m(denoise, x, levels, options);
      case "dpmpp-2m-sde":
        return dpmpp2mSde(denoise, x, levels, options);
      case "k-euler":
        return karrasEuler(denoise, x, levels, options);
      case "k-euler-ancestral":
        return karrasEulerAncestral(denoise, x, levels, options);
      case "k-heun":
        return karrasHeun(denoise, x, levels, options);
      case "k-lms":
        return karrasLms(denoise, x, levels, options);
      case "k-dpm-2":
        return karrasDpm2(denoise, x, levels, options);
      case "k-dpmpp-2s-ancestral":
        return karrasDpmpp2sAncestral(denoise, x, levels, options);
      case "k-dpm-fast":
      case "k-dpm-adaptive": {
        if (options.levels !== undefined)
          throw new FoleyError("invalid-argument", `levels was given, but ${solver} makes its own.`);
        const range = { sigmaMin: options.sigmaMin ?? DEFAULT_SIGMA_MIN, sigmaMax: options.sigmaMax ?? DEFAULT_SIGMA_MAX };
        const { onStep, signal } = options;
        return solver === "k-dpm-adaptive"
          ? dpmAdaptive(denoise, x, { ...range, onStep, signal })
          : dpmFast(denoise, x, { ...range, onStep, signal, evaluations: options.steps ?? DEFAULT_STEPS.v });
      }
      default:
        return dpmpp3mSde(denoise, x, levels, options);
    }
  }
  switch (solver) {
    case "v-ddim-cfgpp":
      if (options.pair === undefined) {
        throw new FoleyError("invalid-argument", "v-ddim-cfgpp needs options.pair.", { hint: "Use guide(...).pair." });
      }
      return vDdimCfgpp(options.pair, x, levels, options);
    case "v-ddim":
      return vDdim(velocity, x, levels, options);
    case "rk4":
      return flowRk4(velocity, x, levels, options);
    case "dpmpp":
      return flowDpmpp(velocity, x, levels, options);
    case "pingpong":
      return flowPingPong(velocity, x, levels, options);
    default:
      return flowEuler(velocity, x, levels, options);
  }
}

type Family = "sigma" | "ddim" | "flow";

function resolve(options: Pick<SampleOptions, "prediction" | "solver">): {
  readonly family: Family;
  readonly solver: SolverName;
  readonly prediction: "v" | "flow";
} {
  const prediction = options.prediction ?? "v";
  if (prediction !== "v" && prediction !== "flow") {
    throw new FoleyError("invalid-argument", `prediction is ${String(prediction)}; it must be "v" or "flow".`);
  }
  const solver = options.solver ?? DEFAULT_SOLVER[prediction];
  const allowed: readonly SolverName[] = prediction === "v" ? [...SIGMA_SOLVERS, ...DDIM_SOLVERS] : FLOW_SOLVERS;
  if (!allowed.includes(solver)) {
    throw new FoleyError(
      "invalid-argument",
      `solver is ${String(solver)}; for the prediction "${prediction}" it must be one of ${allowed.join(", ")}.`,
    );
  }
  const family = prediction === "flow" ? "flow" : (SIGMA_SOLVERS as readonly string[]).includes(solver) ? "sigma" : "ddim";
  return { family, solver, prediction };
}

/** start + σ·noise for sigma solvers, α·start + σ·noise for DDIM, (1 − t)·start + t·noise for flow. */
function startState<T extends LatentArray>(family: Family, level: number, noise: T, start: T | undefined): T {
  if (start === undefined) return weightedSum([family === "sigma" ? level : 1], [noise]);
  if (family === "sigma") return weightedSum([1, level], [start, noise]);
  if (family === "flow") return weightedSum([1 - level, level], [start, noise]);
  const { alpha, sigma } = alphaSigma(level);
  return weightedSum([alpha, sigma], [start, noise]);
}
