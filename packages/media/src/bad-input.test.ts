/** Every kind of file that cannot be used: one clear sentence, the right code, nothing half-written. */
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { BufferSource, BufferTarget, EncodedVideoPacketSource, Input, MP4, Mp4OutputFormat, Output } from "mediabunny";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shownIndex } from "../test/checks.js";
import { fixture, fixtureBytes } from "../test/node-world.js";
import { silence } from "../test/silence.js";
import { findFfmpeg } from "./node/ffmpeg-process.js";
import { loadNativeCodecs } from "./node/native.js";
import { openMedia } from "./node.js";

const native = await loadNativeCodecs();
const ffmpeg = await findFfmpeg();
const backends = [...(native ? (["native"] as const) : []), ...(ffmpeg ? (["ffmpeg"] as const) : [])];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-media-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cut = async (name: string, part: number): Promise<Uint8Array<ArrayBuffer>> => {
  const whole = await fixtureBytes(name);
  return whole.slice(0, Math.floor(whole.length * part));
};

/** A well-formed mp4 whose video track has no frames. */
async function zeroFrames(): Promise<Uint8Array<ArrayBuffer>> {
  const input = new Input({ source: new BufferSource(await fixtureBytes("h264-aac.mp4")), formats: [MP4] });
  const decoderConfig = await (await input.getPrimaryVideoTrack())?.getDecoderConfig();
  input.dispose();
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  output.addVideoTrack(new EncodedVideoPacketSource("avc"), { decoderConfig: decoderConfig as VideoDecoderConfig });
  await output.start();
  await output.finalize();
  return new Uint8Array(output.target.buffer as ArrayBuffer);
}

/** An mp4 of nothing but boxes, each in the one before. */
function nested(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 * count + 16);
  const kinds = ["ftyp", "moov", "trak", "mdia", "minf"];
  const box = (at: number, length: number, kind: number): void => {
    new DataView(bytes.buffer).setUint32(at, length);
    bytes.set(new TextEncoder().encode(kinds[Math.min(kind, 4)]), at + 4);
  };
  box(0, 16, 0);
  for (let i = 0; i < count; i++) box(16 + 8 * i, 8 * (count - i), i + 1);
  return bytes;
}

async function failure(work: Promise<unknown>): Promise<FoleyError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(FoleyError.isInstance(error)).toBe(true);
  const problem = error as FoleyError;
  // One or two sentences, no words of a library, no stack in the text.
  expect(problem.message).toMatch(/^["A-Z].*\.$/s);
  expect(problem.message).not.toMatch(/assert|undefined|at \w+ \(|NaN/i);
  return problem;
}

describe("files that cannot be opened", () => {
  const text = new TextEncoder().encode("Dear diary, today I was renamed.\n".repeat(100));
  const files: readonly (readonly [string, () => Promise<Uint8Array<ArrayBuffer>>, string, RegExp])[] = [
    ["an empty file", async () => new Uint8Array(0), "bad-file", /is empty \(0 bytes\)/],
    ["text renamed .mp4", async () => text, "bad-file", /is not a video or sound file/],
    ["an AVI", () => fixtureBytes("mpeg4-mp3.avi"), "bad-file", /is AVI, which is not read here/],
    ["an mp4 cut before its index", () => cut("index-last.mp4", 0.5), "bad-file", /has no index/],
    ["an mp4 that lacks its last bytes, index there", () => cut("index-last.mp4", 0.99), "bad-file", /has no index/],
    ["an mp4 cut inside its index", () => cut("h264-aac.mp4", 0.1), "bad-file", /has no index/],
    [
      "an mp4 cut in the middle of its data",
      () => cut("h264-aac.mp4", 0.7),
      "bad-file",
      /cut off: its picture should last until 2 s/,
    ],
    ["a fragmented mp4 cut in the middle", () => cut("fragmented.mp4", 0.6), "bad-file", /cut off/],
    ["a webm cut in the middle", () => cut("vp9-opus.webm", 0.6), "bad-file", /should last until 2\.407 s, but the data ends at/],
    ["an mkv cut inside its first cluster", () => cut("h264-aac.mkv", 0.6), "bad-file", /cut off|has no index/],
    ["a video of zero frames", zeroFrames, "no-video", /without a single frame/],
    ["boxes in boxes without end", async () => nested(30_000), "bad-file", /has no index|damaged/],
  ];
  it.each(files)("%s", async (_, bytes, code, message) => {
    const path = join(folder, "clip.mp4");
    await writeFile(path, await bytes());
    const problem = await failure(openMedia(path));
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(message);
    expect(problem.message).toContain(path);
  });
  it("a missing file, a folder, a file below a file", async () => {
    expect((await failure(openMedia(join(folder, "no.mp4")))).message).toMatch(/does not exist/);
    expect((await failure(openMedia(folder))).message).toMatch(/is a folder/);
    expect((await failure(openMedia(join(fixture("truth.json"), "x.mp4")))).message).toMatch(/does not exist/);
  });
  it.skipIf(process.platform === "win32")("a device", async () => {
    expect((await failure(openMedia("/dev/zero"))).message).toMatch(/is not a file but a device or a pipe/);
  });
  it("memory is named as such", async () => {
    expect((await failure(openMedia(new Uint8Array(0)))).message).toMatch(/^The data is empty/);
    expect((await failure(openMedia(new Blob([text])))).message).toMatch(/^The data is not a video/);
  });
  it("a header changed anywhere gives a clear error or a readable file, never a crash", async () => {
    const whole = await fixtureBytes("h264-aac.mp4");
    for (let at = 0; at < 1800; at += 149) {
      const changed = whole.slice();
      for (let i = at; i < at + 4; i++) changed[i] = (i * 77 + 13) & 255;
      const before = process.cpuUsage();
      try {
        (await openMedia(changed)).dispose();
      } catch (error) {
        expect(FoleyError.isInstance(error), `changed at ${at}: ${String(error)}`).toBe(true);
      }
      // A count of samples that cannot be (byte 745 belongs to one) must not keep the reader busy.
      expect(process.cpuUsage(before).user / 1e6, `seconds of work, changed at ${at}`).toBeLessThan(5);
    }
  });
});

describe.each(backends)("files that open but lack something (%s)", (backend) => {
  it("sound only: frames say so, sound works", async () => {
    using file = await openMedia(fixture("sound-only.mp4"), { backend });
    expect(file.info.video).toBeUndefined();
    expect((await failure(file.frames().next())).code).toBe("no-video");
    expect((await failure(file.replaceAudio(silence(100, { sampleRate: 44100 })))).code).toBe("no-video");
    expect((await file.audio()).channels[0]?.length).toBe(88200);
  });
  it("picture only: sound says so", async () => {
    using file = await openMedia(fixture("no-sound-12fps.mp4"), { backend });
    expect((await failure(file.audio())).code).toBe("no-audio");
  });
  it("damaged data is an error, or is held over", async () => {
    const bytes = await fixtureBytes("h264-aac.mp4");
    for (let i = 4000; i < 4600; i++) bytes[i] = (i * 77) & 255;
    using strict = await openMedia(bytes, { backend });
    const drain = async (): Promise<void> => {
      for await (const _ of strict.frames({ size: [16, 16] }));
    };
    expect((await failure(drain())).message).toMatch(/cannot be decoded at/);
    let count = 0;
    for await (const _ of strict.frames({ size: [16, 16], onError: "hold" })) count++;
    expect(count).toBe(32);
  });
  it("a cut file opened with hold gives what is there and a warning", async () => {
    using file = await openMedia(await cut("h264-aac.mp4", 0.75), { backend, onError: "hold" });
    expect(file.info.warnings[0]).toMatchObject({ code: "truncated" });
    const shown: number[] = [];
    for await (const frame of file.frames({ size: [64, 64] })) shown.push(shownIndex(frame.rgb, [64, 64]));
    expect(shown.length).toBe(32);
    expect(shown.slice(0, 5)).toEqual([0, 1, 3, 5, 7]);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
  });
  it("one frame of 20 ms", async () => {
    using file = await openMedia(fixture("one-frame-20ms.mp4"), { backend });
    expect(file.info.video).toMatchObject({ duration: 0.02 });
    let count = 0;
    for await (const _ of file.frames({ size: [16, 16] })) count++;
    expect(count).toBe(1);
    using after = await openMedia(await file.replaceAudio(silence(44100, { sampleRate: 44100 })), { backend });
    expect((await after.audio()).channels[0]?.length).toBe(882);
  });
  it("an 8K frame is read within 700 MB", async () => {
    using file = await openMedia(fixture("h264-8k.mp4"), { backend });
    const colours: number[][] = [];
    for await (const frame of file.frames({ fps: 25 })) colours.push(Array.from(frame.rgb.slice(0, 3)));
    expect(colours).toHaveLength(3);
    for (const colour of colours) {
      for (const [i, want] of [0x28, 0x78, 0xc8].entries()) expect(Math.abs((colour[i] as number) - want)).toBeLessThanOrEqual(3);
    }
    expect(process.resourceUsage().maxRSS / 1024).toBeLessThan(700);
  });
  it("a closed file says so", async () => {
    const file = await openMedia(fixture("h264-aac.mp4"), { backend });
    file.dispose();
    file.dispose();
    expect((await failure(file.frames().next())).code).toBe("disposed");
  });
});

describe("outputs", () => {
  const sound = silence(44100, { sampleRate: 44100 });
  it("refuse the input itself, by another name, through a link or a hard link", async () => {
    const path = join(folder, "same.mp4");
    await writeFile(path, await fixtureBytes("h264-aac.mp4"));
    await symlink(path, join(folder, "soft.mp4"));
    await link(path, join(folder, "hard.mp4"));
    using file = await openMedia(path);
    for (const other of [path, join(folder, ".", "x", "..", "same.mp4"), join(folder, "soft.mp4"), join(folder, "hard.mp4")]) {
      const problem = await failure(file.saveWithAudio(other, sound));
      expect(problem.code).toBe("not-writable");
      expect(problem.message).toMatch(/is the input/);
    }
    expect(new Uint8Array(await readFile(path))).toEqual(await fixtureBytes("h264-aac.mp4"));
  });
  it("refuse a folder that is missing, a folder as file, an unknown extension", async () => {
    using file = await openMedia(fixture("h264-aac.mp4"));
    expect((await failure(file.saveWithAudio(join(folder, "no", "out.mp4"), sound))).message).toMatch(/folder .* does not exist/);
    await mkdir(join(folder, "folder.mp4"), { recursive: true });
    expect((await failure(file.saveWithAudio(join(folder, "folder.mp4"), sound))).message).toMatch(/it is a folder/);
    expect((await failure(file.saveWithAudio(join(folder, "out.xyz"), sound))).code).toBe("unsupported");
  });
  it("an aborted mux leaves nothing behind", async () => {
    const inner = await mkdtemp(join(folder, "mux-"));
    using file = await openMedia(fixture("h264-aac.mp4"));
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error("stopped"));
    await expect(file.saveWithAudio(join(inner, "out.mp4"), sound, { signal: controller.signal, onProgress })).rejects.toThrow(
      "stopped",
    );
    expect(await readdir(inner)).toEqual([]);
  });
});

describe.each(["process", "none"] as const)("a picture whose times contradict each other (isolation %s)", (isolation) => {
  it("is not copied, which is said", async () => {
    const bytes = await fixtureBytes("h264-aac.mp4");
    const offsets = Buffer.from(bytes.buffer).indexOf("ctts");
    // The second picture is to be shown a minute after those that follow the next key frame.
    new DataView(bytes.buffer).setInt32(offsets + 24, 1e6);
    const file = await openMedia(bytes, { isolation });
    const sound = silence(4800, { sampleRate: 48_000 });
    const stopped = new Error("the disk is full");
    for (const container of ["mp4", "mkv"] as const) {
      const problem = await failure(file.replaceAudio(sound, { container }));
      expect(problem.code).toBe("bad-file");
      expect(problem.message).toContain(`The picture of The data cannot be copied into ${container}: its index contradicts`);
    }
    file.dispose();
    const whole = await openMedia(fixture("h264-aac.mp4"), { isolation });
    const full = new WritableStream({ write: () => Promise.reject(stopped) });
    await expect(whole.writeWithAudio(full, sound)).rejects.toThrow("the disk is full");
    whole.dispose();
  });
});
