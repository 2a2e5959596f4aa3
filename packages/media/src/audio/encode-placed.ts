/**
 * Sound that fills a small part of a long track: only that part is encoded. The silence around it is one silent packet, again and again,
 * so that four seconds in an hour cost what four seconds cost.
 *
 * A decoder that has read silence for some packets is as one that was just made: AAC-LC packets share nothing but the overlap of two
 * windows (ISO/IEC 14496-3 §4.6.11), and Opus falls to its lowest energies at digital silence (RFC 6716 §4.3.2). The part is therefore
 * encoded with some packets of silence on either side.
 */
import type { EncodedPacket } from "mediabunny";
import { AAC_DELAY, type EncodedSound, encodePackets, PACKET_SAMPLES, packetCount } from "./encode-packets.js";
import { placed, type SoundStream } from "./sound-stream.js";

/** A sound and its place in a track that is silent elsewhere; in samples of the sound's own rate. */
export interface PlacedSound {
  readonly sound: SoundStream;
  /** Where the sound begins. */
  readonly at: number;
  /** The whole track; the sound is cut at its end. */
  readonly length: number;
}

/** Packets of silence that are encoded before and after the sound. */
const MARGIN = 8;

/** Encodes as `encodePackets` encodes the whole track. */
export async function encodePlaced(
  { sound, length, at: begin }: PlacedSound,
  codec: "aac" | "opus",
  options: { readonly bitrate?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<EncodedSound> {
  const { sampleRate, channelCount } = sound;
  const frame = PACKET_SAMPLES[codec];
  const at = Math.min(begin, length);
  const first = Math.max(0, Math.floor(at / frame) - MARGIN);
  const end = Math.min(length, (Math.ceil((at + sound.length) / frame) + MARGIN) * frame);
  // Less than a second of silence is not worth a second encoder.
  if (first * frame + length - end < sampleRate) return encodePackets(placed(sound, begin, length), codec, options);
  const nothing = { sampleRate, channelCount, length: 0, blocks: noBlocks() };
  const { packets: silent } = await encodePackets(placed(nothing, 0, 2 * MARGIN * frame), codec, options);
  let packet: EncodedPacket | undefined;
  let index = 0;
  for await (const each of silent) if (index++ === MARGIN) packet = each;
  const part = await encodePackets(placed(sound, at - first * frame, end - first * frame), codec, options);
  const delay = codec === "aac" ? AAC_DELAY : 0;
  const count = packetCount(codec, length);
  const silentPackets = function* (from: number, until: number): Generator<EncodedPacket> {
    for (let index = from; index < until; index++) {
      const timestamp = (index * frame - delay) / sampleRate;
      const duration = Math.min(frame / sampleRate, length / sampleRate - timestamp);
      yield (packet as EncodedPacket).clone({ timestamp, duration });
    }
  };
  const packets = async function* (): AsyncGenerator<EncodedPacket, void, undefined> {
    try {
      yield* silentPackets(0, first);
      const shift = (first * frame) / sampleRate;
      for await (const each of part.packets) yield each.clone({ timestamp: each.timestamp + shift });
      if (end < length) yield* silentPackets(first + part.count, count);
    } finally {
      await part.packets.return();
    }
  };
  return { codec, decoderConfig: part.decoderConfig, count, packets: packets() };
}

async function* noBlocks(): AsyncGenerator<never> {}
