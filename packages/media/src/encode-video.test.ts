/** Drawn frames → file → frames: right times, right colours, sound in its place. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loudest } from "../test/checks.js";
import { pcmLength } from "./audio/pcm.js";
import { findFfmpeg } from "./node/ffmpeg-process.js";
import { loadNativeCodecs } from "./node/native.js";
import { encodeVideo, openMedia } from "./node.js";

const native = await loadNativeCodecs();
const ffmpeg = await findFfmpeg();
const backends = [...(native ? (["native"] as const) : []), ...(ffmpeg ? (["ffmpeg"] as const) : [])];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-media-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const width = 160;
const height = 96;
/** Smooth colours that differ from frame to frame. */
function picture(index: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rgb.set([40 + x, 60 + y + index, 220 - ((x + y) >> 1)], (y * width + x) * 3);
    }
  }
  return rgb;
}
function* frames(count: number): Generator<Uint8Array> {
  for (let index = 0; index < count; index++) yield picture(index);
}

describe.each(backends)("encodeVideo with %s (backends that are not installed are skipped)", (backend) => {
  it.each(["mp4", "mov", "webm", "mkv"] as const)(
    "%s: colours within 2.5 of 255 on average, click within 1 ms, exact length",
    async (container) => {
      const click = new Float32Array(44100);
      click[11025] = 0.8;
      const path = join(folder, `${backend}.${container}`);
      if (!native && (container === "webm" || container === "mkv")) return;
      const made = await encodeVideo(
        { frames: frames(30), width, height, fps: 30, audio: { sampleRate: 44100, channels: [click] } },
        path,
        { backend },
      );
      expect(made).toMatchObject({ frames: 30, duration: 1 });
      using file = await openMedia(path);
      expect(file.info.video).toMatchObject({ width, height, codec: container === "mp4" || container === "mov" ? "avc" : "vp9" });
      expect(file.info.video?.duration).toBeCloseTo(1, 2);
      let index = 0;
      for await (const frame of file.frames({ fps: 30, size: [height, width], duration: 1 })) {
        const truth = picture(index++);
        const error = frame.rgb.reduce((sum, value, i) => sum + Math.abs(value - (truth[i] as number)), 0) / truth.length;
        expect(error).toBeLessThan(2.5);
      }
      expect(index).toBe(30);
      const sound = await file.audio();
      expect(Math.abs(loudest(sound) / sound.sampleRate - 0.25)).toBeLessThanOrEqual(0.001);
      if (container === "mp4" || container === "mov") expect(pcmLength(sound)).toBe(44100);
    },
  );
  it("gives bytes without a path, the same picture twice", async () => {
    const one = await encodeVideo({ frames: frames(3), width, height, fps: 12.5 }, undefined, { backend });
    expect(one.frames).toBe(3);
    using file = await openMedia(one.bytes as Uint8Array<ArrayBuffer>);
    expect(file.info).toMatchObject({ container: "mp4", audio: undefined });
    expect(file.info.video?.duration).toBeCloseTo(0.24, 3);
  });
  it("refuses odd sizes, wrong frames, no frames, and leaves nothing behind", async () => {
    const before = await readdir(folder);
    const path = join(folder, "never.mp4");
    const base = { width, height, fps: 30 };
    await expect(encodeVideo({ ...base, frames: frames(1), width: 161 }, path, { backend })).rejects.toThrow(
      /161 × 96 pixels; even/,
    );
    await expect(encodeVideo({ ...base, frames: [new Uint8Array(5)] }, path, { backend })).rejects.toThrow(/Frame 0 has 5 bytes/);
    await expect(encodeVideo({ ...base, frames: [] }, path, { backend })).rejects.toThrow(/no frames/);
    await expect(encodeVideo({ ...base, frames: frames(1), fps: 0 }, path, { backend })).rejects.toThrow(/fps is 0/);
    expect(await readdir(folder)).toEqual(before);
  });
});
