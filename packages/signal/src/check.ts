/** Argument checks shared by this package: every message says what was given, what was expected and what to do. */
import { FoleyError, shown } from "@foley-control/core";

/** Samples of one channel, in [-1, 1] by convention. */
export type Samples = Float32Array | Float64Array;

function refuse(name: string, value: unknown, expected: string, hint: string): never {
  throw new FoleyError("invalid-argument", `${name} is ${shown(value)}; expected ${expected}.`, { hint });
}

/** Throws unless `value` is a finite number in (0, ∞). */
export function checkPositive(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) refuse(name, value, "a finite number above 0", `Pass a positive ${name}.`);
}

/** Throws unless `value` is an integer of at least `minimum`. */
export function checkInteger(name: string, value: number, minimum: number): void {
  if (!(Number.isSafeInteger(value) && value >= minimum))
    refuse(name, value, `an integer of at least ${minimum}`, `Round ${name} before passing it.`);
}

/** Throws unless `value` is a finite number in [low, high]. */
export function checkRange(name: string, value: number, low: number, high: number): void {
  if (!(Number.isFinite(value) && value >= low && value <= high))
    refuse(name, value, `a number from ${low} to ${high}`, `Pass a ${name} inside that range.`);
}

/** Throws unless `samples` are the samples of one channel; what follows them in the call is named where a call is often turned round. */
export function checkSamples(name: string, samples: Samples, before = "the sample rate"): void {
  if (samples instanceof Float32Array || samples instanceof Float64Array) return;
  refuse(name, samples, "a Float32Array or Float64Array, the samples of one channel", hintOf(samples, before));
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
  refuse(name, given, "a list of numbers", hint);
}

/** Throws unless options are an object: what comes instead is mostly a value that belongs into it. */
export function checkOptions(options: object, example: string): void {
  const given: unknown = options;
  if (typeof given === "object" && given !== null && !Array.isArray(given) && !ArrayBuffer.isView(given)) return;
  refuse("options", given, "an object", `Pass it as ${example}, or leave it out.`);
}

/** Throws unless `value` is one of the names. */
export function checkName(name: string, value: unknown, known: readonly string[]): void {
  if (!known.includes(value as string)) refuse(name, value, `one of ${known.join(", ")}`, "Correct the name, or leave it out.");
}

/** Throws when a sample is NaN or infinite. */
export function checkFinite(name: string, samples: ArrayLike<number>): void {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i]))
      refuse(`${name}[${i}]`, samples[i], "finite numbers only", "Remove NaN and infinite values before analysing the signal.");
  }
}
