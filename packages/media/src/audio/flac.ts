/** FLAC files through the WebAssembly encoder of the muxing library: the same bytes everywhere, exact to the sample. */
import { registerFlacEncoder } from "@mediabunny/flac-encoder";
import { AudioSample, AudioSampleSource, BufferTarget, FlacOutputFormat, Output } from "mediabunny";
import { quiet } from "../quiet.js";
import { checkPcm, type Pcm, pcmLength } from "./pcm.js";

/** Samples handed to the encoder at once. */
const BLOCK = 65_536;

/** A lossless FLAC file of exactly the given samples, rounded to 16 bits, clipped at full scale. */
export async function encodeFlac(
  pcm: Pcm,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkPcm(pcm, "pcm");
  quiet();
  registerFlacEncoder();
  const target = new BufferTarget();
  const output = new Output({ format: new FlacOutputFormat(), target });
  const source = new AudioSampleSource({ codec: "flac" });
  output.addAudioTrack(source);
  const { channels, sampleRate } = pcm;
  try {
    await output.start();
    for (let at = 0; at < pcmLength(pcm); at += BLOCK) {
      options.signal?.throwIfAborted();
      const length = Math.min(BLOCK, pcmLength(pcm) - at);
      const data = new Int16Array(length * channels.length);
      channels.forEach((channel, index) => {
        for (let i = 0; i < length; i++) {
          data[i * channels.length + index] = Math.min(Math.max(Math.round((channel[at + i] as number) * 32768), -32768), 32767);
        }
      });
      const sample = new AudioSample({
        data,
        format: "s16",
        numberOfChannels: channels.length,
        sampleRate,
        timestamp: at / sampleRate,
      });
      try {
        await source.add(sample);
      } finally {
        sample.close();
      }
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
  return new Uint8Array(target.buffer as ArrayBuffer);
}
