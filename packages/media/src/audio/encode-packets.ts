/**
 * Sound → encoded packets whose first audible sample lies exactly at time 0.
 *
 * An AAC encoder delays its signal by 1024 samples. Muxers write what they are told, so by default the sound would land
 * 21 ms late. The samples are therefore handed in 1024 samples early: the packet that holds only the run-in then starts
 * before 0, and an mp4 muxer turns that into an edit list (ISO/IEC 14496-12 §8.6.6). The encoder is always the
 * WebAssembly one, because its delay is known.
 */
import { FoleyError } from "@foley-control/core";
import {
  AudioSample,
  AudioSampleSource,
  canEncodeAudio,
  type EncodedPacket,
  MkvOutputFormat,
  NullTarget,
  Output,
  Quality,
} from "mediabunny";
import { quiet } from "../quiet.js";
import { checkPcm, type Pcm, pcmLength } from "./pcm.js";

/** Samples by which the AAC encoder in use delays its input. */
export const AAC_DELAY = 1024;

/** Sample rates that AAC can carry, in Hz (ISO/IEC 14496-3 table 1.18). */
export const AAC_SAMPLE_RATES: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000,
];

/** Encoded sound, ready for a muxer. */
export interface EncodedSound {
  readonly codec: "aac" | "opus";
  /** In the order of their times; can be gone over more than once. */
  readonly packets: Iterable<EncodedPacket>;
  /** How many there are. */
  readonly count: number;
  readonly decoderConfig: AudioDecoderConfig;
}

/** Bits per second for each channel when no bit rate is asked for. */
export const DEFAULT_BITRATE_PER_CHANNEL = 128_000;

/** Samples handed to the encoder at once. */
const BLOCK = 16_384;

/**
 * Encodes `pcm` so that its sample 0 is presented at 0 s and its end is exact to the sample.
 *
 * @param options.bitrate bits per second; default {@link DEFAULT_BITRATE_PER_CHANNEL} per channel.
 */
export async function encodePackets(
  pcm: Pcm,
  codec: "aac" | "opus",
  options: { readonly bitrate?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<EncodedSound> {
  checkPcm(pcm, "sound");
  quiet();
  if (codec === "aac") (await import("@mediabunny/aac-encoder")).registerAacEncoder(); // 1 MB, loaded when used
  const { sampleRate, channels } = pcm;
  const bitrate = options.bitrate ?? DEFAULT_BITRATE_PER_CHANNEL * channels.length;
  if (!(await canEncodeAudio(codec, { numberOfChannels: channels.length, sampleRate, quality: new Quality({ bitrate }) }))) {
    if (codec === "opus") {
      throw new FoleyError("missing-dependency", "webm and mkv need an Opus encoder, and there is none here.", {
        hint: "Run `npm install @mediabunny/server`, or write .mp4 or .mov.",
      });
    }
    const what = `No ${codec} encoder here takes ${channels.length} channels at ${sampleRate} Hz and ${bitrate} bit/s.`;
    throw new FoleyError("unsupported", what, { hint: "Use 1 to 8 channels at 44100 or 48000 Hz." });
  }
  const packets: EncodedPacket[] = [];
  let decoderConfig: AudioDecoderConfig | undefined;
  const source = new AudioSampleSource({
    codec,
    quality: new Quality({ bitrate }),
    onEncodedPacket(packet, meta) {
      decoderConfig ??= meta?.decoderConfig;
      packets.push(packet);
    },
  });
  const output = new Output({ format: new MkvOutputFormat(), target: new NullTarget() });
  output.addAudioTrack(source);
  const delay = codec === "aac" ? AAC_DELAY : 0;
  const block = (from: number, to: number) => planarSample(pcm, from, to, (from - delay) / sampleRate);
  await encodeBlocks(output, source, { length: pcmLength(pcm), size: BLOCK, block, signal: options.signal });
  if (!decoderConfig) throw new FoleyError("invalid-argument", "The sound has no samples, so there is nothing to encode.");
  const end = pcmLength(pcm) / sampleRate;
  const kept = cutAtEnd(packets, end);
  return { codec, decoderConfig, packets: kept, count: kept.length };
}

/** Drops what lies after `end` and shortens the last packet, so that the track is as long as the sound to the sample. */
function cutAtEnd(packets: readonly EncodedPacket[], end: number): EncodedPacket[] {
  const half = 1e-6;
  const kept = packets.filter((packet) => packet.timestamp < end - half);
  const last = kept.at(-1);
  if (last && last.timestamp + last.duration > end) kept[kept.length - 1] = last.clone({ duration: end - last.timestamp });
  return kept;
}

/** Hands all samples to the one source of an output, block by block; the output is complete or cancelled. */
export async function encodeBlocks(
  output: Output,
  source: AudioSampleSource,
  options: {
    readonly length: number;
    /** Samples of a block. */
    readonly size: number;
    /** A block, which is closed here. */
    readonly block: (from: number, to: number) => AudioSample;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  const { length, size, block, signal } = options;
  try {
    await output.start();
    for (let at = 0; at < length; at += size) {
      signal?.throwIfAborted();
      using sample = block(at, Math.min(at + size, length));
      await source.add(sample);
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
}

/** One block of `pcm` as a sample of the muxing library; the caller closes it. */
function planarSample(pcm: Pcm, from: number, to: number, timestamp: number): AudioSample {
  const length = to - from;
  const data = new Float32Array(length * pcm.channels.length);
  pcm.channels.forEach((channel, index) => {
    data.set(channel.subarray(from, to), index * length);
  });
  const { channels, sampleRate } = pcm;
  return new AudioSample({ data, format: "f32-planar", numberOfChannels: channels.length, sampleRate, timestamp });
}
