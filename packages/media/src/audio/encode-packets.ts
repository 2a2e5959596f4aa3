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
import { inBlocks, type SoundStream } from "./sound-stream.js";

/** Samples by which the AAC encoder in use delays its input. */
export const AAC_DELAY = 1024;

/** Sample rates that AAC can carry, in Hz (ISO/IEC 14496-3 table 1.18). */
export const AAC_SAMPLE_RATES: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000,
];

/** Encoded sound, ready for a muxer; it is encoded while it is read. */
export interface EncodedSound {
  readonly codec: "aac" | "opus";
  /** In the order of their times; they come once. Whoever does not read to the end returns them. */
  readonly packets: AsyncGenerator<EncodedPacket, void, undefined>;
  /** How many there will be. */
  readonly count: number;
  readonly decoderConfig: AudioDecoderConfig;
}

/** Bits per second for each channel when no bit rate is asked for. */
export const DEFAULT_BITRATE_PER_CHANNEL = 128_000;

/** Samples handed to the encoder at once. */
const BLOCK = 16_384;

/** Samples of a packet: one frame of AAC-LC; 20 ms of Opus, which is always at 48 kHz here. */
export const PACKET_SAMPLES = { aac: 1024, opus: 960 } as const;

/** Packets of a sound of `length` samples. */
export const packetCount = (codec: "aac" | "opus", length: number): number =>
  Math.ceil((length + (codec === "aac" ? AAC_DELAY : 0)) / PACKET_SAMPLES[codec]);

/**
 * Encodes a sound so that its sample 0 is presented at 0 s and its end is exact to the sample.
 *
 * @param options.bitrate bits per second; default {@link DEFAULT_BITRATE_PER_CHANNEL} per channel.
 */
export async function encodePackets(
  sound: SoundStream,
  codec: "aac" | "opus",
  options: { readonly bitrate?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<EncodedSound> {
  quiet();
  if (codec === "aac") (await import("@mediabunny/aac-encoder")).registerAacEncoder(); // 1 MB, loaded when used
  const { sampleRate, channelCount, length } = sound;
  const bitrate = options.bitrate ?? DEFAULT_BITRATE_PER_CHANNEL * channelCount;
  if (!(await canEncodeAudio(codec, { numberOfChannels: channelCount, sampleRate, quality: new Quality({ bitrate }) }))) {
    if (codec === "opus") {
      throw new FoleyError("missing-dependency", "webm and mkv need an Opus encoder, and there is none here.", {
        hint: "Run `npm install @mediabunny/server`, or write .mp4 or .mov.",
      });
    }
    throw refused(sound, codec, bitrate);
  }
  const made = cutAtEnd(encoded(sound, codec, bitrate, options.signal), length / sampleRate);
  const first = await made.next().catch((cause: unknown) => {
    // An encoder may say that it can, and then not start.
    throw FoleyError.isInstance(cause) || options.signal?.aborted ? cause : refused(sound, codec, bitrate, cause);
  });
  if (first.done) throw new FoleyError("invalid-argument", "The sound has no samples, so there is nothing to encode.");
  const packets = async function* (): AsyncGenerator<EncodedPacket, void, undefined> {
    try {
      yield first.value.packet;
      for await (const { packet } of made) yield packet;
    } finally {
      await made.return();
    }
  };
  return { codec, decoderConfig: first.value.decoderConfig, packets: packets(), count: packetCount(codec, length) };
}

function refused({ channelCount, sampleRate }: SoundStream, codec: string, bitrate: number, cause?: unknown): FoleyError {
  const what = `No ${codec} encoder here takes ${channelCount} channels at ${sampleRate} Hz and ${bitrate} bit/s.`;
  return new FoleyError("unsupported", what, {
    hint: "Use 1 to 8 channels at 44100 or 48000 Hz, and a bitrate that the codec has.",
    cause,
  });
}

/** A packet, and how all of them are to be decoded. */
interface Encoded {
  readonly packet: EncodedPacket;
  readonly decoderConfig: AudioDecoderConfig;
}

/** Packets as the encoder gives them. */
async function* encoded(
  { sampleRate, channelCount, blocks }: SoundStream,
  codec: "aac" | "opus",
  bitrate: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Encoded, void, undefined> {
  let ready: EncodedPacket[] = [];
  let decoderConfig: AudioDecoderConfig | undefined;
  const source = new AudioSampleSource({
    codec,
    quality: new Quality({ bitrate }),
    onEncodedPacket(packet, meta) {
      decoderConfig ??= meta?.decoderConfig;
      ready.push(packet);
    },
  });
  const output = new Output({ format: new MkvOutputFormat(), target: new NullTarget() });
  output.addAudioTrack(source);
  const taken = (): Encoded[] => {
    const packets = ready;
    ready = [];
    return packets.map((packet) => ({ packet, decoderConfig: decoderConfig as AudioDecoderConfig }));
  };
  let at = codec === "aac" ? -AAC_DELAY : 0;
  let complete = false;
  try {
    await output.start();
    for await (const block of inBlocks(blocks, BLOCK)) {
      signal?.throwIfAborted();
      const length = block[0]?.length ?? 0;
      const data = new Float32Array(length * channelCount);
      for (const [index, channel] of block.entries()) data.set(channel, index * length);
      const shape = { format: "f32-planar", numberOfChannels: channelCount, sampleRate } as const;
      using sample = new AudioSample({ data, ...shape, timestamp: at / sampleRate });
      await source.add(sample);
      at += length;
      yield* taken();
    }
    await output.finalize();
    complete = true;
    yield* taken();
  } finally {
    if (!complete) await output.cancel().catch(() => undefined);
  }
}

/** Drops what lies after `end` and shortens the last packet, so that the track is as long as the sound to the sample. */
async function* cutAtEnd(all: AsyncGenerator<Encoded, void, undefined>, end: number): AsyncGenerator<Encoded, void, undefined> {
  const half = 1e-6;
  let last: Encoded | undefined;
  for await (const each of all) {
    if (each.packet.timestamp >= end - half) continue;
    if (last) yield last;
    last = each;
  }
  if (!last) return;
  const { packet } = last;
  yield packet.timestamp + packet.duration > end ? { ...last, packet: packet.clone({ duration: end - packet.timestamp }) } : last;
}
