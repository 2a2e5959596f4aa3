import { createRandom } from "@foley-control/core";
import { expect, it } from "vitest";
import { createResampleStream, HIGH_QUALITY_RESAMPLING, resample } from "./index.js";

const random = createRandom(0, "resample-stream");
const noise = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random.uniform() - 1);

it.each([
  [24_000, 48_000],
  [44_100, 48_000],
  [48_000, 44_100],
  [48_000, 16_000],
  [48_000, 48_000],
] as const)("%i to %i Hz gives the same bits in blocks as at once", (from, to) => {
  for (const length of [0, 1, 777, 20_011]) {
    const whole = noise(length);
    for (const size of [1000, 1 + random.integer(0, 5000)]) {
      const stream = createResampleStream(from, to, HIGH_QUALITY_RESAMPLING);
      const parts: Float32Array[] = [];
      for (let at = 0; at < length; at += size) parts.push(stream.push(whole.subarray(at, at + size)));
      parts.push(stream.finish());
      const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        out.set(part, at);
        at += part.length;
      }
      expect(
        Buffer.compare(Buffer.from(out.buffer), Buffer.from(resample(whole, from, to, HIGH_QUALITY_RESAMPLING).buffer)),
      ).toBe(0);
    }
  }
});
