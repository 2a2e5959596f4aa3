/** A stretch made anew: the model is shown little of a long take, and everything outside of the stretch is the take's own, bit by bit. */
import type { SoundPiece, SoundSummary } from "@foley-control/pipeline";
import { expect, test } from "vitest";
import { type Anew, around, eventsAround, shownOf } from "./anew.js";

const RATE = 100;

function take(seconds: number) {
  const samples = Float32Array.from({ length: seconds * RATE }, (_, i) => Math.sin(i));
  const reads: number[] = [];
  const read = async (from: number, to: number) => {
    reads.push(to - from);
    return [samples.slice(from, to)];
  };
  return { samples, reads, take: { sampleRate: RATE, channels: 1, samples: samples.length, events: [], read } };
}

test("of a short take all is shown; of a long one as much as is made at once, around the stretch, within the take", () => {
  const short = { start: 1, end: 2, take: take(6).take };
  expect(shownOf(short, 0, 8)).toEqual({ from: 0, to: 600 });
  const long = (start: number, end: number): Anew => ({ start, end, take: take(100).take });
  expect(shownOf(long(50, 51), 0, 8)).toEqual({ from: 4650, to: 5450 });
  expect(shownOf(long(60, 61), 10, 8)).toEqual({ from: 4650, to: 5450 });
  expect(shownOf(long(0, 1), 0, 8)).toEqual({ from: 0, to: 800 });
  expect(shownOf(long(99.5, 100), 0, 8)).toEqual({ from: 9200, to: 10_000 });
  expect(shownOf(long(40, 60), 0, 8)).toEqual({ from: 3800, to: 6200 });
});

async function whole(seconds: number, codec: { sampleRate: number; channels: number }, madeSamples?: number) {
  const { samples, reads, take: own } = take(seconds);
  const anew = { start: 12, end: 13, take: own };
  const part = shownOf(anew, 0, 8);
  let left = false;
  const made = async function* (): AsyncGenerator<SoundPiece, SoundSummary> {
    try {
      const channels = Array.from({ length: codec.channels }, () => new Float32Array(madeSamples ?? part.to - part.from).fill(9));
      yield { sampleRate: RATE, channels, startSeconds: 0, totalSeconds: 8, events: [] };
      return "summary" as unknown as SoundSummary;
    } finally {
      left = true;
    }
  };
  const pieces: SoundPiece[] = [];
  const stream = around(made(), anew, part, codec);
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) pieces.push(next.value);
  return { samples, reads, part, pieces, summary: next.value, left };
}

test("what is before and behind is handed on in parts, as wide as what is made, and the whole is as long as it was", async () => {
  const { samples, reads, part, pieces, summary } = await whole(35, { sampleRate: RATE, channels: 2 });
  for (const channel of [0, 1]) {
    const heard = pieces.flatMap(({ channels }) => [...(channels[channel] as Float32Array)]);
    expect(heard).toEqual([...samples].fill(9, part.from, part.to));
  }
  expect(pieces.map(({ totalSeconds }) => totalSeconds)).toEqual(pieces.map(() => 35));
  expect(Math.max(...reads)).toBeLessThanOrEqual(10 * RATE);
  expect(summary).toBe("summary");
});

test("a sample too few or too many is made up for", async () => {
  for (const made of [799, 801])
    expect(
      (await whole(35, { sampleRate: RATE, channels: 1 }, made)).pieces.reduce(
        (sum, { channels }) => sum + (channels[0]?.length ?? 0),
        0,
      ),
    ).toBe(3500);
});

test("a take of fewer samples a second than the model makes is refused: it would not stay as it is", async () => {
  await expect(whole(20, { sampleRate: 2 * RATE, channels: 1 })).rejects.toMatchObject({ code: "unsupported" });
});

test("events of the stretch are those that were made, others those of the take", () => {
  const at = (time: number, strength: number) => ({ time, strength, source: "encoder" as const });
  const anew = { start: 1, end: 2, take: { ...take(4).take, events: [at(0.5, 1), at(1, 1), at(1.5, 1), at(2, 1)] } };
  expect(eventsAround(anew, [at(1.7, 0.5)])).toEqual([at(0.5, 1), at(1.7, 0.5), at(2, 1)]);
});
