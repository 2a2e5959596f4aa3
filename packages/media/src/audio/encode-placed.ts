/**
 * Sound that fills a small part of a long track: only that part is encoded. The silence around it is one silent packet, again and again,
 * so that four seconds in an hour cost what four seconds cost.
 *
 * A decoder that has read silence for some packets is as one that was just made: AAC-LC packets share nothing but the overlap of two
 * windows (ISO/IEC 14496-3 §4.6.11), and Opus falls to its lowest energies at digital silence (RFC 6716 §4.3.2). The part is therefore
 * encoded with some packets of silence on either side.
 */
import type { EncodedPacket } from "mediabunny";
import { AAC_DELAY, type EncodedSound, encodePackets } from "./encode-packets.js";
import { type Pcm, pcmLength } from "./pcm.js";

/** A sound and its place in a track that is silent elsewhere; in samples of the sound's own rate. */
export interface PlacedSound {
  readonly pcm: Pcm;
  /** Where the sound begins. */
  readonly at: number;
  /** The whole track; the sound is cut at its end. */
  readonly length: number;
}

/** Samples of a packet: one frame of AAC-LC; 20 ms of Opus, which is always at 48 kHz here. */
const FRAME = { aac: 1024, opus: 960 } as const;
/** Packets of silence that are encoded before and after the sound. */
const MARGIN = 8;

/** Encodes as `encodePackets` encodes the whole track. */
export async function encodePlaced(
  placed: PlacedSound,
  codec: "aac" | "opus",
  options: { readonly bitrate?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<EncodedSound> {
  const { pcm, length } = placed;
  const { sampleRate, channels } = pcm;
  const frame = FRAME[codec];
  const at = Math.min(placed.at, length);
  const first = Math.max(0, Math.floor(at / frame) - MARGIN);
  const end = Math.min(length, (Math.ceil((at + pcmLength(pcm)) / frame) + MARGIN) * frame);
  // Less than a second of silence is not worth a second encoder.
  if (first * frame + length - end < sampleRate) return encodePackets(laidOut(placed), codec, options);
  const part = await encodePackets(laidOut({ pcm, at: at - first * frame, length: end - first * frame }), codec, options);
  const silence = channels.map(() => new Float32Array(2 * MARGIN * frame));
  const { packets: silent } = await encodePackets({ sampleRate, channels: silence }, codec, options);
  const packet = [...silent][MARGIN] as EncodedPacket;
  const delay = codec === "aac" ? AAC_DELAY : 0;
  const before = first;
  const after = end === length ? 0 : Math.ceil((length + delay) / frame) - (first + part.count);
  const timeOf = (index: number): number => (index * frame - delay) / sampleRate;
  const silentPackets = function* (from: number, count: number): Generator<EncodedPacket> {
    for (let index = from; index < from + count; index++) {
      const timestamp = timeOf(index);
      yield packet.clone({ timestamp, duration: Math.min(frame / sampleRate, length / sampleRate - timestamp) });
    }
  };
  return {
    codec,
    decoderConfig: part.decoderConfig,
    count: before + part.count + after,
    packets: {
      *[Symbol.iterator]() {
        yield* silentPackets(0, before);
        const shift = (first * frame) / sampleRate;
        for (const each of part.packets) yield each.clone({ timestamp: each.timestamp + shift });
        yield* silentPackets(first + part.count, after);
      },
    },
  };
}

/** The track in memory. */
export function laidOut({ pcm, at, length }: PlacedSound): Pcm {
  if (at === 0 && pcmLength(pcm) === length) return pcm;
  const channels = pcm.channels.map((channel) => {
    const track = new Float32Array(length);
    if (at < length) track.set(channel.subarray(0, length - at), at);
    return track;
  });
  return { sampleRate: pcm.sampleRate, channels };
}
