/** A FLAC file of sound that comes in pieces: the bytes of the whole, and never the whole where a stream can seek. */
import { createRandom } from "@foley-control/core";
import { expect, it } from "vitest";
import { encodeFlac, writeFlac } from "./flac.js";
import { fitLength, type Pcm } from "./pcm.js";
import { resamplePcm } from "./resample.js";

const RATE = 48_000;
/** Long enough to be larger than what a stream gets at once. */
const LENGTH = 600_000;
const random = createRandom(0, "flac-stream");
const channels = [0, 1].map(() => Float32Array.from({ length: LENGTH }, () => 2.2 * random.uniform() - 1.1));

async function* cut(size: number, { length = LENGTH, onPiece = (_at: number): void => undefined } = {}): AsyncGenerator<Pcm> {
  for (let at = 0; at < length; at += size) {
    onPiece(at);
    yield { sampleRate: RATE, channels: channels.map((channel) => channel.subarray(at, Math.min(length, at + size))) };
  }
}

/** What a browser writes files with: a stream that takes positions. */
function seekable() {
  let file = new Uint8Array();
  const sizes: number[] = [];
  const stream = new WritableStream<{ readonly position: number; readonly data: Uint8Array }>({
    write({ position, data }) {
      const after = new Uint8Array(Math.max(file.length, position + data.length));
      after.set(file);
      after.set(data, position);
      file = after;
      sizes.push(data.length);
    },
  });
  const bytes = Object.assign(stream, { seek: () => undefined }) as unknown as WritableStream<Uint8Array<ArrayBuffer>>;
  return { stream: bytes, sizes, file: () => file };
}

it("is what the whole would be, and written as it comes where a stream seeks", async () => {
  const whole = await encodeFlac(fitLength({ sampleRate: RATE, channels }, 12.6 * RATE));
  const to = seekable();
  let written = 0;
  await writeFlac(to.stream, cut(7777, { onPiece: () => (written = to.sizes.length) }), { totalSeconds: 12.6 });
  expect(Buffer.compare(to.file(), whole)).toBe(0);
  // Before the last piece was asked for.
  expect(written).toBeGreaterThan(0);
  expect(Math.max(...to.sizes)).toBeLessThan(whole.length / 2);
});

it("is the same in a stream that does not seek, at another rate", async () => {
  const short = channels.map((channel) => channel.subarray(0, RATE));
  const whole = await encodeFlac(fitLength(resamplePcm({ sampleRate: RATE, channels: short }, 44_100), 1.5 * 44_100));
  const parts: Uint8Array[] = [];
  let closed = false;
  const stream = new WritableStream({ write: (part) => void parts.push(part), close: () => void (closed = true) });
  await writeFlac(stream, cut(7777, { length: RATE }), { totalSeconds: 1.5, sampleRate: 44_100 });
  expect([Buffer.compare(Buffer.concat(parts), whole), closed]).toEqual([0, true]);
});

it("aborts the stream when a piece fails or it is stopped, and ends what makes the pieces", async () => {
  const failing = async function* (): AsyncGenerator<Pcm> {
    yield { sampleRate: RATE, channels: [new Float32Array(10)] };
    throw new Error("The disk is gone.");
  };
  const stopped = new AbortController();
  const cases = [
    [failing(), undefined, "The disk is gone."],
    [cut(10_000, { onPiece: (at) => at > 100_000 && stopped.abort(new Error("stopped")) }), stopped.signal, "stopped"],
  ] as const;
  for (const [pieces, signal, message] of cases) {
    let aborted: unknown;
    const stream = new WritableStream<Uint8Array<ArrayBuffer>>({ abort: (reason) => void (aborted = reason) });
    await expect(writeFlac(stream, pieces, { totalSeconds: 10, signal })).rejects.toThrow(message);
    expect(aborted).toMatchObject({ message });
    expect(await pieces.next()).toMatchObject({ done: true });
  }
});
