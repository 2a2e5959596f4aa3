/** Means and rates of a running training. */
import type { StepReport } from "../trainer.js";

/** Steps over which the rate is smoothed. */
const MEMORY = 50;

/** How fast a training goes. */
export interface Pace {
  /** A step took this long, milliseconds. */
  step(milliseconds: number): void;
  /** Something else took this long after a step: a validation, samples. */
  pause(milliseconds: number): void;
  /** Rates of late, and the time that so many steps will take with as many pauses as before. */
  now(stepsLeft: number): {
    readonly stepsPerSecond: number;
    readonly clipsPerSecond: number;
    readonly secondsLeft: number;
  };
}

/** Makes one; before its first step everything is `NaN`. */
export function createPace(clipsPerStep: number): Pace {
  let [mean, count, paused] = [Number.NaN, 0, 0];
  return {
    step(milliseconds) {
      count++;
      // A plain mean at first, then an exponential one.
      mean = count === 1 ? milliseconds : mean + (milliseconds - mean) / Math.min(count, MEMORY);
    },
    pause(milliseconds) {
      paused += milliseconds;
    },
    now: (stepsLeft) => ({
      stepsPerSecond: 1000 / mean,
      clipsPerSecond: (1000 * clipsPerStep) / mean,
      secondsLeft: (stepsLeft * (mean + paused / count)) / 1000,
    }),
  };
}

/** Means of loss, gradient norm and scalars since they were last taken. */
export function createMeans(): {
  add(report: StepReport): void;
  take(): Pick<StepReport, "loss" | "gradientNorm" | "scalars">;
} {
  let [count, loss, gradientNorm] = [0, 0, 0];
  let scalars: Record<string, number> = {};
  return {
    add(report) {
      count++;
      loss += report.loss;
      gradientNorm += report.gradientNorm;
      for (const [name, value] of Object.entries(report.scalars)) scalars[name] = (scalars[name] ?? 0) + value;
    },
    take() {
      const means = {
        loss: loss / count,
        gradientNorm: gradientNorm / count,
        scalars: Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, value / count])),
      };
      [count, loss, gradientNorm] = [0, 0, 0];
      scalars = {};
      return means;
    },
  };
}
