import type { SoundPiece, SoundSummary } from "@foley-control/pipeline/node";
import { expect, it } from "vitest";
import { pipeSound } from "./pipe.js";

const RATE = 24_000;
const summary = { span: { start: 0, duration: 3 } } as SoundSummary;
/** Three seconds, one after the other, with what has been written before each. */
async function* pieces(written: readonly Uint8Array[], seen: number[]): AsyncGenerator<SoundPiece, SoundSummary, undefined> {
  for (let second = 0; second < 3; second++) {
    seen.push(written.reduce((sum, bytes) => sum + bytes.length, 0));
    const channels = [new Float32Array(RATE).fill(0.5)];
    yield { sampleRate: RATE, channels, startSeconds: second, totalSeconds: 3, events: [] };
  }
  return summary;
}

it("writes each piece before it asks for the next, and a header that names the whole", async () => {
  const written: Uint8Array[] = [];
  const seen: number[] = [];
  const output = async (bytes: Uint8Array): Promise<void> => void written.push(bytes);
  expect(await pipeSound(pieces(written, seen), output)).toBe(summary);
  const bytes = Buffer.concat(written);
  expect(bytes.length).toBe(44 + 3 * 48_000 * 3);
  expect(bytes.readUInt32LE(40)).toBe(3 * 48_000 * 3);
  expect(seen[1]).toBeGreaterThan(0.99 * 48_000 * 3);
  expect(seen[2]).toBeGreaterThan(1.99 * 48_000 * 3);
});

it("stops the work when nobody reads", async () => {
  const seen: number[] = [];
  const stream = pieces([], seen);
  const output = () => Promise.reject(new Error("no reader"));
  await expect(pipeSound(stream, output)).rejects.toThrow("no reader");
  expect(await stream.next()).toEqual({ value: undefined, done: true });
  expect(seen).toHaveLength(1);
});
