/**
 * Checks that must hold in every world. Node's tests and the browser's call the same functions; only how a clip is read and
 * opened differs.
 */

import { pcmLength } from "../src/audio/pcm.js";
import { type MediaFile, type OpenOptions, type Pcm, type VideoContainer, videoPacketDigest } from "../src/index.js";

/** Where the checks run. */
export interface MediaWorld {
  /** Bytes of a clip. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  open(data: Uint8Array<ArrayBuffer>, options?: OpenOptions): Promise<MediaFile>;
}

/** Frame times as an independent program reads them, and the index that each frame shows, in order of time. */
export type Truth = Readonly<Record<string, { readonly times: readonly number[]; readonly indices: readonly number[] }>>;

/** The clips whose frames show their index. */
export const timedClips = [
  "h264-aac.mp4",
  "index-last.mp4",
  "variable-rate.mp4",
  "rotated.mp4",
  "vp9-opus.webm",
  "h264-aac.mov",
  "fragmented.mp4",
  "h264-aac.mkv",
  "h264-aac.ts",
  "no-sound-12fps.mp4",
  "wide-pixels.mp4",
  "edit-list.mp4",
  "delayed-picture.mp4",
  "one-frame-20ms.mp4",
] as const;

/** Reads the index that a fixture's frame shows; `size` is `[height, width]`. */
export function shownIndex(rgb: Uint8Array, size: readonly [number, number], turned = false): number {
  const [height, width] = size;
  let index = 0;
  for (let bit = 0; bit < 8; bit++) {
    // A clip turned by a quarter clockwise (or back) carries its blocks down one side.
    const along = (bit + 0.5) / 8;
    const [x, y] = turned ? [0.25 * width, (1 - along) * height] : [along * width, 0.25 * height];
    index = index * 2 + ((rgb[(Math.floor(y) * width + Math.floor(x)) * 3 + 1] as number) > 128 ? 1 : 0);
  }
  return index;
}

/** Compares every frame at 16 per second with the hold rule; returns a line per wrong frame. */
export async function wrongFrames(
  world: MediaWorld,
  name: string,
  truth: Truth,
  options: { start?: number; fps?: number } = {},
): Promise<string[]> {
  using file = await world.open(await world.read(name));
  const { fps = 16, start = 0 } = options;
  const size = [64, 64] as const;
  const wrong: string[] = [];
  let count = 0;
  for await (const frame of file.frames({ fps, start, size })) {
    count++;
    const want = expectedIndex(name, frame.time, file.info.origin, truth);
    const got = shownIndex(frame.rgb, size, name === "rotated.mp4");
    if (Math.abs(frame.time - (start + frame.index / fps)) > 1e-9) wrong.push(`frame ${frame.index} says ${frame.time} s`);
    if (got !== want) wrong.push(`at ${frame.time} s: frame ${got} instead of ${want}`);
  }
  const length = file.info.video?.duration ?? 0;
  const expected = Math.max(1, Math.ceil((length - start) * fps - 1e-4));
  if (count !== expected) wrong.push(`${count} frames instead of ${expected}`);
  return wrong;
}

/** The index of the frame that the hold rule shows `time` seconds into the clip. */
function expectedIndex(name: string, time: number, origin: number, truth: Truth): number {
  const { times, indices } = truth[name] as Truth[string];
  // This cut lies between two frames. The container keeps it exactly; the program that wrote truth.json snaps it by a frame.
  const shown = name === "edit-list.mp4" ? Array.from({ length: 60 }, (_, index) => index) : indices;
  const at = name === "edit-list.mp4" ? shown.map((index) => index / 30 - 0.37) : times;
  let found = shown[0] as number;
  // 5 µs: what the integer time bases of these clips and of truth.json round away.
  at.forEach((start, i) => {
    if (start <= origin + time + 5e-6) found = shown[i] as number;
  });
  return found;
}

/** What {@link newSound} measured. */
export interface NewSoundResult {
  /** Distance of the decoded click from where it was put, in milliseconds. */
  readonly clickErrorMs: number;
  readonly samples: number;
  readonly expectedSamples: number;
  readonly samePackets: boolean;
  /** Largest difference of a frame's time before and after, in seconds. */
  readonly timeError: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Gives a clip new sound with one click, reads the result back and measures it. */
export async function newSound(
  world: MediaWorld,
  name: string,
  options: { container?: VideoContainer | "auto"; sampleRate?: number; channels?: number } = {},
): Promise<NewSoundResult> {
  using before = await world.open(await world.read(name));
  const { sampleRate = 44100, channels = 2, container = "auto" } = options;
  const seconds = before.info.video?.duration ?? 0;
  const length = Math.round(seconds * sampleRate) + 500;
  const clickAt = Math.min(Math.round(0.75 * sampleRate), length >> 1);
  const click = new Float32Array(length);
  click[clickAt] = 0.9;
  const pcm: Pcm = { sampleRate, channels: Array.from({ length: channels }, () => click) };
  const bytes = await before.replaceAudio(pcm, { container });
  using after = await world.open(bytes);
  const decoded = await after.audio();
  const [first, second] = [await videoPacketDigest(before), await videoPacketDigest(after)];
  const rate = decoded.sampleRate;
  return {
    clickErrorMs: 1000 * Math.abs(loudest(decoded) / rate - clickAt / sampleRate),
    samples: pcmLength(decoded),
    expectedSamples: Math.round(seconds * rate),
    samePackets: first.sha256 === second.sha256 && first.packets === second.packets,
    timeError: await largestTimeError(before, after),
    bytes,
  };
}

/** Index of the largest sample of the first channel. */
export function loudest(pcm: Pcm): number {
  const channel = pcm.channels[0] as Float32Array;
  let best = 0;
  for (let i = 0; i < channel.length; i++) if (Math.abs(channel[i] as number) > Math.abs(channel[best] as number)) best = i;
  return best;
}

async function largestTimeError(before: MediaFile, after: MediaFile): Promise<number> {
  const times: number[] = [];
  for await (const packet of before.videoPackets()) times.push(packet.timestamp - before.info.origin);
  let index = 0;
  let largest = 0;
  for await (const packet of after.videoPackets()) {
    largest = Math.max(largest, Math.abs(packet.timestamp - after.info.origin - (times[index++] ?? Number.NaN)));
  }
  return index === times.length ? largest : Number.NaN;
}

/** One line of {@link runMediaChecks}. */
export interface CheckResult {
  readonly check: string;
  readonly passed: boolean;
  readonly detail: string;
}

/** Everything above in one go, for a page that has no test runner. */
export async function runMediaChecks(world: MediaWorld): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const truth = JSON.parse(new TextDecoder().decode(await world.read("truth.json"))) as Truth;
  const run = async (check: string, work: () => Promise<string>): Promise<void> => {
    const detail = await work().catch((error: unknown) => String(error));
    results.push({ check, passed: detail === "", detail });
  };
  for (const name of timedClips) await run(`frames of ${name}`, async () => (await wrongFrames(world, name, truth)).join("; "));
  for (const [name, container] of [
    ["h264-aac.mp4", "mp4"],
    ["h264-aac.mov", "mov"],
    ["vp9-opus.webm", "webm"],
    ["h264-aac.mkv", "mkv"],
  ] as const) {
    await run(`new sound in ${name}`, async () => {
      const made = await newSound(world, name, { container });
      const good = made.clickErrorMs <= 1 && made.samples === made.expectedSamples && made.samePackets && made.timeError < 2e-3;
      return good ? "" : JSON.stringify({ ...made, bytes: made.bytes.length });
    });
  }
  return results;
}
