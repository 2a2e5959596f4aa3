/** FLAC files through the WebAssembly encoder of the muxing library: the same bytes everywhere, exact to the sample. */
import { registerFlacEncoder } from "@mediabunny/flac-encoder";
import { AudioSample, AudioSampleSource, BufferTarget, FlacOutputFormat, Output } from "mediabunny";
import { quiet } from "../quiet.js";
import { encodeBlocks } from "./encode-packets.js";
import { type Pcm, pcmLength } from "./pcm.js";

/** Samples handed to the encoder at once. */
const BLOCK = 65_536;

/** Does the work of `encodeFlac`. */
export async function flacFile(pcm: Pcm, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  quiet();
  registerFlacEncoder();
  const target = new BufferTarget();
  const output = new Output({ format: new FlacOutputFormat(), target });
  const source = new AudioSampleSource({ codec: "flac" });
  output.addAudioTrack(source);
  const { channels, sampleRate } = pcm;
  const block = (from: number, to: number): AudioSample => {
    const data = new Int16Array((to - from) * channels.length);
    channels.forEach((channel, index) => {
      for (let i = from, at = index; i < to; i++, at += channels.length)
        data[at] = Math.min(Math.max(Math.round((channel[i] as number) * 32768), -32768), 32767);
    });
    return new AudioSample({ data, format: "s16", numberOfChannels: channels.length, sampleRate, timestamp: from / sampleRate });
  };
  await encodeBlocks(output, source, { length: pcmLength(pcm), size: BLOCK, block, signal });
  return new Uint8Array(target.buffer as ArrayBuffer);
}
