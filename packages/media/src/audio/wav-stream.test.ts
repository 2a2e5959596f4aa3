import { createRandom } from "@foley-control/core";
import { expect, it } from "vitest";
import { fitLength, type Pcm } from "./pcm.js";
import { resamplePcm } from "./resample.js";
import { encodeWav } from "./wav.js";
import { wavStream } from "./wav-stream.js";

const random = createRandom(0, "wav-stream");
const pcm: Pcm = {
  sampleRate: 24_000,
  channels: [0, 1].map(() => Float32Array.from({ length: 24_683 }, () => 2.2 * random.uniform() - 1.1)),
};
async function* cut(size: number): AsyncGenerator<Pcm> {
  for (let at = 0; at < 24_683; at += size)
    yield { sampleRate: 24_000, channels: pcm.channels.map((channel) => channel.subarray(at, at + size)) };
}

it.each([
  [24_000, 16, 1.028],
  [48_000, 24, 24_683 / 24_000],
  [44_100, "32f", 1.0284],
  [8000, 24, 1.1],
] as const)("%i Hz, %s bits, %f s: the bytes of the whole, however it comes", async (sampleRate, bits, totalSeconds) => {
  const whole = encodeWav(fitLength(resamplePcm(pcm, sampleRate), Math.round(totalSeconds * sampleRate)), { bits });
  for (const size of [1000, 7777, 30_000]) {
    const parts: Uint8Array[] = [];
    for await (const part of wavStream(cut(size), { totalSeconds, sampleRate, bits })) parts.push(part);
    expect(Buffer.compare(Buffer.concat(parts), whole)).toBe(0);
  }
});

it("stops what makes the pieces when nobody wants more", async () => {
  let stopped = false;
  const endless = async function* (): AsyncGenerator<Pcm> {
    try {
      for (;;) yield { sampleRate: 24_000, channels: [new Float32Array(100)] };
    } finally {
      stopped = true;
    }
  };
  const hours = { totalSeconds: 1e6 };
  for await (const header of wavStream(endless(), { ...hours, tooLong: "open" })) {
    expect([...header.subarray(40)]).toEqual([255, 255, 255, 255]);
    break;
  }
  expect(stopped).toBe(true);
  await expect(wavStream(endless(), hours).next()).rejects.toMatchObject({ code: "too-long" });
});
