/**
 * New sound for an old picture: the video packets are copied bit for bit, with their timestamps, rotation, colour tags and
 * aspect ratio; the sound is placed so that its sample 0 is heard at the start of the clip.
 */
import { FoleyError } from "@foley-control/core";
import {
  type AudioTrackMetadata,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  Output,
  type Target,
} from "mediabunny";
import type { EncodedSound } from "../audio/encode-packets.js";
import { packetsWithin, type TrackWindow } from "../read/track-window.js";
import { type OutputLayout, outputFormat } from "./container.js";
import type { VideoContainer } from "./container-name.js";
import { endPicture } from "./end-picture.js";
import { type KeptMetadata, stampTime } from "./kept-metadata.js";
import { stampMatrix } from "./stamp-matrix.js";

/** What {@link muxTracks} joins. */
export interface MuxRequest {
  readonly video: InputVideoTrack;
  /** Sound already encoded; its packets lie on the clip's own time, starting at 0. */
  readonly sound: EncodedSound | undefined;
  /** Original sound tracks to carry along before the new one, packets copied. */
  readonly keep: readonly InputAudioTrack[];
  /** What of a source track is shown or heard; only the packets for that are copied. */
  readonly windowOf: (track: InputTrack) => TrackWindow;
  /** Time of the source that becomes 0, in seconds. */
  readonly origin: number;
  readonly container: VideoContainer;
  readonly target: Target;
  readonly layout: OutputLayout;
  /** Where on the clip's own time the picture ends, when packets behind that are copied for others that are made from them. */
  readonly endsAt?: number | undefined;
  /** Code of the picture's colour matrix; default what the muxing library finds. */
  readonly matrix?: number | undefined;
  /** What the source says about itself; default nothing. */
  readonly metadata?: KeptMetadata | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the time in seconds up to which packets are written. */
  readonly onTime?: ((seconds: number) => void) | undefined;
}

/** One track on its way: packets in, `add` out. */
interface Lane {
  next: EncodedPacket | undefined;
  readonly packets: AsyncIterator<EncodedPacket>;
  readonly add: (packet: EncodedPacket) => Promise<void>;
  readonly close: () => void;
}

/** Writes the tracks into `request.target`, interleaved by time. */
export async function muxTracks(request: MuxRequest): Promise<void> {
  const { video, sound, keep, container, signal } = request;
  const format = outputFormat(container, request.layout);
  const output = new Output({ format, target: request.target });
  output.setMetadataTags(request.metadata?.tags ?? {});
  stampTime(output, request.metadata?.created ?? 0);
  const lanes: Lane[] = [];
  try {
    const videoCodec = await video.getCodec();
    if (!videoCodec || !format.getSupportedVideoCodecs().includes(videoCodec)) {
      const what = `The picture is ${videoCodec ?? "of an unknown codec"}, which ${container} cannot hold without encoding it again.`;
      throw new FoleyError("unsupported", what, {
        hint: "Choose .mkv, or .webm for VP8, VP9 and AV1, or .mp4 or .mov for H.264 and HEVC.",
      });
    }
    const videoSource = new EncodedVideoPacketSource(videoCodec);
    output.addVideoTrack(videoSource, {
      ...(await metadataOf(video, request)),
      rotation: await video.getRotation(),
      flip: await video.getFlip(),
    });
    const videoConfig = configOf(await video.getDecoderConfig(), request.matrix);
    lanes.push(
      lane(
        packetsWithin(video, request.windowOf(video)),
        videoSource,
        videoConfig && { decoderConfig: videoConfig },
        request.origin,
      ),
    );
    for (const track of keep) {
      const codec = await track.getCodec();
      if (!codec || !format.getSupportedAudioCodecs().includes(codec)) {
        const what = `The original sound is ${codec ?? "of an unknown codec"}, which ${container} cannot hold.`;
        throw new FoleyError("unsupported", what, {
          hint: "Choose .mkv or .mp4, or mix or replace the original sound instead of keeping it.",
        });
      }
      const source = new EncodedAudioPacketSource(codec);
      output.addAudioTrack(source, await metadataOf(track, request));
      const config = await track.getDecoderConfig();
      lanes.push(
        lane(packetsWithin(track, request.windowOf(track)), source, config && { decoderConfig: config }, request.origin),
      );
    }
    if (sound) {
      const source = new EncodedAudioPacketSource(sound.codec);
      const named = keep.length > 0 ? { name: "Foley", disposition: { default: false } } : {};
      output.addAudioTrack(source, { ...named, maximumPacketCount: sound.count });
      lanes.push(lane(sound.packets, source, { decoderConfig: sound.decoderConfig }, 0));
    }
    await output.start();
    if (request.matrix !== undefined) stampMatrix(output, request.matrix);
    await Promise.all(lanes.map(advance));
    for (;;) {
      signal?.throwIfAborted();
      const first = earliest(lanes);
      if (!first?.next) break;
      await first.add(first.next);
      request.onTime?.(first.next.timestamp - request.origin);
      await advance(first);
    }
    if (request.endsAt !== undefined) endPicture(output, request.endsAt);
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  } finally {
    await sound?.packets.return();
    await Promise.all(lanes.map(async (each) => each.packets.return?.(undefined)));
  }
}

/** With a matrix to say there is something to say of colours, though the library knows nothing of it. */
function configOf(config: VideoDecoderConfig | null, matrix: number | undefined): VideoDecoderConfig | null {
  if (!config || matrix === undefined) return config;
  return { ...config, colorSpace: { ...config.colorSpace, fullRange: config.colorSpace?.fullRange ?? false } };
}

function lane<Meta>(
  packets: AsyncIterator<EncodedPacket>,
  source: { add(packet: EncodedPacket, meta?: Meta): Promise<void>; close(): void },
  meta: Meta | null,
  origin: number,
): Lane {
  return {
    next: undefined,
    packets,
    add: (packet) =>
      source.add(origin === 0 ? packet : packet.clone({ timestamp: packet.timestamp - origin }), meta ?? undefined),
    close: () => source.close(),
  };
}

async function advance(each: Lane): Promise<void> {
  const { value, done } = await each.packets.next();
  each.next = done ? undefined : value;
  if (done) each.close();
}

function earliest(lanes: readonly Lane[]): Lane | undefined {
  let best: Lane | undefined;
  for (const each of lanes) {
    if (each.next && (!best?.next || each.next.timestamp < best.next.timestamp)) best = each;
  }
  return best;
}

async function metadataOf(track: InputTrack, { layout }: MuxRequest): Promise<AudioTrackMetadata> {
  const name = await track.getName();
  return {
    languageCode: await track.getLanguageCode(),
    disposition: await track.getDisposition(),
    ...(name === null ? {} : { name }),
    ...(layout === "reserved" && { maximumPacketCount: await countPackets(track) }),
  };
}

async function countPackets(track: InputTrack): Promise<number> {
  let count = 0;
  for await (const _packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) count++;
  return count;
}
