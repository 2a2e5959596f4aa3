/** Times as people who work with pictures write them: hours, minutes, seconds and the picture's number, without dropped numbers. */

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

/** The time that a person wrote, seconds: timecode with four parts, minutes and seconds, or seconds; `undefined` for anything else. */
export function parseTime(text: string, frameRate: number): number | undefined {
  const parts = text.trim().replaceAll(",", ".").split(/[:;]/);
  if (parts.length > 4 || !parts.every((part) => /^\d+(\.\d+)?$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  if (numbers.length < 4) return numbers.reduce((sum, value) => sum * 60 + value, 0);
  const [hours = 0, minutes = 0, seconds = 0, frames = 0] = numbers;
  return (((hours * 60 + minutes) * 60 + seconds) * Math.max(1, Math.round(frameRate)) + frames) / frameRate;
}

/** A time in a unit. */
export function shownTime(seconds: number, frameRate: number, unit: TimeUnit): string {
  if (unit === "timecode") return timecode(seconds, frameRate);
  return unit === "frames" ? String(frameOf(seconds, frameRate)) : seconds.toFixed(3);
}

/** A distance with its sign, `+12 ms` and `+0.4 f`; the minus is a minus. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? `±${text}` : `${value < 0 ? "−" : "+"}${text}`;
}
