/** Times as people who work with pictures write them: hours, minutes, seconds and the picture's number, without dropped numbers. */
import { decimal } from "../strings/numbers.js";

/** How times are shown. */
export type TimeUnit = "timecode" | "seconds" | "frames";

/** A hair, so that a time that went through float arithmetic still lies in its own picture. */
const SLACK = 1e-4;

const two = (value: number): string => String(value).padStart(2, "0");

/** Number of the picture on screen, from 0. */
export const frameOf = (seconds: number, frameRate: number): number => Math.floor(seconds * frameRate + SLACK);

/** `00:01:02:13`. Pictures are counted by the whole rate, as timecode does: 29.97 counts 30. */
export function timecode(seconds: number, frameRate: number): string {
  const whole = Math.max(1, Math.round(frameRate));
  const frames = frameOf(Math.max(0, seconds), frameRate);
  const rest = Math.floor(frames / whole);
  return `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}:${two(frames % whole)}`;
}

/** Hundredths of a picture, which lie between two of them. */
const PARTS = 100;

/** Seconds of each unit that may stand behind a number. */
const SUFFIX = /^(\d+(?:\.\d+)?)\s*(ms|s|f)$/i;

/**
 * The time that a person wrote, seconds: timecode with four parts, minutes and seconds, or a number of seconds, and of pictures where times are shown
 * as these; `250 ms`, `1.5 s` and `12 f` are what they say. `undefined` for anything else.
 */
export function parseTime(written: string, frameRate: number, unit: TimeUnit = "timecode"): number | undefined {
  const text = written.trim().replaceAll(",", ".");
  const [, number, suffix] = SUFFIX.exec(text) ?? [];
  if (number !== undefined) {
    const size = { ms: 0.001, s: 1, f: 1 / frameRate }[(suffix as string).toLowerCase() as "ms" | "s" | "f"];
    return Number(number) * size;
  }
  const parts = text.split(/[:;]/);
  if (parts.length > 4 || !parts.every((part) => /^\d+(\.\d+)?$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  if (numbers.length === 1 && unit === "frames") return (numbers[0] as number) / frameRate;
  if (numbers.length < 4) return numbers.reduce((sum, value) => sum * 60 + value, 0);
  const [hours = 0, minutes = 0, seconds = 0, frames = 0] = numbers;
  return (((hours * 60 + minutes) * 60 + seconds) * Math.max(1, Math.round(frameRate)) + frames) / frameRate;
}

/** A time in a unit. */
export function shownTime(seconds: number, frameRate: number, unit: TimeUnit): string {
  if (unit === "timecode") return timecode(seconds, frameRate);
  return unit === "frames" ? String(frameOf(seconds, frameRate)) : decimal(seconds, 3);
}

/** A time in a unit as it is written in a field: what lies between two pictures stands behind a point or comma, in hundredths of one. */
export function writtenTime(seconds: number, frameRate: number, unit: TimeUnit): string {
  if (unit === "seconds") return shownTime(seconds, frameRate, unit);
  const parts = Math.round(Math.max(0, seconds) * frameRate * PARTS);
  const rest = parts % PARTS === 0 ? "" : decimal((parts % PARTS) / PARTS, 2).slice(1);
  return shownTime(Math.floor(parts / PARTS) / frameRate, frameRate, unit) + rest;
}

/** The next time that a key leads to from one: whole pictures, or hundredths of a second; `by` counts them. */
export function steppedTime(seconds: number, by: number, frameRate: number, unit: TimeUnit): number {
  const step = unit === "seconds" ? 0.01 : 1 / frameRate;
  const from = by > 0 ? Math.floor(seconds / step + SLACK) : Math.ceil(seconds / step - SLACK);
  return Math.max(0, from + by) * step;
}

/** A distance with its sign, `+12 ms` and `+0.4 f`; the minus is a minus. */
export function signed(value: number, digits: number): string {
  const size = Math.abs(value);
  const sign = Number(size.toFixed(digits)) === 0 ? "±" : value < 0 ? "−" : "+";
  return sign + decimal(size, digits);
}
