/** Argument checks shared by this package: every message says what was given, what was expected and what to do. */
import { FoleyError } from "@foley-control/core";

/** Samples of one channel, in [-1, 1] by convention. */
export type Samples = Float32Array | Float64Array;

/** Throws unless `value` is a finite number in (0, ∞). */
export function checkPositive(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new FoleyError("invalid-argument", `${name} is ${value}; expected a finite number above 0.`, {
      hint: `Pass a positive ${name}.`,
    });
  }
}

/** Throws unless `value` is an integer of at least `minimum`. */
export function checkInteger(name: string, value: number, minimum: number): void {
  if (!(Number.isSafeInteger(value) && value >= minimum)) {
    throw new FoleyError("invalid-argument", `${name} is ${value}; expected an integer of at least ${minimum}.`, {
      hint: `Round ${name} before passing it.`,
    });
  }
}

/** Throws unless `value` is a finite number in [low, high]. */
export function checkRange(name: string, value: number, low: number, high: number): void {
  if (!(Number.isFinite(value) && value >= low && value <= high)) {
    throw new FoleyError("invalid-argument", `${name} is ${value}; expected a number from ${low} to ${high}.`, {
      hint: `Pass a ${name} inside that range.`,
    });
  }
}

/** Throws when a sample is NaN or infinite. */
export function checkFinite(name: string, samples: ArrayLike<number>): void {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i])) {
      throw new FoleyError("invalid-argument", `${name}[${i}] is ${samples[i]}; expected finite numbers only.`, {
        hint: "Remove NaN and infinite values before analysing the signal.",
      });
    }
  }
}
