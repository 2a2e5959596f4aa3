/** What a caller gave, in the few words that a message has room for: never the contents of an array, whatever its size. */

import { FoleyError } from "./errors.js";

/**
 * A value for a message: numbers, short texts and short lists of them as they are, of everything else what it is: `a Float32Array of 48000 values`,
 * `a list of 200`, `an object with sampleRate, channels`, `a promise`. Never all of what a caller or a file gave.
 *
 * @param most - Characters of a text. Default 80.
 */
export function shown(value: unknown, most = 80): string {
  if (typeof value === "string") return JSON.stringify(value.length > most ? `${value.slice(0, most)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value).slice(0, most);
  if (Array.isArray(value)) {
    const plain =
      value.length <= 8 && value.every((one) => typeof one === "number" || (typeof one === "string" && one.length < 20));
    return plain ? JSON.stringify(value) : `a list of ${value.length}`;
  }
  const name = named(Object.prototype.toString.call(value).slice(8, -1).slice(0, 30));
  if (ArrayBuffer.isView(value) && "length" in value) return `${name} of ${String(value.length)} values`;
  if (typeof (value as { then?: unknown }).then === "function") return "a promise";
  if (name !== "an Object") return name;
  const keys = Object.keys(value);
  const first = keys.slice(0, 4).map((key) => key.slice(0, 30));
  return keys.length === 0 ? "an object" : `an object with ${first.join(", ")}${keys.length > 4 ? ", …" : ""}`;
}

const named = (type: string): string => `${/^[AEIO]/.test(type) ? "an" : "a"} ${type}`;

/** Kinds of arguments, and what a message calls them. */
const KINDS = {
  text: ["text", (value: unknown) => typeof value === "string"],
  list: ["a list", (value: unknown) => Array.isArray(value)],
  bytes: ["a Uint8Array", (value: unknown) => value instanceof Uint8Array],
  function: ["a function", (value: unknown) => typeof value === "function"],
  object: [
    "an object",
    (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value),
  ],
} as const satisfies Readonly<Record<string, readonly [string, (value: unknown) => boolean]>>;

/**
 * Boundary check for callers without a compiler: throws unless an argument is of its kind.
 *
 * @param name - What the argument is called, such as `options.video`.
 * @param hint - What to do: mostly what is mistaken for it, and how it is made of that.
 * @throws FoleyError `invalid-argument` with the name, what was given, what was expected and the hint
 */
export function assertKind(name: string, value: unknown, kind: keyof typeof KINDS, hint: string): void {
  const [words, fits] = KINDS[kind];
  if (fits(value)) return;
  throw new FoleyError("invalid-argument", `${name} is ${shown(value)}; ${words} was expected.`, { hint });
}

/**
 * {@link assertKind} for a value that has members of its own, such as a part of a model or a source of weights.
 *
 * @param member - What any such value has.
 * @throws FoleyError `invalid-argument` with the name, what was given, what was expected and the hint
 */
export function assertHas(name: string, value: unknown, member: string, expected: string, hint: string): void {
  if (typeof value === "object" && value !== null && member in value) return;
  throw new FoleyError("invalid-argument", `${name} is ${shown(value)}; ${expected} was expected.`, { hint });
}
