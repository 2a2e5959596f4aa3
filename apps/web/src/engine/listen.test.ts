/** A sound that comes in pieces is heard as one that comes at once. */
import type { SoundPiece, SoundSummary } from "@foley-control/pipeline";
import { detectOnsets, loudness } from "@foley-control/signal";
import { expect, test } from "vitest";
import type { SoundShape } from "../storage/take-file.js";
import { listen } from "./listen.js";

const RATE = 24_000;

/** Knocks at uneven times, the quietest far below the loudest, over a little noise. */
function knocks(seconds: number): { readonly samples: Float32Array; readonly times: readonly number[] } {
  const times = [0.4, 1.1, 1.98, 2.03, 3.2, 4.55, 5.0, 6.31].filter((time) => time < seconds);
  let noise = 1;
  const samples = new Float32Array(seconds * RATE).map(() => {
    noise = (noise * 16_807) % 2_147_483_647;
    return 1e-4 * (noise / 1_073_741_823 - 1);
  });
  for (const [n, time] of times.entries())
    for (let i = 0; i < 0.2 * RATE && time * RATE + i < samples.length; i++)
      samples[Math.round(time * RATE) + i]! += [0.5, 0.2, 0.05][n % 3]! * Math.exp(-i / 400) * Math.sin(i * (0.3 + 0.1 * n));
  return { samples, times };
}

async function* pieces(
  samples: Float32Array,
  size: number,
  onReturn = (): void => undefined,
): AsyncGenerator<SoundPiece, SoundSummary> {
  try {
    for (let at = 0; at < samples.length; at += size) {
      const totalSeconds = samples.length / RATE;
      const events = [{ time: 9 - at / RATE, strength: 1, source: "encoder" }] as const;
      yield { sampleRate: RATE, channels: [samples.subarray(at, at + size)], startSeconds: at / RATE, totalSeconds, events };
    }
    return { span: { start: 0, duration: 1 } } as SoundSummary;
  } finally {
    onReturn();
  }
}

const { samples } = knocks(7);

test.each([7, 2, 1.37])(
  "pieces of %d s: all of it goes to the sink, with the onsets and the loudness of the whole",
  async (size) => {
    const begun: SoundShape[] = [];
    const taken: Float32Array[] = [];
    const heard = await listen(pieces(samples, Math.round(size * RATE)), {
      begin: async (shape) => void begun.push(shape),
      append: async ([first]) => void taken.push(first as Float32Array),
      read: async (from, to) => [samples.slice(from, to)],
    });
    expect(begun).toEqual([{ sampleRate: RATE, channels: 1, samples: samples.length }]);
    expect(Float32Array.from(taken.flatMap((piece) => [...piece]))).toEqual(samples);
    const { times } = detectOnsets(samples, RATE);
    expect(heard.onsets).toHaveLength(times.length);
    for (const [i, time] of times.entries()) expect(heard.onsets[i]).toBeCloseTo(time, size === 7 ? 12 : 2);
    expect(heard.loudness).toBe(loudness([samples], RATE).integrated);
    expect(heard.events.map(({ time }) => time)).toEqual([...heard.events.map(({ time }) => time)].sort((a, b) => a - b));
  },
);

test("a sink that takes no more ends the work", async () => {
  let ended = false;
  const full = new Error("No space is left.");
  const sink = { begin: async () => undefined, append: () => Promise.reject(full), read: async () => [] };
  await expect(
    listen(
      pieces(samples, RATE, () => (ended = true)),
      sink,
    ),
  ).rejects.toBe(full);
  expect(ended).toBe(true);
});
