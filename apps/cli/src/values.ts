/** Values of flags, checked where they are read: a wrong one is a mistake in the call (exit code 2). */
import { parseTime } from "@foley-control/core";
import { InvalidArgumentError } from "commander";

/** A number within bounds. */
export const number =
  (low: number, high: number) =>
  (text: string): number => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!(value >= low && value <= high))
      throw new InvalidArgumentError(`"${text}" was given; a number from ${low} to ${high} was expected.`);
    return value;
  };

/** A whole number within bounds. */
export const integer =
  (low: number, high: number) =>
  (text: string): number => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isSafeInteger(value) || value < low || value > high) {
      throw new InvalidArgumentError(`"${text}" was given; a whole number from ${low} to ${high} was expected.`);
    }
    return value;
  };

/** Any integer of 64 bits. */
export function seed(text: string): number | bigint {
  if (!/^-?\d{1,20}$/.test(text.trim())) throw new InvalidArgumentError(`"${text}" was given; an integer was expected.`);
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text.trim());
}

/** A time: seconds, minutes:seconds or hours:minutes:seconds, within bounds. */
export const time =
  (low = 0, high = Number.POSITIVE_INFINITY) =>
  (text: string): number => {
    const value = parseTime(text);
    if (value === undefined)
      throw new InvalidArgumentError(
        `"${text}" was given; seconds (3.5), minutes:seconds (1:03.5) or hours:minutes:seconds (1:02:03.5) were expected.`,
      );
    if (value < low || value > high)
      throw new InvalidArgumentError(`"${text}" was given; ${low} to ${high} seconds were expected.`);
    return value;
  };

/** Stretches of time, separated by commas: seconds, minutes:seconds or hours:minutes:seconds on both sides of a hyphen. */
export const rangesOf = (text: string): readonly { readonly start: number; readonly end: number }[] =>
  text.split(",").map((range) => {
    const [start, end, more] = range.split("-").map((each) => parseTime(each.trim()));
    if (start === undefined || end === undefined || more !== undefined || !(end > start))
      throw new InvalidArgumentError(`"${text}" was given; stretches such as 2-4 or 2-4,1:03-1:05 were expected.`);
    return { start, end };
  });

/** The same, checked and left as it was written. */
export function ranges(text: string): string {
  rangesOf(text);
  return text;
}

/** One of several equal shares: "2/4" is the second of four. */
export function share(text: string): { readonly index: number; readonly count: number } {
  const [, part, count] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text.trim()) ?? []).map(Number);
  if (part === undefined || count === undefined || part < 1 || part > count)
    throw new InvalidArgumentError(`"${text}" was given; a share such as 2/4 was expected.`);
  return { index: part - 1, count };
}

/** What a flag says that may be given several times: one more each time. */
export const oneMore = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

/** The same for a flag with few choices. */
export const oneMoreOf =
  (choices: readonly string[]) =>
  (value: string, before: readonly string[] | undefined): readonly string[] => {
    if (!choices.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
    return oneMore(value, before);
  };

/** Names, separated by commas. */
export function names(text: string): readonly string[] {
  const list = text.split(",").map((name) => name.trim());
  if (list.some((name) => name === ""))
    throw new InvalidArgumentError(`"${text}" was given; names separated by commas were expected.`);
  return list;
}

/** A number as JSON can carry it. */
export const jsonSeed = (value: number | bigint): number | string => (typeof value === "bigint" ? String(value) : value);
