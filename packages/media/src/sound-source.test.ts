/** Sound that is read piece by piece, as what a clip gets and as a file: the bytes that the same sound in memory gives. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture } from "../test/node-world.js";
import { encodeFlac, encodeWav, fitLength, openMedia, type Pcm, type PcmSource, resamplePcm, saveSound } from "./node.js";

const RATE = 24_000;
const pcm: Pcm = {
  sampleRate: RATE,
  channels: [Float32Array.from({ length: 2 * RATE }, (_, i) => 0.9 * Math.sin(i / 7 + (i / 9000) ** 2))],
};
/** The same, read. */
function source() {
  const reads: (readonly [number, number])[] = [];
  const sound: PcmSource = {
    ...{ sampleRate: RATE, channelCount: 1, length: 2 * RATE },
    async read(from, to) {
      reads.push([from, to]);
      return [(pcm.channels[0] as Float32Array).slice(from, to)];
    },
  };
  return { reads, sound };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-source-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(["process", "none"] as const)("in a clip, isolation %s", (isolation) => {
  it.each(["replace", "mix"] as const)("%s", async (original) => {
    using media = await openMedia(fixture("h264-aac.mp4"), { isolation });
    const { reads, sound } = source();
    const whole = await media.replaceAudio(pcm, { original, at: 0.25 });
    expect(Buffer.compare(await media.replaceAudio(sound, { original, at: 0.25 }), whole)).toBe(0);
    expect(reads.map(([from]) => from)).toEqual(reads.map(([from]) => from).sort((a, b) => a - b));
    const out = join(folder, `${isolation}-${original}.mp4`);
    await media.saveWithAudio(out, sound, { original, at: 0.25 });
    expect(Buffer.compare(await readFile(out), whole)).toBe(0);
  });
});

it("as a file", async () => {
  const options = { sampleRate: 48_000, bits: 24, seconds: 1.9 } as const;
  const fitted = fitLength(resamplePcm(pcm, 48_000), 1.9 * 48_000);
  for (const [path, bytes] of [
    [join(folder, "a.wav"), encodeWav(fitted, { bits: 24 })],
    [join(folder, "a.flac"), await encodeFlac(fitted)],
  ] as const) {
    await saveSound(path, source().sound, options);
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
  }
  await expect(saveSound(join(folder, "a.mp3"), pcm)).rejects.toMatchObject({ code: "unsupported" });
  const stop = AbortSignal.abort(new Error("stopped"));
  await expect(saveSound(join(folder, "b.flac"), pcm, { signal: stop })).rejects.toThrow("stopped");
});

it("that is none is refused", async () => {
  using media = await openMedia(fixture("h264-aac.mp4"));
  await expect(media.replaceAudio({ ...source().sound, length: 1.5 })).rejects.toThrow(/pcm has 1 channels of 1\.5 samples/);
});
