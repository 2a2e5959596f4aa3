/** Frames at exact times: every frame of every fixture shows its own index, compared with timestamps that another program read. */
import { describe, expect, it } from "vitest";
import { shownIndex, timedClips, wrongFrames } from "../test/checks.js";
import { fixture, nodeWorld, truth } from "../test/node-world.js";
import { findFfmpeg } from "./node/ffmpeg-process.js";
import { loadNativeCodecs } from "./node/native.js";
import { frameCount, openMedia } from "./node.js";
import { firstPictures } from "./read/first-pictures.js";

const native = await loadNativeCodecs();
const ffmpeg = await findFfmpeg();

describe.skipIf(!native)("native frames follow the hold rule", () => {
  it.each(timedClips)("%s at 16 per second", async (name) => {
    expect(await wrongFrames(nodeWorld("native"), name, truth)).toEqual([]);
  });
  it.each(["h264-aac.mp4", "variable-rate.mp4", "vp9-opus.webm"])("%s from 0.7 s, at 60, 7 and 1 per second", async (name) => {
    for (const options of [{ start: 0.7 }, { fps: 60 }, { fps: 7, start: 0.31 }, { fps: 1 }]) {
      expect(await wrongFrames(nodeWorld("native"), name, truth, options)).toEqual([]);
    }
  });
});

describe.skipIf(!ffmpeg)("ffmpeg's frames follow the hold rule (skipped where ffmpeg is not installed)", () => {
  // ffmpeg moves a cut that lies between two frames to a frame; the other backend keeps it exactly.
  it.each(timedClips.filter((name) => name !== "edit-list.mp4"))("%s at 16 per second", async (name) => {
    expect(await wrongFrames(nodeWorld("ffmpeg"), name, truth)).toEqual([]);
  });
  it("starts in the middle", async () => {
    for (const name of ["h264-aac.mp4", "variable-rate.mp4", "vp9-opus.webm"]) {
      expect(await wrongFrames(nodeWorld("ffmpeg"), name, truth, { start: 0.7 })).toEqual([]);
    }
  });
});

/** Frames of a fixture that are not the first picture at or after their tick, by the times that another program read. */
async function otherThanNext(backend: "native" | "ffmpeg", name: string, fps: number, start = 0): Promise<readonly string[]> {
  const { times, indices } = truth[name] as { readonly times: readonly number[]; readonly indices: readonly number[] };
  using file = await openMedia(fixture(name), { backend });
  const seconds = (file.info.video?.duration ?? 0) - start;
  const later = times.map((time) => Math.round((time - file.info.origin - start) * 1e6) / 1e6);
  const taken = firstPictures(later, fps, later.find((time) => time >= seconds) ?? seconds);
  const wrong: string[] = [];
  for await (const { index, rgb } of file.frames({ fps, start, takes: "next", size: [96, 128] })) {
    const [shown, wanted] = [shownIndex(rgb, [96, 128]), indices[taken[index] ?? times.length - 1]];
    if (shown !== wanted) wrong.push(`frame ${index} shows ${shown} instead of ${wanted}`);
  }
  return wrong;
}

describe.each(["native", "ffmpeg"] as const)("%s, the picture that comes next (skipped where it is not installed)", (backend) => {
  it
    .skipIf(backend === "native" ? !native : !ffmpeg)
    .each(["h264-aac.mp4", "h264-aac.mkv", "h264-aac.ts", "variable-rate.mp4", "vp9-opus.webm"])(
    "is the first at or after its tick: %s",
    async (name) => {
      for (const [fps, start] of [
        [8, 0],
        [25, 0],
        [7, 0.31],
        // No tick on a picture: there the last bit of a time decides.
        [59, 0.703],
      ] as const)
        expect([fps, start, await otherThanNext(backend, name, fps, start)]).toEqual([fps, start, []]);
    },
  );
});

describe.skipIf(!native || !ffmpeg)("both backends (skipped where one is not installed)", () => {
  it.each(["h264-aac.mp4", "vp9-opus.webm", "rotated.mp4", "wide-pixels.mp4"])("show the same picture of %s", async (name) => {
    for (const fit of ["fill", "cover", "contain"] as const) {
      const pictures: Uint8Array[] = [];
      for (const backend of ["native", "ffmpeg"] as const) {
        using file = await openMedia(fixture(name), { backend });
        for await (const frame of file.frames({ size: [48, 64], fit, start: 0.5, duration: 0.01 })) pictures.push(frame.rgb);
      }
      const [a, b] = pictures as [Uint8Array, Uint8Array];
      // Edges of the blocks may round to another pixel; the mean is what a model sees.
      const error = a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0) / a.length;
      expect(error).toBeLessThan(2);
    }
  });
});

describe.skipIf(!native)("frames", () => {
  it("count every slot that begins before the end, and at least one", () => {
    expect(frameCount(4, 16)).toBe(64);
    expect(frameCount(2.001, 16)).toBe(33);
    expect(frameCount(0.02, 16)).toBe(1);
    expect(frameCount(1 / 3, 30)).toBe(10);
  });
  it("share one array where the source frame is the same, and convert it once", async () => {
    using file = await openMedia(fixture("no-sound-12fps.mp4"));
    const frames = [];
    for await (const frame of file.frames({ fps: 48, size: [16, 16] })) frames.push(frame);
    expect(frames.length).toBe(96);
    expect(new Set(frames.map((frame) => frame.rgb)).size).toBe(24);
    expect(frames.filter((frame) => !frame.repeated).length).toBe(24);
  });
  it("hold the last frame beyond the end", async () => {
    using file = await openMedia(fixture("no-sound-12fps.mp4"));
    const shown: number[] = [];
    for await (const frame of file.frames({ duration: 3, size: [64, 64] })) shown.push(shownIndex(frame.rgb, [64, 64]));
    expect(shown.length).toBe(48);
    expect(shown.slice(-16)).toEqual(Array(16).fill(23));
  });
  it("come upright: a turned clip shows its blocks down the side", async () => {
    using file = await openMedia(fixture("rotated.mp4"));
    expect(file.info.video).toMatchObject({ width: 96, height: 128, rotation: 270 });
    const shown: number[] = [];
    for await (const frame of file.frames({ start: 1, duration: 0.01, size: [128, 96] }))
      shown.push(shownIndex(frame.rgb, [128, 96], true));
    expect(shown).toEqual([30]);
  });
  it("know the shape of pixels that are not square", async () => {
    using file = await openMedia(fixture("wide-pixels.mp4"));
    expect(file.info.video).toMatchObject({ width: 171, height: 96 });
    for await (const frame of file.frames({ size: [90, 90], fit: "contain", duration: 0.01 })) {
      // 171 × 96 into 90 × 90 leaves bars of 20 rows; the row below is grey or coloured.
      expect(frame.rgb.slice(0, 19 * 90 * 3).every((value) => value === 0)).toBe(true);
      expect(frame.rgb[(69 * 90 + 80) * 3]).toBeGreaterThan(100);
      expect(frame.rgb.slice(71 * 90 * 3).every((value) => value === 0)).toBe(true);
    }
  });
  it("stop when asked to, and when no longer read", async () => {
    using file = await openMedia(fixture("h264-aac.mp4"));
    const controller = new AbortController();
    const reason = new Error("enough");
    const read = async (): Promise<void> => {
      for await (const frame of file.frames({ signal: controller.signal })) if (frame.index === 3) controller.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
    for await (const frame of file.frames()) if (frame.index === 2) break;
    let count = 0;
    for await (const _ of file.frames({ size: [8, 8] })) count++;
    expect(count).toBe(32);
  });
  it("report progress", async () => {
    using file = await openMedia(fixture("no-sound-12fps.mp4"));
    const done: number[] = [];
    for await (const _ of file.frames({
      size: [8, 8],
      onProgress: (event) => event.type === "read-progress" && done.push(event.done),
    }));
    expect(done).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
  });
  it.each([
    [{ size: [0, 16] as const }, /size is \[0, 16\]/],
    [{ fps: 0 }, /fps is 0/],
    [{ start: -1 }, /start is -1/],
    [{ start: 7 }, /the picture ends at 2 s/],
    [{ duration: Number.NaN }, /duration is NaN/],
  ])("refuse %o", async (options, message) => {
    using file = await openMedia(fixture("no-sound-12fps.mp4"));
    await expect(file.frames(options).next()).rejects.toThrow(message);
  });
});
