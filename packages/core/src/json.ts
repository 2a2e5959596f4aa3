/** JSON from strangers: how much of it there may be is decided before it is parsed, and what it must be before it is used. */

import { FoleyError, type FoleyErrorCode } from "./errors.js";
import { shown } from "./shown.js";

/** How deep the JSON of any model is nested, with room. */
const MAXIMUM_DEPTH = 64;

/** Values in one text, keys included: a file of weights has about ten per tensor, a tokeniser three per piece. */
const MAXIMUM_VALUES = 2 ** 21;

/** Options of {@link parseJson}. */
export interface ParseJsonOptions {
  /** Begins the sentence of an error. */
  readonly what: string;
  /** Code of an error. Default `bad-file`. */
  readonly code?: FoleyErrorCode | undefined;
  /** What to do next. */
  readonly hint?: string | undefined;
  /** How deep objects and lists may stand in each other. Default 64. */
  readonly maximumDepth?: number | undefined;
}

/**
 * Parses JSON that is no deeper nested and has no more values (2,097,152, keys included) than any model has: a few megabytes of brackets would
 * be gigabytes of objects.
 *
 * @throws FoleyError `bad-file`, or the code that is asked for
 */
export function parseJson(text: string, options: ParseJsonOptions): unknown {
  const { what, code = "bad-file", hint, maximumDepth = MAXIMUM_DEPTH } = options;
  const { depth, values } = extentOf(text);
  if (depth > maximumDepth)
    throw new FoleyError(code, `${what} is nested ${depth} deep; at most ${maximumDepth} are read.`, { hint });
  if (values > MAXIMUM_VALUES)
    throw new FoleyError(code, `${what} has more than ${MAXIMUM_VALUES} values, which no model has.`, { hint });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FoleyError(code, `${what} is no JSON (${shown((cause as Error).message, 200)}).`, { hint, cause });
  }
}

/** How deep a JSON text goes and how many values it has at most, in one pass and without keeping anything. */
function extentOf(text: string): { readonly depth: number; readonly values: number } {
  let [depth, open, values] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === 0x22) {
      while (++i < text.length && text.charCodeAt(i) !== 0x22) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (character === 0x7b || character === 0x5b) {
      depth = Math.max(depth, ++open);
      values++;
    } else if (character === 0x7d || character === 0x5d) open--;
    else if (character === 0x2c || character === 0x3a) values++;
  }
  return { depth, values };
}

/** Says what is wrong with a value at a path (`"codec.width"`), `undefined` when nothing is. */
export type JsonCheck = (value: unknown, path: string) => string | undefined;

const wrong = (path: string, value: unknown, expected: string): string =>
  `"${path}" is ${shown(value)}; ${expected} was expected`;

/** Checks for the parts of a configuration that comes from a file; each has limits, so that no number asks for all the memory there is. */
export const json = {
  /** A whole number. */
  whole:
    (least: number, most: number): JsonCheck =>
    (value, path) =>
      Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
        ? undefined
        : wrong(path, value, `a whole number from ${least} to ${most}`),
  /** Any number. */
  number:
    (least: number, most: number): JsonCheck =>
    (value, path) =>
      typeof value === "number" && value >= least && value <= most
        ? undefined
        : wrong(path, value, `a number from ${least} to ${most}`),
  /** A text. */
  text:
    (most = 1000): JsonCheck =>
    (value, path) =>
      typeof value === "string" && value.length <= most ? undefined : wrong(path, value, `a text of at most ${most} characters`),
  /** Yes or no. */
  truth: ((value, path) => (typeof value === "boolean" ? undefined : wrong(path, value, "true or false"))) satisfies JsonCheck,
  /** One of some values. */
  oneOf:
    (...values: readonly unknown[]): JsonCheck =>
    (value, path) =>
      values.includes(value) ? undefined : wrong(path, value, values.map((one) => JSON.stringify(one)).join(" or ")),
  /** What may be left out. */
  optional:
    (check: JsonCheck): JsonCheck =>
    (value, path) =>
      value === undefined ? undefined : check(value, path),
  /** A list of alike. */
  list:
    (check: JsonCheck, most: number): JsonCheck =>
    (value, path) => {
      if (!Array.isArray(value) || value.length > most) return wrong(path, value, `a list of at most ${most}`);
      for (const [i, one] of value.entries()) {
        const problem = check(one, `${path}.${i}`);
        if (problem) return problem;
      }
      return undefined;
    },
  /** A list of two. */
  pair:
    (first: JsonCheck, second: JsonCheck): JsonCheck =>
    (value, path) =>
      Array.isArray(value) && value.length === 2
        ? (first(value[0], `${path}.0`) ?? second(value[1], `${path}.1`))
        : wrong(path, value, "a list of two"),
  /** An object of alike, whatever its keys. */
  record:
    (check: JsonCheck, most: number): JsonCheck =>
    (value, path) => {
      if (!isObject(value) || Object.keys(value).length > most) return wrong(path, value, `an object of at most ${most} keys`);
      return firstOf(
        Object.entries(value).map(
          ([key, one]) =>
            () =>
              check(one, `${path}.${key.slice(0, 50)}`),
        ),
      );
    },
  /** An object; keys that are not named are left alone. */
  object:
    (checks: Readonly<Record<string, JsonCheck>>): JsonCheck =>
    (value, path) => {
      if (!isObject(value)) return wrong(path, value, "an object");
      return firstOf(
        Object.entries(checks).map(
          ([key, check]) =>
            () =>
              check(value[key], path === "" ? key : `${path}.${key}`),
        ),
      );
    },
} as const;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function firstOf(problems: readonly (() => string | undefined)[]): string | undefined {
  for (const find of problems) {
    const problem = find();
    if (problem) return problem;
  }
  return undefined;
}
