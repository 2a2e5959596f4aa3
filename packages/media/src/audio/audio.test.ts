/** Sound files that hold exactly what was given, and arithmetic on sound. */
import { describe, expect, it } from "vitest";
import { fixture } from "../../test/node-world.js";
import { silence } from "../../test/silence.js";
import { findFfmpeg } from "../node/ffmpeg-process.js";
import { loadNativeCodecs } from "../node/native.js";
import { encodeFlac, encodeWav, fitLength, openMedia, type Pcm, probe, readAudio, resamplePcm, withChannels } from "../node.js";
import { mixPcm } from "./pcm.js";

const decoder = (await loadNativeCodecs()) || (await findFfmpeg());
const wave = (length: number, sampleRate = 44100): Pcm => ({
  sampleRate,
  channels: [
    Float32Array.from({ length }, (_, i) => 0.7 * Math.sin(i / 7)),
    Float32Array.from({ length }, (_, i) => 0.5 * Math.cos(i / 11)),
  ],
});
const largest = (a: Pcm, b: Pcm): number =>
  Math.max(
    ...a.channels.map((channel, c) =>
      channel.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b.channels[c]?.[i] ?? 9))), 0),
    ),
  );

describe("encodeWav", () => {
  it("writes the header that RIFF asks for", () => {
    const bytes = encodeWav({ sampleRate: 48000, channels: [Float32Array.of(0, 0.5, -1, 1)] });
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.slice(0, 4)) + new TextDecoder().decode(bytes.slice(8, 16))).toBe("RIFFWAVEfmt ");
    expect([
      view.getUint32(4, true),
      view.getUint16(20, true),
      view.getUint16(22, true),
      view.getUint32(24, true),
      view.getUint32(28, true),
      view.getUint16(32, true),
      view.getUint16(34, true),
      view.getUint32(40, true),
    ]).toEqual([44, 1, 1, 48000, 96000, 2, 16, 8]);
    expect([44, 46, 48, 50].map((at) => view.getInt16(at, true))).toEqual([0, 16384, -32768, 32767]);
  });
  it("24 bits and floats; odd data is padded; NaN is silence", () => {
    const bytes = encodeWav({ sampleRate: 8000, channels: [Float32Array.of(-1, 0.25, Number.NaN)] }, { bits: 24 });
    expect(bytes.length).toBe(44 + 9 + 1);
    expect(Array.from(bytes.slice(44))).toEqual([0, 0, 0x80, 0, 0, 0x20, 0, 0, 0, 0]);
    expect(() => encodeWav(silence(1, { sampleRate: 8000 }), { bits: 20 as 24 })).toThrow(/bits is 20/);
    expect(() => encodeWav({ sampleRate: 8000, channels: [] })).toThrow(/no channels/);
  });
  it.skipIf(!decoder).each([
    [16, 2 ** -16],
    [24, 2 ** -24],
    ["32f", 0],
  ] as const)("%s bits come back within half a step", async (bits, step) => {
    const pcm = wave(12_345);
    const back = await readAudio(encodeWav(pcm, { bits }));
    expect(back.sampleRate).toBe(44100);
    expect(back.channels.map((channel) => channel.length)).toEqual([12_345, 12_345]);
    expect(largest(pcm, back)).toBeLessThanOrEqual(step * 1.001);
  });
  it("equal samples give equal bytes", () => {
    expect(encodeWav(wave(1000))).toEqual(encodeWav(wave(1000)));
  });
});

describe.skipIf(!decoder)("encodeFlac", () => {
  it.each([16, 100, 4096, 12_345])("%i samples come back exactly, to 16 bits", async (length) => {
    const pcm = wave(length);
    const bytes = await encodeFlac(pcm);
    expect((await probe(bytes)).audio).toMatchObject({ codec: "flac", sampleRate: 44100, channels: 2 });
    const back = await readAudio(bytes);
    expect(back.channels[0]?.length).toBe(length);
    expect(largest(pcm, back)).toBeLessThanOrEqual(2 ** -16 * 1.001);
  });
});

describe("pcm", () => {
  it("mixes, fits and changes channels", () => {
    const a: Pcm = { sampleRate: 10, channels: [Float32Array.of(1, 2)] };
    const b: Pcm = { sampleRate: 10, channels: [Float32Array.of(1, 1, 1), Float32Array.of(0, 0, 4)] };
    expect(mixPcm(a, b, [1, 0.5]).channels.map((channel) => Array.from(channel))).toEqual([
      [1.5, 2.5, 0.5],
      [1, 2, 2],
    ]);
    expect(Array.from(fitLength(a, 4).channels[0] as Float32Array)).toEqual([1, 2, 0, 0]);
    expect(Array.from(withChannels(b, 1).channels[0] as Float32Array)).toEqual([0.5, 0.5, 2.5]);
    expect(() => mixPcm(a, { ...b, sampleRate: 20 }, [1, 1])).toThrow(/10 Hz and 20 Hz/);
  });
  it("resamples without delay", () => {
    const pcm = wave(4800, 48000);
    const back = resamplePcm(resamplePcm(pcm, 96000), 48000);
    expect(back.channels[0]?.length).toBe(4800);
    const inner = (x: Pcm): Pcm => ({ ...x, channels: x.channels.map((channel) => channel.slice(500, 4300)) });
    expect(largest(inner(pcm), inner(back))).toBeLessThan(1e-3);
  });
});

describe.skipIf(!decoder)("audio of a clip", () => {
  it.each(["h264-aac.mp4", "h264-aac.mov", "index-last.mp4", "delayed-picture.mp4"])(
    "%s: clicks at 0.5 s and 1.25 s",
    async (name) => {
      const { channels, sampleRate } = await readAudio(fixture(name));
      const channel = channels[0] as Float32Array;
      expect(channel.indexOf(Math.max(...channel)) / sampleRate).toBeCloseTo(0.5, 3);
      expect(channel.indexOf(Math.min(...channel)) / sampleRate).toBeCloseTo(1.25, 3);
    },
  );
  it("a cut clip keeps its sound in step: 0.37 s earlier", async () => {
    const { channels, sampleRate } = await readAudio(fixture("edit-list.mp4"));
    const channel = channels[0] as Float32Array;
    expect(channel.indexOf(Math.max(...channel)) / sampleRate).toBeCloseTo(0.13, 3);
  });
  it("a part of it, exact to the sample, silent beyond the end", async () => {
    using file = await openMedia(fixture("h264-aac.mp4"));
    const part = await file.audio({ start: 0.4, duration: 0.33333 });
    expect(part.channels[0]?.length).toBe(Math.round(0.33333 * 44100));
    const channel = part.channels[0] as Float32Array;
    expect(channel.indexOf(Math.max(...channel))).toBe(4410);
    const beyond = await file.audio({ start: 1.9, duration: 1 });
    expect(beyond.channels[0]?.length).toBe(44100);
    expect(Array.from(beyond.channels[0]?.slice(-30_000) ?? []).every((value) => value === 0)).toBe(true);
    await expect(file.audio({ start: 3 })).rejects.toThrow(/the sound ends at 2 s/);
  });
});
