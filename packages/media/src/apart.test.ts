/** A damaged file takes the process that reads it, never this one; the next file finds a new one. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import {
  BufferSource,
  BufferTarget,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drain } from "../test/drain.js";
import { fixture, fixtureBytes } from "../test/node-world.js";
import { silence } from "../test/silence.js";
import { type ApartLimits, DEFAULT_LIMITS } from "./apart/limits.js";
import { openApart } from "./node/apart/open-apart.js";
import { loadNativeCodecs } from "./node/native.js";
import { openMedia, prepareReading, probe, readAudio, videoPacketDigest } from "./node.js";

const native = await loadNativeCodecs();
const damaged = (name: string): string => fileURLToPath(new URL(`../test/damaged/${name}`, import.meta.url));

const stray: unknown[] = [];
const onStray = (error: unknown): void => void stray.push(error);
beforeAll(() => void process.on("unhandledRejection", onStray));
afterAll(() => void process.off("unhandledRejection", onStray));

/** One picture that is shown for so long. */
async function still(seconds: number): Promise<Uint8Array<ArrayBuffer>> {
  const input = new Input({ source: new BufferSource(await fixtureBytes("one-frame-20ms.mp4")), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error("The clip has no picture.");
  const packet = await new EncodedPacketSink(track).getFirstPacket();
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const source = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(source);
  await output.start();
  const decoderConfig = await track.getDecoderConfig();
  await source.add(
    (packet as EncodedPacket).clone({ timestamp: 0, duration: seconds }),
    decoderConfig ? { decoderConfig } : undefined,
  );
  await output.finalize();
  input.dispose();
  return new Uint8Array(output.target.buffer as ArrayBuffer);
}

/** Opens a file with bounds that are reached soon. */
async function openBounded(path: string, limits: Partial<ApartLimits>) {
  const request = { name: `"${path}"`, backend: "auto", path: resolve(path), memory: undefined } as const;
  const file = await openApart({ ...request, copy: async () => path }, {}, { ...DEFAULT_LIMITS, ...limits });
  if (!file) throw new Error("No process can be started here.");
  return file;
}

describe("a damaged file is an error, and no more", () => {
  it("that is read for ever: it is ended, and says so", async () => {
    const error = await openBounded(damaged("endless-resync.mkv"), { workSeconds: 0.4 }).catch((reason: unknown) => reason);
    expect(FoleyError.isInstance(error) && error.code).toBe("bad-file");
    expect((error as Error).message).toMatch(/endless-resync\.mkv" is damaged: reading it takes work without end\. Copy/);
    using next = await openMedia(fixture("h264-aac.mp4"));
    expect(next.info.container).toBe("mp4");
  });
  it.runIf(native)("that fills the memory", async () => {
    const read = openBounded(fixture("h264-8k.mp4"), { megabytes: -1900 }).then((file) => file.frames().next());
    await expect(read).rejects.toThrow(/far more memory than such a file needs/);
  });
  it.runIf(native)("that crashes a decoder: its sound is an error, its picture is still there", async () => {
    using file = await openMedia(damaged("crash-in-vorbis.webm"));
    const count = async (): Promise<number> => {
      let frames = 0;
      for await (const _ of file.frames({ size: [16, 16] })) frames++;
      return frames;
    };
    const before = await count();
    await expect(file.audio()).rejects.toThrow(/crash-in-vorbis\.webm" is damaged: its decoder crashed \(SIG\w+\)/);
    expect(before).toBeGreaterThan(0);
    expect(await count()).toBe(before);
  });
  it.runIf(native).each(["stray-rejection.flac", "stray-rejection.mp4"])(
    "that leaves rejections behind which nothing waits for: %s",
    async (name) => {
      const { opened, refusals } = await drain(() => openMedia(damaged(name)));
      expect(opened).toBe(true);
      expect(refusals).toEqual([expect.stringMatching(/is damaged or cut off: its data cannot be decoded at 0\.\d+ s/)]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(stray).toEqual([]);
    },
  );
});

describe.each(["process", "none"] as const)("a length that no packets carry (isolation %s)", (isolation) => {
  it("is refused when the file is opened, at no cost", async () => {
    const bytes = await still(40_000);
    const before = process.cpuUsage();
    const open = openMedia(bytes, { isolation });
    await expect(open).rejects.toThrow(/claims 40000 s of picture and has 1 packets of it, so its index is damaged/);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
  });
  it("counts for nothing where an edit list says what is shown", async () => {
    const { opened, frames } = await drain(() => openMedia(damaged("claims-weeks.mp4"), { isolation }));
    expect(opened).toBe(true);
    expect(frames).toBeLessThanOrEqual(20);
  });
  it("is not that of a still that stands for minutes", async () => {
    const bytes = await still(590);
    using file = await openMedia(bytes, { isolation });
    expect(file.info.video?.duration).toBeCloseTo(590, 1);
    await expect(openMedia(await still(700), { isolation })).rejects.toThrow(/claims 700 s of picture and has 1 packets/);
  });
});

describe.runIf(native)("what comes from the other process is what this one would read", () => {
  it.each(["h264-aac.mp4", "vp9-opus.webm"])("%s", async (name) => {
    const bytes = await fixtureBytes(name);
    using apart = await openMedia(bytes);
    using here = await openMedia(bytes, { isolation: "none" });
    expect(apart.info).toEqual(here.info);
    expect(await apart.audio()).toEqual(await here.audio());
    expect(await videoPacketDigest(apart)).toEqual(await videoPacketDigest(here));
    const frames = here.frames({ size: [32, 24] });
    let before: Uint8Array | undefined;
    for await (const frame of apart.frames({ size: [32, 24] })) {
      expect(frame).toEqual((await frames.next()).value);
      expect(frame.rgb === before).toBe(frame.repeated);
      before = frame.rgb;
    }
    const sound = silence(60_000, { sampleRate: 48_000, channels: 2 });
    const options = { original: "mix", container: "mkv" } as const;
    expect(await apart.replaceAudio(sound, options)).toEqual(await here.replaceAudio(sound, options));
  });
  it("an abort is its own reason, and the file stays usable", async () => {
    using file = await openMedia(fixture("h264-aac.mp4"));
    const controller = new AbortController();
    const reading = file.audio({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    expect((await file.audio()).channels[0]).toHaveLength(88_200);
  });
  it("the process may be started ahead", async () => {
    await prepareReading();
    const begun = performance.now();
    await prepareReading();
    expect(performance.now() - begun).toBeLessThan(20);
    expect((await probe(fixture("h264-aac.mp4"))).container).toBe("mp4");
  });
  it("many at once, each with its own", async () => {
    const path = fixture("sound-only.mp4");
    const read = await Promise.all([readAudio(path), readAudio(path), readAudio(new Uint8Array(await readFile(path)))]);
    for (const sound of read) expect(sound).toEqual(read[0]);
  });
});
