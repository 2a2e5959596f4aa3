/** Files of strangers that were read wrongly once; what is right was measured with other programs. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { loudest, shownIndex } from "../../test/checks.js";
import { caseFile, fixtureBytes } from "../../test/node-world.js";
import { loadNativeCodecs } from "../node/native.js";
import { openMedia, videoPacketDigest } from "../node.js";

const native = await loadNativeCodecs();

/** The indices that a file's frames show; these clips number their columns from the other side. */
async function shown(name: string, options: { fps: number; start?: number }): Promise<number[]> {
  using file = await openMedia(caseFile(name));
  const indices: number[] = [];
  for await (const { rgb } of file.frames({ size: [64, 64], ...options })) indices.push(mirrored(shownIndex(rgb, [64, 64])));
  return indices;
}
const mirrored = (index: number): number => Number.parseInt(index.toString(2).padStart(8, "0").split("").reverse().join(""), 2);
const run = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe.skipIf(!native)("Matroska without an index, as it is streamed", () => {
  it("shows every frame behind its one key frame, from the start and from the middle", async () => {
    expect(await shown("no-cues.webm", { fps: 30 })).toEqual([0, ...run(0, 119)]);
    expect(await shown("no-cues.webm", { fps: 30, start: 2.51 })).toEqual(run(75, 119));
  });
  it("shows every frame where key frames lie inside of clusters, and jumps to them", async () => {
    const all = await shown("no-cues-key-frames.webm", { fps: 30 });
    // Frame k at k / 30 s, although its time is written in whole milliseconds and every third one too late.
    expect(all).toEqual(run(0, 359).map((index) => index & 255));
    const few = await shown("no-cues-key-frames.webm", { fps: 0.5 });
    expect(few).toEqual([0, 2, 4, 6, 8, 10].map((second) => all[second * 30]));
  });
});

describe.skipIf(!native)("an edit list with an end", () => {
  it("shows and sounds what it leaves, and nothing that was cut away", async () => {
    using file = await openMedia(caseFile("trimmed.mov"));
    expect(file.info).toMatchObject({ duration: 1.5, video: { start: 0, duration: 1.5 }, audio: { start: 0, duration: 1.5 } });
    expect(await shown("trimmed.mov", { fps: 30 })).toEqual(run(30, 74));
    const pcm = await file.audio();
    expect(pcm.channels[0]).toHaveLength(72_000);
    expect(loudest(pcm) / 48_000).toBeCloseTo(0.504, 2);
    expect((pcm.channels[0] as Float32Array).subarray(36_000).every((value) => Math.abs(value) < 0.1)).toBe(true);
    // Longer than what is left: the last frame holds, the sound is silent.
    const longer = await file.audio({ duration: 3 });
    expect((longer.channels[0] as Float32Array).subarray(72_000).every((value) => value === 0)).toBe(true);
  });
  it("that plays at another speed is refused", async () => {
    const bytes = new Uint8Array(await readFile(caseFile("trimmed.mov")));
    const at = Buffer.from(bytes).indexOf("elst");
    bytes.set([0, 0, 0x80, 0], at + 20);
    await expect(openMedia(bytes)).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(/plays its picture at another speed/),
    });
  });
  it("goes into the copy, with the sound that is kept", async () => {
    using file = await openMedia(caseFile("trimmed.mov"));
    const sound = { sampleRate: 48_000, channels: [new Float32Array(72_000)] };
    for (const original of ["replace", "keep"] as const) {
      using after = await openMedia(await file.replaceAudio(sound, { original }));
      expect(after.info).toMatchObject({ duration: 1.5, video: { duration: 1.5 }, audio: { duration: 1.5 } });
      let count = 0;
      for await (const _ of after.frames({ fps: 30, size: [8, 8] })) count++;
      expect(count).toBe(45);
    }
    await expect(file.replaceAudio(sound, { container: "mkv" })).rejects.toThrow(/between two key frames/);
  });
  it("copies only the packets that are shown or needed for that", async () => {
    using file = await openMedia(caseFile("trimmed.mov"));
    expect((await videoPacketDigest(file)).packets).toBeLessThan(75);
  });
});

describe.skipIf(!native)("delays and ends", () => {
  it("an mp3 begins behind the delay of its encoder and ends before its padding", async () => {
    using file = await openMedia(caseFile("lame-delay.mp3"));
    const pcm = await file.audio();
    expect(pcm.channels[0]).toHaveLength(176_400);
    expect(file.info.duration).toBeCloseTo(4, 9);
    expect(Math.abs(loudest(pcm) / 44_100 - [0.5046, 1.5041, 2.5034, 3.5046][Math.floor(loudest(pcm) / 44_100)]!)).toBeLessThan(
      5e-4,
    );
  });
  it("Opus in mp4 begins behind the delay of its encoder, from the start and from the middle", async () => {
    using file = await openMedia(caseFile("opus-edit-list.mp4"));
    for (const start of [0, 0.4]) {
      const { channels } = await file.audio({ start });
      const click = (channels[0] as Float32Array).findIndex((value) => Math.abs(value) > 0.1);
      expect(Math.abs(start + click / 48_000 - (start === 0 ? 0.25 : 0.75))).toBeLessThan(5e-4);
    }
  });
  it("a picture may end before the sound and the file", async () => {
    using file = await openMedia(caseFile("short-picture.webm"));
    expect(file.info.warnings).toEqual([]);
    expect(file.info.video?.duration).toBeCloseTo(1.04, 2);
    expect(file.info.duration).toBeCloseTo(4.018, 3);
  });
  it("a stream that begins inside a group of pictures begins with its first whole frame, and says so", async () => {
    using file = await openMedia(caseFile("inside-a-group.mpegts"));
    expect(file.info.warnings).toMatchObject([{ code: "starts-late" }]);
    expect(await shown("inside-a-group.mpegts", { fps: 30 })).toEqual([...Array<number>(11).fill(32), ...run(32, 119)]);
    expect((await videoPacketDigest(file)).packets).toBe(88);
  });
});

describe("codecs that nothing here decodes", () => {
  it.each([
    ["mpeg4-part-2.mp4", /MPEG-4 part 2 \("mp4v"\), for which there is no decoder/],
    ["mpeg2.mpegts", /is MPEG-2 video, which is not read here/],
    ["theora.ogv", /is Theora, which is not read here/],
  ])("%s: the error names the codec and what to do, and nothing is held in its place", async (name, message) => {
    using file = await openMedia(caseFile(name), { backend: native ? "native" : "auto", onError: "hold" });
    expect(file.info.video?.canDecode ?? false).toBe(false);
    const error: unknown = await file
      .frames()
      .next()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: native ? "unsupported" : expect.any(String), hint: expect.stringMatching(/H\.264/) });
    expect(String(error)).toMatch(message);
  });
});

describe.skipIf(!native)("colours", () => {
  const expectRight = async (data: string | Uint8Array<ArrayBuffer>): Promise<readonly string[]> => {
    using file = await openMedia(data);
    for await (const { rgb } of file.frames({ size: [8, 8], fps: 2 }))
      for (const [i, wanted] of [200, 40, 90].entries()) expect(Math.abs((rgb[i] as number) - wanted)).toBeLessThanOrEqual(2);
    return file.info.warnings.map(({ code }) => code);
  };
  /** The bytes of smpte-240m.mp4, whose stream says the matrix too, and where its container does. */
  const tagged = async () => {
    const bytes = new Uint8Array(await readFile(caseFile("smpte-240m.mp4")));
    return { bytes, at: Buffer.from(bytes).indexOf("colr") };
  };
  it.each(["smpte-240m.mp4", "vp9-440.webm", "untagged.webm", "untagged.mp4"])(
    "of %s are those of its container's matrix, or of BT.601",
    async (name) => {
      expect(await expectRight(caseFile(name))).toEqual([]);
    },
  );
  it("are those of the matrix that only the stream says, in H.264 and VP9", async () => {
    const { bytes, at } = await tagged();
    bytes.set(Buffer.from("free"), at);
    expect(await expectRight(bytes)).toEqual([]);
    expect(await expectRight(caseFile("vp9-smpte-240m.mp4"))).toEqual([]);
  });
  it("are those of the stream's matrix where the container has a profile in the place of one, or says that it has none", async () => {
    const profile = await tagged();
    profile.bytes.set(Buffer.from("prof\0\0\0\0\0\0"), profile.at + 4);
    expect(await expectRight(profile.bytes)).toEqual([]);
    const unspecified = await tagged();
    unspecified.bytes.set([0, 2], unspecified.at + 12);
    expect(await expectRight(unspecified.bytes)).toEqual([]);
  });
  it("stay in a file with new sound where only the container says the matrix", async () => {
    const { bytes } = await tagged();
    // Primaries, transfer, matrix in the header of the stream.
    const said = Buffer.from(bytes).indexOf(Buffer.from([0xb5, 1, 1, 7]));
    bytes[said + 3] = 2;
    expect(await expectRight(bytes)).toEqual([]);
    using file = await openMedia(bytes);
    const sound = { sampleRate: 48_000, channels: [new Float32Array(4800)] };
    for (const container of ["mp4", "mov", "mkv"] as const)
      expect(await expectRight(await file.replaceAudio(sound, { container }))).toEqual([]);
  });
  it("by a matrix that is not known here are said to be wrong, maybe", async () => {
    const { bytes, at } = await tagged();
    bytes.set([0, 14], at + 12);
    using file = await openMedia(bytes);
    expect(file.info.warnings).toMatchObject([{ code: "unknown-colours", message: expect.stringContaining("code 14") }]);
  });
});

describe.skipIf(!native)("frames that cannot be decoded", () => {
  it("are counted where a neighbour is shown for them", async () => {
    const bytes = await fixtureBytes("h264-aac.mp4");
    for (let i = 4000; i < 4600; i++) bytes[i] = (i * 77) & 255;
    using file = await openMedia(bytes, { onError: "hold" });
    const warnings: string[] = [];
    for await (const _ of file.frames({
      size: [16, 16],
      onProgress: (event) => event.type === "warning" && warnings.push(event.warning.message),
    }));
    expect(warnings).toEqual([expect.stringMatching(/^1\d of 32 frames of The data cannot be decoded, the first at 0 s/)]);
  });
  it("are an error when there is no other to show", async () => {
    const bytes = await fixtureBytes("one-frame-20ms.mp4");
    bytes.fill(0x55, Buffer.from(bytes).indexOf("mdat") + 4);
    using file = await openMedia(bytes, { onError: "hold" });
    await expect(file.frames().next()).rejects.toMatchObject({ code: "bad-file" });
  });
});
