/** What is heard of a document. */
import { expect, it } from "vitest";
import type { Clip } from "../clip/clip.js";
import type { Cue, StudioDocument, TakeReference } from "../document/document.js";
import { mixOf } from "./mix.js";

const take = { id: "t", digest: "d", sampleRate: 24_000, channels: 1, samples: 48_000, loudness: -20 } as TakeReference;
const document = (part: { chosen?: string; muted?: boolean; use?: "mix" | "replace" | "keep" }): StudioDocument =>
  ({
    original: { use: part.use ?? "replace", gainDb: -6 },
    layers: [
      {
        muted: part.muted ?? false,
        gainDb: 0,
        cues: [{ id: "c", start: 1, takes: [take], chosen: part.chosen } as unknown as Cue],
      },
    ],
  }) as unknown as StudioDocument;
const clip = { info: { sound: { channels: 6, duration: 4 } } } as unknown as Clip;
const mixed = (given: StudioDocument, listenToOriginal = false, originalLoudness: number | undefined = -30) =>
  mixOf({ document: given, clip, takes: { read: () => Promise.resolve([]) }, listenToOriginal, originalLoudness }).map(
    ({ id, gain }) => [id, Number(gain.toFixed(3))],
  );

it("plays the video as it is before there is a take, then the take", () => {
  expect(mixed(document({}))).toEqual([["original", 1]]);
  expect(mixed(document({ chosen: "t" }))).toEqual([
    ["take c d", 1],
    ["original", 0],
  ]);
});

it("mixes the original where the document says so, and mutes layers", () => {
  expect(mixed(document({ chosen: "t", use: "mix", muted: true }))).toEqual([
    ["take c d", 0],
    ["original", 0.501],
  ]);
});

it("makes the original as loud as the take for A/B, under the same names so that nothing begins anew", () => {
  expect(mixed(document({ chosen: "t" }), true)).toEqual([
    ["take c d", 0],
    ["original", 3.162],
  ]);
  expect(mixed(document({ chosen: "t" }), true, -200)).toEqual([
    ["take c d", 0],
    ["original", 1],
  ]);
});
