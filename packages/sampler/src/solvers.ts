/**
 * The table of solvers, with the names of stable-audio-tools: what each takes for granted, and how it runs. A further one is a step rule in
 * a file of its own, a row here and its name in `core`.
 */
import { FoleyError, type SolverName } from "@foley-control/core";
import { ddim } from "./ddim.js";
import { dpmAdaptive, dpmFast } from "./dpm-solver.js";
import { dpmpp2m, dpmpp2mSde, dpmpp3mSde } from "./dpmpp.js";
import { flowDpmpp, flowEuler, flowPingPong, flowRk4 } from "./flow.js";
import { karrasDpm2, karrasDpmpp2sAncestral, karrasEuler, karrasEulerAncestral, karrasHeun, karrasLms } from "./karras.js";
import type { LatentArray, MaybePromise } from "./latents.js";
import type { LevelKind } from "./levels.js";
import { alphaSigma, type Denoise, type Velocity, vDenoiser } from "./objective.js";
import { type GuidedPrediction, type RunOptions, runSteps, type StepRule } from "./solver.js";

/** One row: a solver. */
export interface Solver {
  /** What the network that it samples predicts. */
  readonly predicts: "v" | "flow";
  /** The noise levels that it walks. */
  readonly levels: LevelKind;
  /** Whether it chooses its levels itself, between the first and `sigmaMin`. Default no. */
  readonly choosesLevels?: true;
  /** Whether it needs the prediction without prompt and video beside the guided one. Default no. */
  readonly needsUnconditional?: true;
  /** From the latents `x` at the first level to those at the last. */
  run<T extends LatentArray>(velocity: Velocity<T>, x: T, levels: ArrayLike<number>, options: RunOptions<T>): Promise<T>;
}

/** All solvers by name. */
export const SOLVERS: Readonly<Record<SolverName, Solver>> = {
  "dpmpp-2m": onSigmas(dpmpp2m),
  "dpmpp-2m-sde": onSigmas(dpmpp2mSde),
  "dpmpp-3m-sde": onSigmas(dpmpp3mSde),
  "k-euler": onSigmas(karrasEuler),
  "k-euler-ancestral": onSigmas(karrasEulerAncestral),
  "k-heun": onSigmas(karrasHeun),
  "k-lms": onSigmas(karrasLms),
  "k-dpm-2": onSigmas(karrasDpm2),
  "k-dpmpp-2s-ancestral": onSigmas(karrasDpmpp2sAncestral),
  "k-dpm-fast": choosing(dpmFast),
  "k-dpm-adaptive": choosing(dpmAdaptive),
  "v-ddim": {
    predicts: "v",
    levels: "angles",
    run: (velocity, x, times, options) => runDdim(alone(velocity), x, times, options),
  },
  "v-ddim-cfgpp": {
    predicts: "v",
    levels: "angles",
    needsUnconditional: true,
    run: (_velocity, x, times, options) => runDdim(pairOf(options), x, times, options),
  },
  euler: onTimes("log-snr-times", flowEuler),
  rk4: onTimes("linear-times", flowRk4),
  dpmpp: onTimes("log-snr-times", flowDpmpp),
  pingpong: onTimes("log-snr-times", flowPingPong),
};

/** Solver per prediction when neither caller nor backbone names one. */
export const DEFAULT_SOLVER = { v: "dpmpp-2m", flow: "euler" } as const satisfies Record<Solver["predicts"], SolverName>;

/** Names of the solvers for networks that predict this. */
export function solverNames(predicts: Solver["predicts"]): readonly SolverName[] {
  return (Object.keys(SOLVERS) as SolverName[]).filter((name) => SOLVERS[name].predicts === predicts);
}

function onSigmas(rule: <T extends LatentArray>(options: RunOptions<T>, denoise: Denoise<T>) => StepRule<T>): Solver {
  return {
    predicts: "v",
    levels: "sigmas",
    run(velocity, x, sigmas, options) {
      const denoise = vDenoiser(velocity);
      return runSteps(x, sigmas, options, denoise, rule(options, denoise));
    },
  };
}

function choosing(walk: <T extends LatentArray>(denoise: Denoise<T>, x: T, options: RunOptions<T>) => Promise<T>): Solver {
  return {
    predicts: "v",
    levels: "sigmas",
    choosesLevels: true,
    run: (velocity, x, _sigmas, options) => walk(vDenoiser(velocity), x, options),
  };
}

function onTimes(
  levels: LevelKind,
  rule: <T extends LatentArray>(options: RunOptions<T>, velocity: Velocity<T>) => StepRule<T>,
): Solver {
  return {
    predicts: "flow",
    levels,
    run: (velocity, x, times, options) => runSteps(x, times, options, velocity, rule(options, velocity)),
  };
}

type Pair<T extends LatentArray> = (x: T, time: number) => MaybePromise<GuidedPrediction<T>>;

function runDdim<T extends LatentArray>(pair: Pair<T>, x: T, times: ArrayLike<number>, options: RunOptions<T>): Promise<T> {
  return runSteps(x, times, options, pair, ddim(options), (time) => alphaSigma(time).sigma);
}

/** A prediction that stands for its unconditional part too. */
function alone<T extends LatentArray>(velocity: Velocity<T>): Pair<T> {
  return async (x, time) => {
    const v = await velocity(x, time);
    return { guided: v, unconditional: v };
  };
}

function pairOf<T extends LatentArray>({ pair }: RunOptions<T>): Pair<T> {
  if (pair !== undefined) return pair;
  throw new FoleyError("invalid-argument", "This solver needs options.pair.", { hint: "Use guide(...).pair." });
}
