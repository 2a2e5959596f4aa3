/** Argument checks shared by this package: every message says what was given, what was expected and what to do. */
import { FoleyError, shown } from "@foley-control/core";

/** Samples of one channel, in [-1, 1] by convention. */
export type Samples = Float32Array | Float64Array;

/** Throws unless `value` is a finite number in (0, ∞). */
export function checkPositive(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new FoleyError("invalid-argument", `${name} is ${shown(value)}; expected a finite number above 0.`, {
      hint: `Pass a positive ${name}.`,
    });
  }
}

/** Throws unless `value` is an integer of at least `minimum`. */
export function checkInteger(name: string, value: number, minimum: number): void {
  if (!(Number.isSafeInteger(value) && value >= minimum)) {
    throw new FoleyError("invalid-argument", `${name} is ${shown(value)}; expected an integer of at least ${minimum}.`, {
      hint: `Round ${name} before passing it.`,
    });
  }
}

/** Throws unless `value` is a finite number in [low, high]. */
export function checkRange(name: string, value: number, low: number, high: number): void {
  if (!(Number.isFinite(value) && value >= low && value <= high)) {
    throw new FoleyError("invalid-argument", `${name} is ${shown(value)}; expected a number from ${low} to ${high}.`, {
      hint: `Pass a ${name} inside that range.`,
    });
  }
}

/** Throws unless `samples` are the samples of one channel; what follows them in the call is named where a call is often turned round. */
export function checkSamples(name: string, samples: Samples, before = "the sample rate"): void {
  if (samples instanceof Float32Array || samples instanceof Float64Array) return;
  const given: unknown = samples;
  throw new FoleyError(
    "invalid-argument",
    `${name} is ${shown(given)}; expected a Float32Array or Float64Array, the samples of one channel.`,
    { hint: hintOf(given, before) },
  );
}

function hintOf(given: unknown, before: string): string {
  if (typeof given === "number") return `Pass the samples first, then ${before}.`;
  if (given instanceof Int16Array) return "Divide by 32768: Float32Array.from(samples, (x) => x / 32768).";
  if (Array.isArray(given))
    return typeof given[0] === "number" ? "Pass Float32Array.from(samples)." : "Pass one of the channels.";
  return "Decode a file first, then pass one of its channels.";
}

/** Throws unless `values` is a list of numbers, in an array of any kind. */
export function checkNumbers(name: string, values: ArrayLike<number>, hint = "Pass an array."): void {
  const given: unknown = values;
  if (Array.isArray(given) || (ArrayBuffer.isView(given) && "length" in given && !(given instanceof BigInt64Array))) return;
  throw new FoleyError("invalid-argument", `${name} is ${shown(given)}; expected a list of numbers.`, { hint });
}

/** Throws unless options are an object: what comes instead is mostly a value that belongs into it. */
export function checkOptions(options: object, example: string): void {
  const given: unknown = options;
  if (typeof given === "object" && given !== null && !Array.isArray(given) && !ArrayBuffer.isView(given)) return;
  throw new FoleyError("invalid-argument", `options is ${shown(given)}; expected an object.`, {
    hint: `Pass it as ${example}, or leave it out.`,
  });
}

/** Throws unless `value` is one of the names. */
export function checkName(name: string, value: unknown, known: readonly string[]): void {
  if (known.includes(value as string)) return;
  throw new FoleyError("invalid-argument", `${name} is ${shown(value)}; expected one of ${known.join(", ")}.`, {
    hint: "Correct the name, or leave it out.",
  });
}

/** Throws when a sample is NaN or infinite. */
export function checkFinite(name: string, samples: ArrayLike<number>): void {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i])) {
      throw new FoleyError("invalid-argument", `${name}[${i}] is ${shown(samples[i])}; expected finite numbers only.`, {
        hint: "Remove NaN and infinite values before analysing the signal.",
      });
    }
  }
}
