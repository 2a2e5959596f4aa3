/** Learning rates and averages over a training: pure functions of the step. */
import { FoleyError } from "@foley-control/core";

/** The course of the learning rate over a training; every kind reaches `peak`. */
export type LearningRate =
  /** The peak, after a linear warm-up of `warmUp` steps (default 0). */
  | { readonly kind: "constant"; readonly peak: number; readonly warmUp?: number }
  /**
   * Linear warm-up (default 0 steps), then cosine to `floor` (default 0.05) of the peak; at every step of `restarts` the whole begins anew,
   * so that a finished run can be made longer and still equals one that was planned so from its start (warm restarts, Loshchilov & Hutter
   * 2017).
   */
  | {
      readonly kind: "cosine";
      readonly peak: number;
      readonly warmUp?: number;
      readonly floor?: number;
      readonly restarts?: readonly number[];
    }
  /**
   * stable-audio-tools' InverseLR: peak·(1 − warmUp^(k+1))·(1 + k/inverseGamma)^(−power). Its `warmUp` (default 0.99) is a base below 1 and
   * no number of steps; `inverseGamma` default 1e6, `power` 0.5.
   */
  | {
      readonly kind: "inverse";
      readonly peak: number;
      readonly inverseGamma?: number;
      readonly power?: number;
      readonly warmUp?: number;
    };

/**
 * The learning rate of every step of a training.
 *
 * @param steps - steps of the training
 * @throws FoleyError `invalid-argument` naming the entry that makes no sense
 */
export function learningRateAt(rate: LearningRate, steps: number): (step: number) => number {
  checkSchedule("learningRate", rate, LEARNING_RATES);
  switch (rate.kind) {
    case "constant":
      return (step) => rate.peak * Math.min(1, (step + 1) / Math.max(1, rate.warmUp ?? 0));
    case "cosine": {
      const { peak, warmUp = 0, floor = 0.05, restarts = [] } = rate;
      const bounds = [0, ...restarts, steps];
      return (step) => {
        const cycle = Math.max(
          0,
          bounds.findLastIndex((bound) => bound <= step && bound < steps),
        );
        const [start, end] = [bounds[cycle] as number, bounds[cycle + 1] as number];
        const since = step - start;
        if (since < warmUp) return (peak * (since + 1)) / warmUp;
        const progress = Math.min(1, (since - warmUp) / Math.max(1, end - start - warmUp));
        return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
      };
    }
    case "inverse": {
      const { peak, inverseGamma = 1e6, power = 0.5, warmUp = 0.99 } = rate;
      return (step) => peak * (1 - warmUp ** (step + 1)) * (1 + step / inverseGamma) ** -power;
    }
  }
}

/** What is kept beside the trained weights: a moving average of them, by one of these rules. */
export type AverageRule =
  /** The weights themselves. */
  | { readonly kind: "off" }
  /** The same decay at every step. */
  | { readonly kind: "constant"; readonly decay: number }
  /** (step + 1)/(step + 10), at most `decay`. */
  | { readonly kind: "warming"; readonly decay: number }
  /** ema-pytorch's: 1 − k^(−power) (default 0.75), at most `decay` (default 0.9999); the first two steps copy the weights. */
  | { readonly kind: "power"; readonly decay?: number; readonly power?: number };

/**
 * Decay of the moving average at every step.
 *
 * @throws FoleyError `invalid-argument` naming the entry that makes no sense
 */
export function averageRule(rule: AverageRule): (step: number) => number {
  checkSchedule("average", rule, AVERAGES);
  switch (rule.kind) {
    case "off":
      return () => 0;
    case "constant":
      return () => rule.decay;
    case "warming":
      return (step) => Math.min(rule.decay, (step + 1) / (step + 10));
    case "power": {
      const { decay = 0.9999, power = 0.75 } = rule;
      return (step) => (step <= 1 ? 0 : Math.min(decay, 1 - step ** -power));
    }
  }
}

type Check = readonly [holds: (value: unknown) => boolean, expected: string];
const within =
  (low: number, high: number) =>
  (value: unknown): boolean =>
    typeof value === "number" && value >= low && value <= high;
const above: Check = [(value) => within(0, Number.MAX_VALUE)(value) && value !== 0, "a number above 0"];
const share: Check = [within(0, 1), "a number from 0 to 1"];
const stepCount: Check = [(value) => Number.isSafeInteger(value) && (value as number) >= 0, "a whole number of steps"];
const rising: Check = [
  (value) => Array.isArray(value) && value.every((at, i) => Number.isSafeInteger(at) && at > ((value as number[])[i - 1] ?? 0)),
  "rising whole numbers of steps",
];

/** Entries of every kind, those that must be there and those that may. */
type Kinds = Readonly<
  Record<string, { readonly needs: Readonly<Record<string, Check>>; readonly may: Readonly<Record<string, Check>> }>
>;

const LEARNING_RATES: Kinds = {
  constant: { needs: { peak: above }, may: { warmUp: stepCount } },
  cosine: { needs: { peak: above }, may: { warmUp: stepCount, floor: share, restarts: rising } },
  inverse: { needs: { peak: above }, may: { inverseGamma: above, power: above, warmUp: share } },
};
const AVERAGES: Kinds = {
  off: { needs: {}, may: {} },
  constant: { needs: { decay: share }, may: {} },
  warming: { needs: { decay: share }, may: {} },
  power: { needs: {}, may: { decay: share, power: above } },
};

/** Plans come from files and command lines: what is wrong is said here, and not by a loss that is not finite. */
function checkSchedule(name: string, given: unknown, kinds: Kinds): void {
  const wrong = (what: string, hint: string) => new FoleyError("invalid-argument", `${name}${what}.`, { hint });
  const kind = (given as { readonly kind?: unknown } | null)?.kind;
  const entries = typeof kind === "string" && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!entries) throw wrong(`.kind is ${JSON.stringify(kind)}`, `It is one of ${Object.keys(kinds).join(", ")}.`);
  const known = { ...entries.needs, ...entries.may };
  const values = given as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(values)) {
    if (key === "kind" || Object.hasOwn(known, key)) continue;
    throw wrong(`.${key} is no entry of "${String(kind)}"`, `Its entries are ${Object.keys(known).join(", ") || "none"}.`);
  }
  for (const [key, [holds, expected]] of Object.entries(known)) {
    const value = values[key];
    if (value === undefined && !Object.hasOwn(entries.needs, key)) continue;
    if (!holds(value)) throw wrong(`.${key} is ${JSON.stringify(value)}`, `Expected ${expected}.`);
  }
}
