/** Schedules and solvers of Stable Audio 3: bent times for lengths, lengths of clips, whole trajectories on two models that are formulas. */
import { latentsOfClip } from "@foley-control/audio-backbone";
import type { SolverName, TimeShift } from "@foley-control/core";
import { type Comparison, compare, compareAll, type GoldenCase, type Numbers, numbers } from "@foley-control/golden";
import { bentTimes, type LatentArray, sample } from "@foley-control/sampler";

/** Whether a case is of schedules. */
export const isStableAudio3Schedules = ({ file }: GoldenCase): boolean => file["effectiveLengths"] !== undefined;

/** What a released model's shift is called, and the others that the reference has. */
const SHIFTS: Readonly<Record<string, TimeShift>> = {
  "logsnr-default": { kind: "log-snr" },
  "logsnr-rate1": { kind: "log-snr", rate: 1 },
  full: { kind: "exponential" },
  "full-sine": { kind: "exponential", sine: true },
  // The case does not say its alphas; these are what its numbers were made with.
  flux: { kind: "rational", alphaMin: 1.2, alphaMax: 6.93 },
  none: { kind: "rational" },
};

interface Schedule {
  readonly shift: string;
  readonly steps: number;
  readonly sigma_max: number;
  readonly length: number | readonly number[];
}

/** Rate and hop of the small models, which the case's lengths are of. */
const LENGTHS = { sampleRate: 44_100, hop: 4096 };

/** Every schedule, and the lengths. */
export function checkStableAudio3Schedules(golden: GoldenCase): readonly Comparison[] {
  const computed: Record<string, Numbers> = {};
  for (const [name, { shift, steps, sigma_max, length }] of Object.entries(
    golden.file["subcases"] as Readonly<Record<string, Schedule>>,
  )) {
    const way = SHIFTS[shift];
    if (!way) throw new Error(`The shift ${shift} is not known.`);
    const rows = [length].flat().map((one) => bentTimes({ ...way, length: one }, { steps, timeMax: sigma_max }));
    const data = Float64Array.from(rows.flatMap((row) => [...row]));
    computed[name] = { shape: Array.isArray(length) ? [rows.length, steps + 1] : [steps + 1], data };
  }
  const lengths = Object.entries(golden.file["effectiveLengths"] as Readonly<Record<string, number>>).map(([seconds, expected]) =>
    exactly(`latents of ${seconds} s`, latentsOfClip(Number(seconds), LENGTHS), expected),
  );
  return [...compareAll(golden, computed), ...lengths];
}

const exactly = (name: string, found: number, expected: number): Comparison =>
  compare(name, numbers([found]), numbers([expected]), { maxAbs: 0 });

/** Whether a case is of solvers. */
export const isStableAudio3Samplers = ({ file }: GoldenCase): boolean =>
  file.config?.models !== undefined && file.inputs?.["steps"] !== undefined && "sigmas" in file.outputs;

/** What the reference's solvers stay away from. */
const EDGES = { time: 1e-5, share: 1e-10 };

/** Trajectories of every solver on every model, in both precisions. */
export async function checkStableAudio3Samplers(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config, outputs } = golden.file;
  const levels = golden.stored("out.sigmas").data;
  const computed: Record<string, Numbers> = {
    sigmas: numbers(bentTimes({ kind: "log-snr" }, { steps: config.steps, timeMax: levels[0] as number })),
  };
  for (const output of Object.keys(outputs)) {
    const [solver, model, double] = output.split(".");
    if (model === undefined) continue;
    const velocity = modelOf(config.models[model]);
    const made = (values: ArrayLike<number>): LatentArray => (double ? Float64Array.from(values) : Float32Array.from(values));
    const noise = made(golden.input("noise").data);
    const draws = made(golden.input("steps").data);
    const states: LatentArray[] = [];
    const end = await sample((x: LatentArray, t) => made(Array.from(x, (value) => velocity(value, t))), noise, {
      prediction: "flow",
      solver: solver as SolverName,
      steps: config.steps,
      levels,
      edges: EDGES,
      noise: (step) => draws.subarray(step * noise.length, (step + 1) * noise.length),
      onStep: ({ x }) => {
        states.push(x);
      },
    });
    const data = Float64Array.from([...states, end].flatMap((state) => [...state]));
    computed[output] = { shape: [states.length + 1, ...config.shape], data };
  }
  return compareAll(golden, computed);
}

/** The formula that a case states in words. */
function modelOf(said: string): (x: number, t: number) => number {
  const wave = /= ([\d.]+) sin\(([\d.]+) ?x \+ ([\d.]+) ?t\)/.exec(said)?.slice(1).map(Number);
  if (wave) {
    const [a, b, c] = wave as [number, number, number];
    return (x, t) => a * Math.sin(b * x + c * t);
  }
  const line = /= x \(([\d.]+) - ([\d.]+) ?t\) \+ ([\d.]+) cos\(([\d.]+) ?t\)/.exec(said)?.slice(1).map(Number);
  if (!line) throw new Error(`The model "${said}" is not known.`);
  const [a, b, c, d] = line as [number, number, number, number];
  return (x, t) => x * (a - b * t) + c * Math.cos(d * t);
}
