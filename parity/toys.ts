/** The two models that solvers are compared on: formulas, whose numbers a case states in words. */
import type { GoldenCase } from "@foley-control/golden";
import { alphaSigma, type LatentArray } from "@foley-control/sampler";

/** Which of them, and what it predicts. */
export interface Toy {
  /** A wave over the latents and the time, or the answer of a Gaussian. */
  readonly model: "sine" | "gauss";
  /** Velocity of diffusion, or rectified flow. */
  readonly objective: "v" | "rf";
}

/** A model of the case in one precision. */
export interface ToyModel<T extends LatentArray> {
  /** The prediction with text. */
  readonly predict: (x: T, time: number) => T;
  /** The prediction without, for the solvers that read both. */
  readonly unconditional: (x: T, time: number) => T;
}

/** A model of the case; `toArray` says in which precision it computes. */
export function toyModel<T extends LatentArray>(
  golden: GoldenCase,
  { model, objective }: Toy,
  toArray: (values: ArrayLike<number>) => T,
): ToyModel<T> {
  const words = golden.file.config.toys as Readonly<Record<"sine" | "cfgpp", string>>;
  const mapped = (x: T, change: (value: number, i: number) => number): T => {
    const made = toArray(x);
    for (let i = 0; i < x.length; i++) made[i] = change(x[i] as number, i);
    return made;
  };
  if (model === "sine") {
    const [conditional, unconditional] = [wave(words.sine), wave(words.cfgpp)];
    return {
      predict: (x, time) => mapped(x, (value) => conditional(value, time)),
      unconditional: (x, time) => mapped(x, (value) => unconditional(value, time)),
    };
  }
  const [mu, s] = [golden.input("mu").data, golden.input("s").data];
  const predict = (x: T, time: number): T => {
    const { alpha: a, sigma: b } = objective === "v" ? alphaSigma(time) : { alpha: 1 - time, sigma: time };
    return mapped(x, (value, i) => {
      const mean = mu[i] as number;
      const variance = (s[i] as number) ** 2;
      const total = a * a * variance + b * b;
      const r = value - a * mean;
      const e = (b * r) / total;
      const x0 = mean + (a * variance * r) / total;
      return objective === "v" ? a * e - b * x0 : e - x0;
    });
  };
  const share = stated(/([\d.]+) times/, words.cfgpp)[0] as number;
  return { predict, unconditional: (x, time) => mapped(predict(x, time), (value) => share * value) };
}

/** "0.5 sin(3x + 2t)"; a factor that is not written is 1. */
function wave(words: string): (x: number, time: number) => number {
  const [amp, ofX, ofTime] = stated(/([\d.]+) sin\(([\d.]*)x \+ ([\d.]*)t\)/, words) as [number, number, number];
  return (x, time) => amp * Math.sin(ofX * x + ofTime * time);
}

function stated(pattern: RegExp, words: string): readonly number[] {
  const found = pattern.exec(words);
  if (!found) throw new Error(`"${words}" is no formula that is known.`);
  return found.slice(1).map((factor) => (factor === "" ? 1 : Number(factor)));
}
