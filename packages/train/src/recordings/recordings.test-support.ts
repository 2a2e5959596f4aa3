/** Recordings that are made up: a click that dies away, and noise that lasts. */
import { normalArray } from "@foley-control/core";
import type { Recording } from "./recording.js";

/** Samples per second of them. */
export const RATE = 8000;

/** A tone that begins at once and dies away. */
export const click = (peak: number, seconds = 0.15): Float32Array =>
  Float32Array.from({ length: Math.round(seconds * RATE) }, (_, i) => peak * Math.cos(i * 0.9) * Math.exp(-i / (0.02 * RATE)));

/** A recording of a click, or of five seconds of noise where it lasts. */
export function recorded(label: string, more: Partial<Recording> = {}): Recording {
  const audio = more.long ? normalArray(1, ["noise"], 5 * RATE).map((value) => value / 5) : click(1);
  return {
    file: `${label}.flac`,
    cls: "hit",
    label,
    licence: "CC0",
    author: "nobody",
    source: "a",
    seconds: audio.length / RATE,
    long: false,
    audio,
    onsets: more.long ? [] : [{ time: 0, strength: 1 }],
    ...more,
  };
}
