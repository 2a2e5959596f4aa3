/** What is heard of a document. */
import { expect, it } from "vitest";
import type { Clip } from "../clip/clip.js";
import type { Cue, StudioDocument, TakeReference } from "../document/document.js";
import { type Listening, soundsOf } from "./sounds.js";

const take = (id: string, loudness: number): TakeReference =>
  ({ id, digest: id, sampleRate: 24_000, channels: 1, samples: 48_000, loudness }) as TakeReference;
const documentOf = (part: { chosen?: string; muted?: boolean; use?: "mix" | "replace" | "keep" }): StudioDocument => {
  const cue = { id: "c", start: 1, end: 9, takes: [take("loud", -20), take("quiet", -26)], chosen: part.chosen };
  return {
    original: { use: part.use ?? "replace", gainDb: -6 },
    layers: [{ muted: part.muted ?? false, gainDb: 0, cues: [cue as unknown as Cue] }],
  } as unknown as StudioDocument;
};
const clip = { info: { duration: 4, sound: { channels: 6, duration: 4 } } } as unknown as Clip;
const heard = (document: StudioDocument, part: Partial<Listening> = {}) =>
  soundsOf(document, {
    ...{ clip, takes: { read: () => Promise.resolve([]) }, listenToOriginal: false, equalLoudness: false, originalLoudness: -30 },
    ...part,
  }).sources.map(({ id, gain }) => [id, Number(gain.toFixed(3))]);

it("plays the video as it is before there is a take, then the take", () => {
  expect(heard(documentOf({}))).toEqual([["original", 1]]);
  expect(heard(documentOf({ chosen: "loud" }))).toEqual([
    ["c loud", 1],
    ["original", 0],
  ]);
});

it("mixes the original where the document says so, and leaves out what is muted", () => {
  expect(heard(documentOf({ chosen: "loud", use: "mix" }))).toEqual([
    ["c loud", 1],
    ["original", 0.501],
  ]);
  expect(heard(documentOf({ chosen: "loud", muted: true }))).toEqual([["original", 1]]);
});

it("makes the original as loud as the take for A/B, under the same names so that nothing begins anew", () => {
  const alone = { listenToOriginal: true };
  expect(heard(documentOf({ chosen: "loud" }), alone)).toEqual([
    ["c loud", 0],
    ["original", 3.162],
  ]);
  expect(heard(documentOf({ chosen: "loud" }), { ...alone, equalLoudness: true })).toEqual([
    ["c loud", 0],
    ["original", 1.585],
  ]);
  expect(heard(documentOf({ chosen: "loud" }), { ...alone, originalLoudness: -200 })[1]).toEqual(["original", 1]);
});

it("lets nothing be heard where all is muted, and leaves everything in its place", () => {
  const muted = heard(documentOf({ chosen: "loud", use: "mix" }), { muted: true });
  expect(muted).toEqual([
    ["c loud", 0],
    ["original", 0],
  ]);
});

it("makes takes of a cue as loud as the quietest", () => {
  expect(heard(documentOf({ chosen: "loud" }), { equalLoudness: true })[0]).toEqual(["c loud", 0.501]);
  expect(heard(documentOf({ chosen: "quiet" }), { equalLoudness: true })[0]).toEqual(["c quiet", 1]);
});
