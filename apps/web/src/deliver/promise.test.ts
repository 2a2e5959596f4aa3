import type { MediaInfo } from "@foley-control/media/web";
import { expect, test } from "vitest";
import { fileName, formatsOf } from "./formats.js";
import { compare, type Promised } from "./promise.js";

const packets = { sha256: "ab".repeat(32), packets: 120, bytes: 9000 };
const promised: Promised = {
  container: "mp4",
  picture: { duration: 4, width: 640, height: 360, packets },
  sound: 4,
};
const info = {
  ...{ container: "mp4", duration: 4, origin: 0, warnings: [] },
  video: { width: 640, height: 360, duration: 4 },
  audio: { duration: 4.021 },
} as unknown as MediaInfo;
const differing = (found: Partial<MediaInfo>, digest = packets) =>
  compare(promised, { info: { ...info, ...found }, packets: digest })
    .filter(({ same }) => !same)
    .map(({ what }) => what.replace("deliver.check.", ""));

test("a file that is what was promised passes every check; a codec's last frame is no difference", () => {
  expect(differing({})).toEqual([]);
});

test.each([
  ["container", { container: "mov" }],
  ["size", { video: { ...info.video, width: 608, height: 1080 } }],
  ["duration", { video: { ...info.video, duration: 3.9 } }],
  ["sound", { audio: { ...info.audio, duration: 3.9 } }],
  ["sound", { audio: undefined }],
] as readonly (readonly [string, Partial<MediaInfo>])[])("another %s is shown", (what, found) => {
  expect(differing(found)).toEqual([what]);
});

test("a picture of which one packet is another is shown", () => {
  expect(differing({}, { ...packets, sha256: "cd".repeat(32) })).toEqual(["packets"]);
  expect(differing({}, { ...packets, packets: 119 })).toEqual(["packets"]);
});

test("formats begin with that of the source and leave out what cannot hold its picture", () => {
  expect(formatsOf({ name: "a.MOV", codec: "avc" })).toEqual(["mov", "mp4", "mkv", "wav", "flac"]);
  expect(formatsOf({ name: "a.webm", codec: "vp8" })).toEqual(["webm", "mkv", "wav", "flac"]);
  expect(formatsOf(undefined)).toEqual(["wav", "flac"]);
});

test("names are ones that file systems take", () => {
  expect(fileName("A: clip/1.mp4", "mov")).toBe("A clip 1 foley.mov");
  expect(fileName("..?", "wav")).toBe(".. foley.wav");
  expect(fileName("", "wav")).toBe("foley foley.wav");
});
