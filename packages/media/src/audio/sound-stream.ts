/** Sound on its way: a length that is known and blocks in order, so that no step between a file and an encoder holds more than a block. */
import { createLimiter } from "@foley-control/signal";
import { mixPcm, type Pcm } from "./pcm.js";
import type { PcmSource } from "./pcm-source.js";
import { fitBlocks, resampleBlocks, silentBlocks } from "./resample.js";

/** Channels of one length. */
export type Block = readonly Float32Array[];

/** Sound that comes once, from its beginning to its end. */
export interface SoundStream {
  readonly sampleRate: number;
  readonly channelCount: number;
  /** Samples of one channel: those of all blocks together. */
  readonly length: number;
  readonly blocks: AsyncIterable<Block>;
}

/** Samples that are read at once. */
const READ = 131_072;

/** A stream of what is read. */
export function streamOf({ sampleRate, channelCount, length, read }: PcmSource): SoundStream {
  const blocks = async function* (): AsyncGenerator<Block> {
    for (let at = 0; at < length; at += READ) yield await read(at, Math.min(length, at + READ));
  };
  return { sampleRate, channelCount, length, blocks: blocks() };
}

/** All of it in memory. */
export async function collected({ sampleRate, channelCount, length, blocks }: SoundStream): Promise<Pcm> {
  const channels = Array.from({ length: channelCount }, () => new Float32Array(length));
  let at = 0;
  for await (const block of blocks) {
    for (const [index, channel] of channels.entries()) channel.set(block[index] as Float32Array, at);
    at += block[0]?.length ?? 0;
  }
  return { sampleRate, channels };
}

/** The same at another rate. */
export const resampled = (stream: SoundStream, sampleRate: number): SoundStream => ({
  ...stream,
  sampleRate,
  length: Math.ceil((stream.length * sampleRate) / stream.sampleRate),
  blocks: resampleBlocks(stream.blocks, stream.sampleRate, sampleRate),
});

/** The same, louder or softer by a factor. */
export function scaled(stream: SoundStream, gain: number): SoundStream {
  if (gain === 1) return stream;
  const blocks = async function* (): AsyncGenerator<Block> {
    for await (const block of stream.blocks) yield block.map((channel) => channel.map((value) => value * gain));
  };
  return { ...stream, blocks: blocks() };
}

/** The sound at a place of a silence of `length` samples, where it is cut off. */
export function placed(stream: SoundStream, at: number, length: number): SoundStream {
  const before = Math.min(at, length);
  const blocks = async function* (): AsyncGenerator<Block> {
    yield* silentBlocks(stream.channelCount, before);
    yield* fitBlocks(stream.blocks, stream.channelCount, length - before);
  };
  return { ...stream, length, blocks: blocks() };
}

/** The same samples in blocks of one size; only the last is shorter. */
export async function* inBlocks(blocks: AsyncIterable<Block>, size: number): AsyncGenerator<Block, void, undefined> {
  let open: Float32Array[] | undefined;
  let filled = 0;
  for await (const block of blocks) {
    const length = block[0]?.length ?? 0;
    for (let from = 0; from < length; ) {
      open ??= block.map(() => new Float32Array(size));
      const count = Math.min(size - filled, length - from);
      for (const [index, channel] of open.entries())
        channel.set((block[index] as Float32Array).subarray(from, from + count), filled);
      [from, filled] = [from + count, filled + count];
      if (filled < size) continue;
      yield open;
      [open, filled] = [undefined, 0];
    }
  }
  if (open && filled > 0) yield open.map((channel) => channel.subarray(0, filled));
}

/** Samples of two sounds that are summed at once. */
const MIXED = 16_384;

/** Two sounds of one rate and length as one, the second with a gain, with the channels of the wider one. */
export function mixed(first: SoundStream, second: SoundStream, gain: number): SoundStream {
  const { sampleRate } = first;
  const channelCount = Math.max(first.channelCount, second.channelCount);
  const blocks = async function* (): AsyncGenerator<Block> {
    const other = inBlocks(second.blocks, MIXED);
    try {
      for await (const channels of inBlocks(first.blocks, MIXED)) {
        const { value } = await other.next();
        yield mixPcm({ sampleRate, channels }, { sampleRate, channels: value ?? [] }, [1, gain]).channels;
      }
    } finally {
      await other.return();
    }
  };
  return { sampleRate, channelCount, length: first.length, blocks: blocks() };
}

/** The sound below the ceiling of true peaks; whoever is told hears, before the last block, how much was taken, dB, 0 or more. */
export function limited(stream: SoundStream, onEnd: (reductionDb: number) => void): SoundStream {
  const blocks = async function* (): AsyncGenerator<Block> {
    const limiter = createLimiter(stream.channelCount, stream.sampleRate);
    for await (const block of stream.blocks) yield limiter.push(block);
    const rest = limiter.finish();
    onEnd(limiter.reductionDb);
    yield rest;
  };
  return { ...stream, blocks: blocks() };
}
