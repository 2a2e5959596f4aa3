/** New sound for an old picture: packets bit for bit, the sound where it belongs, its length exact. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loudest, newSound } from "../test/checks.js";
import { fixture, nodeWorld } from "../test/node-world.js";
import { pcmLength } from "./audio/pcm.js";
import { findFfmpeg, startProgram } from "./node/ffmpeg-process.js";
import { loadNativeCodecs } from "./node/native.js";
import { openMedia, type Pcm, type VideoContainer, videoPacketDigest } from "./node.js";

const native = await loadNativeCodecs();
const ffmpeg = await findFfmpeg();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-media-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const clickAt = (seconds: number, length: number, sampleRate = 44100, channels = 1): Pcm => {
  const channel = new Float32Array(Math.round(length * sampleRate));
  channel[Math.round(seconds * sampleRate)] = 0.8;
  return { sampleRate, channels: Array.from({ length: channels }, () => channel) };
};

const cases: readonly (readonly [string, VideoContainer])[] = [
  ["h264-aac.mp4", "mp4"],
  ["h264-aac.mp4", "mov"],
  ["h264-aac.mp4", "mkv"],
  ["index-last.mp4", "mp4"],
  ["variable-rate.mp4", "mp4"],
  ["rotated.mp4", "mp4"],
  ["vp9-opus.webm", "webm"],
  ["vp9-opus.webm", "mkv"],
  ["h264-aac.mov", "mov"],
  ["fragmented.mp4", "mp4"],
  ["h264-aac.mkv", "mkv"],
  ["no-sound-12fps.mp4", "mp4"],
  ["wide-pixels.mp4", "mp4"],
  ["edit-list.mp4", "mp4"],
  ["delayed-picture.mp4", "mp4"],
  ["one-frame-20ms.mp4", "mp4"],
];

describe.skipIf(!native)("replaceAudio", () => {
  it.each(cases)("%s into %s", async (name, container) => {
    const made = await newSound(nodeWorld("native"), name, { container });
    expect(made.samePackets).toBe(true);
    expect(made.clickErrorMs).toBeLessThanOrEqual(1);
    expect(made.samples).toBe(made.expectedSamples);
    // mp4 and mov keep times to 20 µs; Matroska rounds them to a millisecond.
    expect(made.timeError).toBeLessThan(container === "mp4" || container === "mov" ? 2e-5 : 1.1e-3);
  });

  it("brings the time of a transport stream back to 0 and keeps its frames", async () => {
    const made = await newSound(nodeWorld("native"), "h264-aac.ts", { container: "mp4" });
    expect(made.clickErrorMs).toBeLessThanOrEqual(1);
    expect(made.samples).toBe(made.expectedSamples);
    expect(made.timeError).toBeLessThan(2e-5);
  });

  it.each([8000, 22050, 24000, 32000, 44100, 48000, 96000])("places sound of %i Hz", async (sampleRate) => {
    const made = await newSound(nodeWorld("native"), "h264-aac.mp4", { sampleRate, channels: 1 });
    expect(made.clickErrorMs).toBeLessThanOrEqual(1);
    expect(made.samples).toBe(made.expectedSamples);
  });

  it("keeps rotation, colour tags and pixel shape", async () => {
    for (const name of ["rotated.mp4", "wide-pixels.mp4"]) {
      using before = await openMedia(fixture(name));
      using after = await openMedia(await before.replaceAudio(clickAt(0.2, 1)));
      const { canDecode: _a, ...video } = before.info.video ?? { canDecode: false };
      const { canDecode: _b, ...video2 } = after.info.video ?? { canDecode: false };
      expect(video2).toEqual(video);
    }
  });

  it("keeps the original sound as the first track, packets copied", async () => {
    using before = await openMedia(fixture("h264-aac.mp4"));
    const bytes = await before.replaceAudio(clickAt(0.25, 2), { original: "keep" });
    using after = await openMedia(bytes);
    const pcm = await after.audio();
    expect(loudest(pcm) === 22050 || loudest(pcm) === 55125).toBe(true);
    expect((await videoPacketDigest(after)).sha256).toBe((await videoPacketDigest(before)).sha256);
  });

  it("mixes sample by sample, with gains", async () => {
    using before = await openMedia(fixture("h264-aac.mp4"));
    using after = await openMedia(
      await before.replaceAudio(clickAt(0.25, 2), { original: "mix", gain: 0.5, originalGain: 0.25, bitrate: 256_000 }),
    );
    const channel = (await after.audio()).channels[0] as Float32Array;
    expect(channel[11025]).toBeCloseTo(0.4, 1);
    expect(channel[22050]).toBeCloseTo(0.23, 1);
    expect(channel[55125]).toBeCloseTo(-0.23, 1);
    expect(pcmLength(await after.audio())).toBe(88200);
  });

  it("cuts or pads to the picture, to a given length, or not at all", async () => {
    using file = await openMedia(fixture("h264-aac.mp4"));
    for (const [length, expected] of [
      ["video", 88200],
      [1.23456, 54444],
      ["sound", 66150],
    ] as const) {
      using after = await openMedia(await file.replaceAudio(clickAt(0.2, 1.5), { length }));
      expect(pcmLength(await after.audio())).toBe(expected);
    }
  });

  it("refuses a container that cannot hold the picture, before writing", async () => {
    using file = await openMedia(fixture("h264-aac.mp4"));
    await expect(file.replaceAudio(clickAt(0.2, 1), { container: "webm" })).rejects.toMatchObject({ code: "unsupported" });
    const path = join(folder, "never.webm");
    await expect(file.saveWithAudio(path, clickAt(0.2, 1))).rejects.toMatchObject({ code: "unsupported" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("writes files that equal the bytes in memory in what they hold", async () => {
    using file = await openMedia(fixture("vp9-opus.webm"));
    const path = join(folder, "out.webm");
    await file.saveWithAudio(path, clickAt(0.5, 2));
    using saved = await openMedia(path);
    expect(loudest(await saved.audio())).toBe(24000);
    expect((await videoPacketDigest(saved)).sha256).toBe((await videoPacketDigest(file)).sha256);
    // CodecDelay of 6.5 ms is named in the header.
    expect((await readFile(path)).includes(Buffer.from([0x56, 0xaa, 0x83, 0x63, 0x2e, 0xa0]))).toBe(true);
  });
});

describe.skipIf(!native || !ffmpeg)("as ffmpeg hears it (skipped where ffmpeg is not installed)", () => {
  it.each(cases.filter(([name]) => name !== "one-frame-20ms.mp4"))(
    "%s into %s: the click is within 1 ms",
    async (name, container) => {
      using before = await openMedia(fixture(name));
      const sampleRate = 48000;
      const path = join(folder, `heard-${name}.${container}`);
      await before.saveWithAudio(path, clickAt(0.5, 2, sampleRate));
      // Timestamps decide where a block lies, as in a player.
      const filter = "aresample=async=1:min_hard_comp=0.0005:first_pts=0";
      const parameters = ["-copyts", "-i", path, "-map", "0:a", "-af", filter, "-f", "f32le", "-ac", "1", "pipe:1"];
      const raw = new Uint8Array(await buffer(startProgram("ffmpeg", parameters).child.stdout));
      const samples = new Float32Array(raw.buffer, 0, raw.length >> 2);
      expect(Math.abs(loudest({ sampleRate, channels: [samples] }) - 24000)).toBeLessThanOrEqual(48);
    },
  );
});
