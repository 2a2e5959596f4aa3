/** The original sound and the new one together: all of both is heard, where it belongs, and nothing clips. */
import { describe, expect, it } from "vitest";
import { caseFile, fixture } from "../../test/node-world.js";
import { loadNativeCodecs } from "../node/native.js";
import { openMedia, type Pcm } from "../node.js";

const native = await loadNativeCodecs();
const peak = (channel: Float32Array = new Float32Array(1)): number => channel.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const silent = (seconds: number): Pcm => ({ sampleRate: 48_000, channels: [new Float32Array(seconds * 48_000)] });

describe.skipIf(!native)("a mix", () => {
  it("that would clip is turned down where it peaks, and says by how much", async () => {
    using file = await openMedia(fixture("h264-aac.mp4"));
    const { sampleRate, channels } = await file.audio();
    const warnings: string[] = [];
    const bytes = await file.replaceAudio(
      { sampleRate, channels },
      {
        original: "mix",
        bitrate: 256_000,
        onProgress: (event) => event.type === "warning" && warnings.push(event.warning.message),
      },
    );
    expect(warnings).toEqual([expect.stringMatching(/turned down by up to \d\.\d dB/)]);
    using after = await openMedia(bytes);
    expect(peak((await after.audio()).channels[0])).toBeLessThan(0.95);
    expect(2 * peak(channels[0])).toBeGreaterThan(1.5);
  });
  it("keeps what the original sound has above half of the new one's rate", async () => {
    using file = await openMedia(fixture("h264-aac.mp4"));
    const whistle = Float32Array.from({ length: 96_000 }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 15_000 * i) / 48_000));
    using whistling = await openMedia(await file.replaceAudio({ sampleRate: 48_000, channels: [whistle] }));
    const slow: Pcm = { sampleRate: 24_000, channels: [new Float32Array(48_000)] };
    using after = await openMedia(await whistling.replaceAudio(slow, { original: "mix" }));
    const { sampleRate, channels } = await after.audio({ start: 0.5, duration: 0.5 });
    expect(sampleRate).toBe(48_000);
    expect(peak(channels[0])).toBeGreaterThan(0.2);
  });
  it("with surround sound puts mono into the centre", async () => {
    using file = await openMedia(caseFile("surround.mp4"));
    const sound = silent(4);
    for (let i = 24_000; i < 36_000; i++) (sound.channels[0] as Float32Array)[i] = 0.2 * Math.sin(i / 20);
    using after = await openMedia(await file.replaceAudio(sound, { original: "mix" }));
    const { channels } = await after.audio({ start: 0.6, duration: 0.1 });
    expect(channels).toHaveLength(6);
    expect(channels.map((channel) => peak(channel) > 0.1)).toEqual([false, false, true, false, false, false]);
  });
  it("lasts as long as the longer of the picture and the original sound", async () => {
    using file = await openMedia(caseFile("short-picture.webm"));
    using after = await openMedia(await file.replaceAudio(silent(1), { original: "mix" }));
    expect(after.info.audio?.duration).toBeCloseTo(4.018, 2);
    const { channels } = await after.audio({ start: 3.4 });
    expect(peak(channels[0])).toBeGreaterThan(0.4);
  });
});
