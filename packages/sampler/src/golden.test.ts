/** Schedules and whole trajectories against stable-audio-tools and k-diffusion; see ../fixtures/README.md. */
import { readFileSync } from "node:fs";
import type { SolverName } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import {
  alphaSigma,
  exponentialSigmas,
  karrasSigmas,
  type LatentArray,
  linearTimes,
  logSnrTimes,
  polyexponentialSigmas,
  type SampleOptions,
  sample,
  shiftTimes,
  sigmaToTime,
  vpSigmas,
  vScalings,
} from "./index.js";

interface Case {
  readonly sampler: string;
  readonly model: "sine" | "gauss";
  readonly objective: "v" | "rf";
  readonly steps: number;
  readonly sigma_min?: number;
  readonly sigma_max?: number;
  readonly rho?: number;
  readonly eta?: number;
  readonly s_noise?: number;
  readonly solver_type?: "heun";
  readonly init?: boolean;
  readonly noiseDraws?: number;
  readonly modelCalls: number;
  readonly times?: readonly number[];
  readonly dist_shift?: object;
}

interface Run {
  readonly trajectory: readonly LatentArray[];
  readonly denoised: readonly LatentArray[];
  /** Times of the model calls. */
  readonly times: readonly number[];
}

const folder = new URL("../fixtures/", import.meta.url);

/** All tensors of a safetensors file (F32 and F64). */
function readTensors(name: string): (key: string) => LatentArray {
  const file = readFileSync(new URL(`${name}.safetensors`, folder));
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, 8 + headerLength)) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  return (key) => {
    const entry = header[key];
    if (entry === undefined) throw new Error(`no tensor ${key}`);
    const [from, to] = entry.data_offsets.map((at) => at + 8 + headerLength) as [number, number];
    const buffer = Uint8Array.from(file.subarray(from, to)).buffer;
    return entry.dtype === "F64" ? new Float64Array(buffer) : new Float32Array(buffer);
  };
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as T;
}

function relativeError(actual: LatentArray, expected: LatentArray): number {
  expect(actual.length).toBe(expected.length);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += ((actual[i] as number) - (expected[i] as number)) ** 2;
    norm += (expected[i] as number) ** 2;
  }
  return Math.sqrt(difference / norm);
}

function maxError(actual: LatentArray, expected: LatentArray): number {
  let error = 0;
  for (let i = 0; i < expected.length; i++) error = Math.max(error, Math.abs((actual[i] as number) - (expected[i] as number)));
  return error;
}

describe("schedules", () => {
  const tensors = readTensors("schedules");
  const linear = linearTimes({ steps: 8 });
  const range = { steps: 12, sigmaMin: 0.3, sigmaMax: 500 };
  const scaling = (): Float64Array => {
    const sigmas = tensors("out.vdenoiser.f64").subarray(0, 12);
    const rows = [...sigmas].map((sigma) => ({ sigma, ...vScalings(sigma), time: sigmaToTime(sigma) }));
    return Float64Array.from(
      (["sigma", "skip", "output", "input", "time"] as const).flatMap((key) => rows.map((row) => row[key])),
    );
  };
  const schedules: Record<string, () => Float64Array> = {
    "polyexponential.rho1.0": () => polyexponentialSigmas(range),
    "polyexponential.rho2.0": () => polyexponentialSigmas({ ...range, rho: 2 }),
    "polyexponential.rho0.5": () => polyexponentialSigmas({ ...range, rho: 0.5 }),
    "polyexponential.n100": () => polyexponentialSigmas({ ...range, steps: 100 }),
    "polyexponential.n1": () => polyexponentialSigmas({ ...range, steps: 1 }),
    "karras.rho7.0": () => karrasSigmas(range),
    "karras.rho3.0": () => karrasSigmas({ ...range, rho: 3 }),
    exponential: () => exponentialSigmas(range),
    vp: () => vpSigmas({ steps: 12 }),
    vdenoiser: scaling,
    "linear.n8": () => linear,
    "v-alphas-sigmas": () =>
      Float64Array.from([...[...linear].map((t) => alphaSigma(t).alpha), ...[...linear].map((t) => alphaSigma(t).sigma)]),
  };
  for (const steps of [4, 8, 11]) {
    for (const max of ["1.0", "0.7", "0.25"]) {
      schedules[`rf.n${steps}.max${max}`] = () => logSnrTimes({ steps, timeMax: Number(max) });
    }
  }
  for (const length of [64, 300, 1024, 6000]) {
    schedules[`shift.len${length}`] = () => shiftTimes(linear.subarray(1), { length });
    schedules[`shift.len${length}.sine`] = () => shiftTimes(linear.subarray(1), { length, sine: true });
  }

  it("covers every stored schedule", () => {
    const stored = Object.keys(readJson<{ outputs: object }>("schedules").outputs).filter((name) => !name.endsWith(".f64"));
    expect(Object.keys(schedules).sort()).toEqual(stored.sort());
  });

  it.each(Object.keys(schedules))("%s agrees in double precision (1e-12) and with the float32 one (1e-6)", (name) => {
    const actual = (schedules[name] as () => Float64Array)();
    expect(relativeError(actual, tensors(`out.${name}.f64`))).toBeLessThan(1e-12);
    expect(relativeError(actual, tensors(`out.${name}`))).toBeLessThan(1e-6);
  });
});

describe("samplers", () => {
  const tensors = readTensors("samplers");
  const { subcases: cases, outputs } = readJson<{ subcases: Record<string, Case>; outputs: object }>("samplers");
  const stored = new Set(Object.keys(outputs));

  it("has all cases, and denoised estimates for those on sigmas", () => {
    expect(Object.keys(cases)).toHaveLength(74);
    expect([...stored].filter((name) => name.endsWith(".denoised.f64"))).toHaveLength(50);
  });

  describe.each(Object.entries(cases))("%s", (name, info) => {
    it.each([
      ["double precision, relative L2 1e-9 (adaptive: 1e-6)", false],
      ["float32, relative L2 1e-4, maximum 5e-4 of the level", true],
    ] as const)("%s", async (_label, single) => {
      const adaptive = info.sampler === "k-dpm-adaptive";
      // In float32 rounding decides which steps the adaptive solver accepts; the reference excludes it too.
      if (adaptive && single) return;
      const state: Run = single
        ? await runCase(name, info, (values) => Float32Array.from(values))
        : await runCase(name, info, (values) => Float64Array.from(values));
      const expected = tensors(`out.${name}.traj${single ? "" : ".f64"}`);
      expect(state.trajectory.length).toBe(expected.length / 12);
      state.trajectory.forEach((x, i) => {
        const want = expected.subarray(12 * i, 12 * i + 12) as LatentArray;
        const tolerance = single ? 1e-4 : adaptive ? 1e-6 : 1e-9;
        expect(relativeError(x, want)).toBeLessThan(tolerance);
        if (single) {
          expect(maxError(x, want)).toBeLessThan(5e-4 * Math.max(1, ...want.map(Math.abs)));
        }
      });
      if (!single) {
        expect(state.times.length).toBe(info.modelCalls);
        info.times?.forEach((time, i) => {
          expect(Math.abs((state.times[i] as number) - time)).toBeLessThan(1e-12);
        });
        if (stored.has(`${name}.denoised.f64`)) {
          const denoised = tensors(`out.${name}.denoised.f64`);
          expect(state.denoised.length).toBe(denoised.length / 12);
          state.denoised.forEach((estimate, i) => {
            const want = denoised.subarray(12 * i, 12 * i + 12) as LatentArray;
            expect(relativeError(estimate, want)).toBeLessThan(1e-9);
          });
        }
      }
    });
  });

  async function runCase<T extends LatentArray>(
    name: string,
    info: Case,
    toArray: (values: ArrayLike<number>) => T,
  ): Promise<Run> {
    const input = (key: string): T => toArray(tensors(`in.${key}`));
    const [mu, s, stepNoise] = [input("mu"), input("s"), input("step_noise")];
    const times: number[] = [];
    const toy = (x: T, t: number): T => {
      const result = toArray(x);
      for (let i = 0; i < x.length; i++) {
        const value = x[i] as number;
        if (info.model === "sine") {
          result[i] = 0.5 * Math.sin(3 * value + 2 * t);
          continue;
        }
        const m = mu[i] as number;
        const variance = (s[i] as number) ** 2;
        const { alpha: a, sigma: b } = info.objective === "v" ? alphaSigma(t) : { alpha: 1 - t, sigma: t };
        const total = a * a * variance + b * b;
        const r = value - a * m;
        const e = (b * r) / total;
        const x0 = m + (a * variance * r) / total;
        result[i] = info.objective === "v" ? a * e - b * x0 : e - x0;
      }
      return result;
    };
    const counted = (x: T, t: number): T => {
      times.push(t);
      return toy(x, t);
    };
    const unconditional = (x: T, t: number): T => {
      const v = toy(x, t);
      for (let i = 0; i < v.length; i++) {
        v[i] = info.model === "sine" ? 0.3 * Math.sin(2 * (x[i] as number) + t) : 0.9 * (v[i] as number);
      }
      return v;
    };
    const trajectory: T[] = [];
    const denoised: T[] = [];
    const shifted = info.dist_shift !== undefined && info.sampler === "rk4";
    const options: SampleOptions<T> = {
      prediction: info.objective === "v" ? "v" : "flow",
      solver: info.sampler.replace(/\.(eta0|eta0\.5|heun)$/, "") as SolverName,
      steps: info.steps,
      sigmaMin: info.sigma_min,
      sigmaMax: info.sigma_max,
      rho: info.rho,
      eta: info.eta,
      noiseScale: info.s_noise,
      levels: shifted ? shiftTimes(linearTimes({ steps: info.steps }), { length: 3 }) : undefined,
      start: info.init ? input("init") : undefined,
      noise: (i) => stepNoise.subarray(12 * i, 12 * i + 12) as T,
      pair: (x, t) => ({ guided: counted(x, t), unconditional: unconditional(x, t) }),
      correction: info.solver_type,
      onStep: (step) => {
        trajectory.push(step.x);
        denoised.push(step.denoised);
      },
    };
    const result = await sample(counted, input("noise"), options);
    trajectory.push(result);
    return name.startsWith("k-dpm-adaptive")
      ? { trajectory: [trajectory[0] as T, result], denoised, times }
      : { trajectory, denoised, times };
  }
});
