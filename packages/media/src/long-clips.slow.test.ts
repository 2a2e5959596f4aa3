/** New sound for long clips: what is encoded and what is held at once is counted, so that it can be said without a clock. */
import { BufferSource, EncodedPacketSink, Input, MATROSKA, MP4 } from "mediabunny";
import { beforeAll, describe, expect, it } from "vitest";
import { longClip } from "../test/long-clip.js";
import { fixtureBytes } from "../test/node-world.js";
import { loadNativeCodecs } from "./node/native.js";
import { type MediaFile, openMedia, type Pcm, type VideoContainer, videoPacketDigest } from "./node.js";

const native = await loadNativeCodecs();
const MINUTES = 8;
const SECONDS = MINUTES * 60;
const RATE = 48_000;

let long: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  long = await longClip(await fixtureBytes("h264-aac.mp4"), { seconds: SECONDS, bytesPerFrame: 75_000 });
});

/** Four seconds with a click at each whole second and a quiet tone. */
const fourSeconds = (): Pcm => {
  const channel = new Float32Array(4 * RATE).map((_, i) => 0.05 * Math.sin((2 * Math.PI * 440 * i) / RATE));
  for (let second = 0; second < 4; second++) channel[second * RATE + 1000] = 0.9;
  return { sampleRate: RATE, channels: [channel, channel] };
};

/** Takes bytes and keeps count; `seek` makes it one of a file. */
function sink(options: { seek: boolean }) {
  const written: { data: Uint8Array; position: number }[] = [];
  const state = { bytes: 0, closed: false, aborted: undefined as unknown };
  const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(chunk: Uint8Array | { data: Uint8Array; position: number }) {
      const placed = chunk instanceof Uint8Array ? { data: chunk, position: state.bytes } : chunk;
      written.push({ data: placed.data.slice(), position: placed.position });
      state.bytes = Math.max(state.bytes, placed.position + placed.data.length);
    },
    close() {
      state.closed = true;
    },
    abort(reason) {
      state.aborted = reason;
    },
  });
  if (options.seek) Object.assign(stream, { seek: async () => undefined });
  const file = (): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(state.bytes);
    for (const { data, position } of written) bytes.set(data, position);
    return bytes;
  };
  return { stream, state, written, file };
}

/** The first of `count` packets of sound, and how many different ones there are. */
async function soundPackets(bytes: Uint8Array<ArrayBuffer>): Promise<{ count: number; different: number }> {
  using input = new Input({ source: new BufferSource(bytes), formats: [MP4, MATROSKA] });
  const track = await input.getPrimaryAudioTrack();
  if (!track) throw new Error("There is no sound.");
  let count = 0;
  const different = new Set<string>();
  for await (const packet of new EncodedPacketSink(track).packets()) {
    count++;
    different.add(Buffer.from(packet.data).toString("base64"));
  }
  return { count, different: different.size };
}

/** Where the clicks are in a stretch, samples from its start. */
async function clicks(media: MediaFile, start: number, duration: number): Promise<number[]> {
  const { channels, sampleRate } = await media.audio({ start, duration });
  expect(sampleRate).toBe(RATE);
  const found: number[] = [];
  (channels[0] as Float32Array).forEach((value, i) => {
    const last = found.at(-1);
    if (Math.abs(value) > 0.4 && (last === undefined || i - last > 100)) found.push(i);
  });
  return found;
}

const loudest = async (media: MediaFile, start: number, duration: number): Promise<number> =>
  ((await media.audio({ start, duration })).channels[0] as Float32Array).reduce(
    (peak, value) => Math.max(peak, Math.abs(value)),
    0,
  );

describe("four seconds of sound in eight minutes", () => {
  const at = 240.3;
  const start = Math.round(at * RATE);
  it.skipIf(!native).each<[VideoContainer, number]>([
    ["mp4", 1024],
    ["mkv", 960],
  ])("%s: only they are encoded, they lie where they belong, and all else is silent", async (container, frame) => {
    using before = await openMedia(long);
    const out = sink({ seek: true });
    await before.writeWithAudio(out.stream, fourSeconds(), { at, container });
    expect(out.state).toMatchObject({ closed: true, aborted: undefined });
    const bytes = out.file();
    const { count, different } = await soundPackets(bytes);
    expect(count).toBeGreaterThanOrEqual(Math.ceil((SECONDS * RATE) / frame));
    expect(different).toBeLessThan((4 * RATE) / frame + 40);
    using after = await openMedia(bytes);
    expect((await videoPacketDigest(after)).sha256).toBe((await videoPacketDigest(before)).sha256);
    const expected = [0, 1, 2, 3].map((second) => start - 240 * RATE + second * RATE + 1000);
    // Matroska keeps times to a millisecond.
    (await clicks(after, 240, 6)).forEach((place, i) => {
      expect(Math.abs(place - (expected[i] as number))).toBeLessThanOrEqual(container === "mp4" ? 1 : 48);
    });
    expect((await clicks(after, 240, 6)).length).toBe(4);
    for (const from of [0, 120, 230, 245, SECONDS - 10]) expect(await loudest(after, from, 9)).toBeLessThan(1e-4);
    expect(after.info.audio?.duration).toBeCloseTo(SECONDS, container === "mp4" ? 4 : 1);
  });

  it("bytes are handed on as they are read: never more than a few megabytes are held", async () => {
    using before = await openMedia(long);
    for (const [seek, container] of [
      [true, "mp4"],
      [true, "mkv"],
      [false, "mp4"],
      [false, "mkv"],
    ] as const) {
      if (container === "mkv" && !native) continue;
      const out = sink({ seek });
      let held = 0;
      const onProgress = (event: { type: string; done?: number }): void => {
        if (event.type === "write-progress") held = Math.max(held, ((event.done ?? 0) / SECONDS) * long.length - out.state.bytes);
      };
      await before.writeWithAudio(out.stream, fourSeconds(), { container, onProgress });
      expect(out.state.bytes).toBeGreaterThan(long.length);
      expect(held, `${container}, ${seek ? "a file" : "a stream"}`).toBeLessThan(20 * 2 ** 20);
      // A stream that cannot go back is never asked to.
      let end = 0;
      for (const { position, data } of seek ? [] : out.written) {
        expect(position).toBe(end);
        end += data.length;
      }
      using after = await openMedia(out.file());
      expect(await videoPacketDigest(after)).toEqual(await videoPacketDigest(before));
      if (native) expect((await clicks(after, 0, 5))[1]).toBeCloseTo(RATE + 1000, container === "mkv" ? -2 : 0);
      if (seek && container !== "mkv") expect(Buffer.from(out.file()).indexOf("moov")).toBeLessThan(200);
    }
  });

  it("a stream that fails, and one who stops, end the writing; the stream hears it", async () => {
    using before = await openMedia(long);
    let taken = 0;
    const full = new WritableStream<Uint8Array<ArrayBuffer>>({
      write(chunk) {
        taken += chunk.length;
        if (taken > 10_000_000) throw new Error("the disk is full");
      },
    });
    await expect(before.writeWithAudio(full, fourSeconds())).rejects.toThrow("the disk is full");
    const out = sink({ seek: false });
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error("enough"));
    await expect(before.writeWithAudio(out.stream, fourSeconds(), { signal: controller.signal, onProgress })).rejects.toThrow(
      "enough",
    );
    expect(out.state.aborted).toMatchObject({ message: "enough" });
    await expect(before.replaceAudio(fourSeconds(), { at: -1 })).rejects.toThrow(/at is -1; 0 or more/);
  });
});
