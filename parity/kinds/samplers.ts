/** Whole trajectories of every solver on two models that are formulas, in both precisions. */
import type { SolverName } from "@foley-control/core";
import { type Comparison, compare, type GoldenCase, type Numbers, numbers, sizeOf, verdict } from "@foley-control/golden";
import { type LatentArray, linearTimes, type SampleOptions, sample, shiftTimes } from "@foley-control/sampler";
import { type Toy, toyModel } from "../toys.js";

interface Settings extends Toy {
  readonly sampler: string;
  readonly steps: number;
  readonly sigma_min?: number;
  readonly sigma_max?: number;
  readonly rho?: number;
  readonly eta?: number;
  readonly s_noise?: number;
  readonly solver_type?: "heun";
  readonly init?: boolean;
  readonly modelCalls?: number;
  /** Steps that the adaptive solver tried, kept or not, which rounding decides too. */
  readonly attempts?: { readonly fp32: number; readonly fp64: number };
  readonly times?: readonly number[];
  readonly dist_shift?: {
    readonly base_shift: number;
    readonly max_shift: number;
    readonly min_length: number;
    readonly max_length: number;
    readonly use_sine: boolean;
  };
}

/** Whether a case is of this kind. */
export const isSamplers = ({ file }: GoldenCase): boolean => file.config?.toys !== undefined;

interface Tolerances {
  readonly traj: Comparison["limits"];
  readonly "traj.f64": Comparison["limits"] & { readonly note?: string };
}

/** States, denoised estimates, number and times of the model calls of every sub-case; an output of none of them is a miss. */
export async function checkSamplers(golden: GoldenCase): Promise<readonly Comparison[]> {
  const found: Comparison[] = [];
  const limits = golden.file.tolerance as unknown as Tolerances;
  for (const [name, settings] of Object.entries(golden.file["subcases"] as Readonly<Record<string, Settings>>)) {
    const adaptive = settings.sampler === ADAPTIVE;
    const double = await run(golden, settings, (values) => Float64Array.from(values));
    found.push(states(`${name}.traj.f64`, double.trajectory, golden, adaptive ? adaptiveLimits(limits) : limits["traj.f64"]));
    if (golden.has(`out.${name}.denoised.f64`))
      found.push(states(`${name}.denoised.f64`, double.denoised, golden, limits["traj.f64"]));
    // What is stated of the general run was counted in float32; what is computed here has a count of its own where they may differ.
    const calls = settings.attempts ? CALLS_PER_ATTEMPT * settings.attempts.fp64 : settings.modelCalls;
    if (calls !== undefined)
      found.push(compare(`${name} model calls`, numbers([double.times.length]), numbers([calls]), { maxAbs: 0 }));
    if (settings.times) found.push(compare(`${name} times`, numbers(double.times), numbers(settings.times), limits["traj.f64"]));
    const single = await run(golden, settings, (values) => Float32Array.from(values));
    if (settings.attempts) {
      const stated = numbers([CALLS_PER_ATTEMPT * settings.attempts.fp32]);
      found.push(compare(`${name} model calls in float32`, numbers([single.times.length]), stated, { maxAbs: 0 }));
    }
    // In float32 rounding decides how long the steps of the adaptive solver are; the reference excludes its states too.
    if (adaptive) continue;
    found.push(states(`${name}.traj`, single.trajectory, golden, limits.traj));
  }
  const seen = new Set(found.map(({ output }) => output));
  const left = Object.keys(golden.file.outputs).filter((output) => !seen.has(output) && !output.startsWith(ADAPTIVE));
  return [...found, ...left.map((output) => verdict(output, "not computed"))];
}

const ADAPTIVE = "k-dpm-adaptive";
/** Of order 3. */
const CALLS_PER_ATTEMPT = 3;

/** The adaptive solver has a limit of its own, stated in words beside the general one. */
function adaptiveLimits({ "traj.f64": { note = "" } }: Tolerances): Comparison["limits"] {
  return { relL2: Number(/k-dpm-adaptive ([\d.e-]+)/.exec(note)?.[1]) };
}

/** The worst state: each has its own level, with which `maxAbs` grows. */
function states(
  output: string,
  mine: readonly LatentArray[],
  golden: GoldenCase,
  { maxAbs, relL2 }: Comparison["limits"],
): Comparison {
  const { shape, data } = golden.stored(`out.${output}`);
  const size = sizeOf(shape.slice(1));
  if (mine.length !== shape[0])
    return compare(
      output,
      { shape: [mine.length, size], data: new Float64Array(mine.length * size) },
      { shape, data },
      { relL2 },
    );
  const each = mine.map((state, i) => {
    const reference = data.slice(i * size, (i + 1) * size) as Numbers["data"];
    const level = Math.max(1, ...reference.map(Math.abs));
    const limits = { ...(relL2 !== undefined && { relL2 }), ...(maxAbs !== undefined && { maxAbs: maxAbs * level }) };
    return compare(output, { shape: [size], data: state as Numbers["data"] }, { shape: [size], data: reference }, limits);
  });
  return each.find((one) => !one.passed) ?? each.reduce((worst, one) => (one.relL2 > worst.relL2 ? one : worst));
}

async function run<T extends LatentArray>(golden: GoldenCase, settings: Settings, toArray: (values: ArrayLike<number>) => T) {
  const input = (key: string): T => toArray(golden.input(key).data);
  const [noise, stepNoise] = [input("noise"), input("step_noise")];
  const { predict, unconditional } = toyModel(golden, settings, toArray);
  const times: number[] = [];
  const counted = (x: T, t: number): T => {
    times.push(t);
    return predict(x, t);
  };
  const shift = settings.sampler === "rk4" ? settings.dist_shift : undefined;
  const trajectory: T[] = [];
  const denoised: T[] = [];
  const options: SampleOptions<T> = {
    prediction: settings.objective === "v" ? "v" : "flow",
    solver: settings.sampler.replace(/\.(eta[\d.]+|heun)$/, "") as SolverName,
    steps: settings.steps,
    sigmaMin: settings.sigma_min,
    sigmaMax: settings.sigma_max,
    rho: settings.rho,
    eta: settings.eta,
    noiseScale: settings.s_noise,
    // Of the flow solvers the reference shifts only the linear times of rk4, by the length of the last axis.
    levels:
      shift &&
      shiftTimes(linearTimes({ steps: settings.steps }), {
        length: golden.file.config.shape.at(-1),
        baseShift: shift.base_shift,
        maxShift: shift.max_shift,
        minLength: shift.min_length,
        maxLength: shift.max_length,
        sine: shift.use_sine,
      }),
    start: settings.init ? input("init") : undefined,
    noise: (i) => stepNoise.subarray(noise.length * i, noise.length * (i + 1)) as T,
    pair: (x, t) => ({ guided: counted(x, t), unconditional: unconditional(x, t) }),
    correction: settings.solver_type,
    onStep: (step) => {
      trajectory.push(step.x);
      denoised.push(step.denoised);
    },
  };
  const result = await sample(counted, noise, options);
  trajectory.push(result);
  // The adaptive solver's steps are its own; the reference keeps its start and its end.
  const kept = settings.sampler === "k-dpm-adaptive" ? [trajectory[0] as T, result] : trajectory;
  return { trajectory: kept, denoised, times };
}
