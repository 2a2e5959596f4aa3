/** FLAC files through the WebAssembly encoder of the muxing library: the same bytes everywhere, exact to the sample. */
import { registerFlacEncoder } from "@mediabunny/flac-encoder";
import {
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  FlacOutputFormat,
  Output,
  StreamTarget,
  type StreamTargetChunk,
} from "mediabunny";
import { quiet } from "../quiet.js";
import { type ByteStream, writeToStream } from "../write/to-stream.js";
import { inBlocks, type SoundStream } from "./sound-stream.js";

/** Samples handed to the encoder at once. */
const BLOCK = 65_536;

/** Does the work of `encodeFlac`. */
export async function flacBytes(sound: SoundStream, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const target = new BufferTarget();
  await muxFlac(sound, target, signal);
  return new Uint8Array(target.buffer as ArrayBuffer);
}

/** Writes a file piece by piece; its beginning is completed at the end. */
export const streamFlac = (
  sound: SoundStream,
  stream: WritableStream<StreamTargetChunk>,
  signal: AbortSignal | undefined,
): Promise<void> => muxFlac(sound, new StreamTarget(stream, { chunked: true, chunkSize: 1 << 20 }), signal);

/** Does the work of `writeFlac`. */
export const flacToStream = (sound: SoundStream, stream: ByteStream, signal: AbortSignal | undefined): Promise<void> =>
  writeToStream(stream, {
    whole: undefined,
    async pieces(chunks, { inOrder }) {
      if (!inOrder) return streamFlac(sound, chunks, signal);
      const writer = chunks.getWriter();
      await writer.write({ type: "write", position: 0, data: await flacBytes(sound, signal) });
      await writer.close();
    },
  });

async function muxFlac(
  { sampleRate, channelCount, blocks }: SoundStream,
  target: BufferTarget | StreamTarget,
  signal: AbortSignal | undefined,
): Promise<void> {
  quiet();
  registerFlacEncoder();
  const output = new Output({ format: new FlacOutputFormat(), target });
  const source = new AudioSampleSource({ codec: "flac" });
  output.addAudioTrack(source);
  try {
    await output.start();
    let at = 0;
    for await (const block of inBlocks(blocks, BLOCK)) {
      signal?.throwIfAborted();
      const length = block[0]?.length ?? 0;
      const data = new Int16Array(length * channelCount);
      block.forEach((channel, index) => {
        for (let i = 0, to = index; i < length; i++, to += channelCount)
          data[to] = Math.min(Math.max(Math.round((channel[i] as number) * 32768), -32768), 32767);
      });
      using sample = new AudioSample({
        ...{ data, format: "s16", numberOfChannels: channelCount, sampleRate },
        timestamp: at / sampleRate,
      });
      await source.add(sample);
      at += length;
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
}
