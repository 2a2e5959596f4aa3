/** The project's windowed-sinc resampler in its listening quality, from where sounds need it. */
import { createResampleStream, HIGH_QUALITY_RESAMPLING, resample as resampleSinc } from "@foley-control/signal";
import { checkPcm, type Pcm } from "./pcm.js";

/** One channel from one rate to another: ceil(length · to / from) samples, without delay. */
export const resample = (samples: Float32Array, from: number, to: number): Float32Array =>
  resampleSinc(samples, from, to, HIGH_QUALITY_RESAMPLING);

/** Every channel; `pcm` itself when the rate is already right. */
export function resamplePcm(pcm: Pcm, sampleRate: number): Pcm {
  checkPcm(pcm, "pcm");
  if (pcm.sampleRate === sampleRate) return pcm;
  return { sampleRate, channels: pcm.channels.map((channel) => resample(channel, pcm.sampleRate, sampleRate)) };
}

/** Blocks at another rate: the samples of `resamplePcm` of them all, in blocks of other lengths. */
export async function* resampleBlocks(
  blocks: AsyncIterable<readonly Float32Array[]>,
  from: number,
  to: number,
): AsyncGenerator<readonly Float32Array[], void, undefined> {
  if (from === to) return yield* blocks;
  let streams: ReturnType<typeof createResampleStream>[] | undefined;
  for await (const block of blocks) {
    streams ??= block.map(() => createResampleStream(from, to, HIGH_QUALITY_RESAMPLING));
    yield streams.map((stream, channel) => stream.push(block[channel] as Float32Array));
  }
  if (streams) yield streams.map((stream) => stream.finish());
}

/** Exactly `length` samples of each of `channelCount` channels: cut at the end, or silent there. */
export async function* fitBlocks(
  blocks: AsyncIterable<readonly Float32Array[]>,
  channelCount: number,
  length: number,
): AsyncGenerator<readonly Float32Array[], void, undefined> {
  let left = length;
  for await (const block of blocks) {
    const fitting = Math.min(left, block[0]?.length ?? 0);
    if (fitting > 0) yield block.map((channel) => channel.subarray(0, fitting));
    left -= fitting;
    if (left === 0) return;
  }
  yield* silentBlocks(channelCount, left);
}

/** Samples of silence that are handed out at once. */
const SILENT_BLOCK = 65_536;

/** Silence of `length` samples. */
export function* silentBlocks(channelCount: number, length: number): Generator<readonly Float32Array[], void, undefined> {
  for (let left = length; left > 0; left -= Math.min(left, SILENT_BLOCK)) {
    const silence = new Float32Array(Math.min(left, SILENT_BLOCK));
    yield Array.from({ length: channelCount }, () => silence);
  }
}
