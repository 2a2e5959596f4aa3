/**
 * Pictures for a screen rather than for a network: decoded by the platform, drawn upright at any size, at times in any order. A player asks for
 * one after the other, a filmstrip for many that lie far apart, which key frames answer at a fraction of the work.
 */
import { EncodedPacketSink, type InputVideoTrack, type VideoSample, VideoSampleSink } from "mediabunny";
import { FrameReader } from "../read/frame-reader.js";
import { TIME_SLACK } from "../read/frame-times.js";
import type { OpenedFile } from "../read/open.js";
import { noVideo, undecodable, unreadable } from "../read/problems.js";

/** A decoded picture, until the next one is asked for. */
export interface ShownPicture {
  /** Seconds from the start of the clip at which it appears. */
  readonly time: number;
  /** Draws it upright, stretched to a size in pixels from the upper left corner on. */
  draw(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, width: number, height: number): void;
}

/** What the container says of one encoded picture. */
export interface KeptPacket {
  /** Seconds from the start of the clip. */
  readonly time: number;
  /** Encoded size; how much is new in it, for codecs that keep differences. */
  readonly bytes: number;
  /** Whether it stands for itself. */
  readonly key: boolean;
}

/** Reads the pictures of one file. */
export interface PictureReader {
  /** The picture on screen at a time (the hold rule); decodes on from the one before where that is shorter. `undefined` where none decodes. */
  at(seconds: number): Promise<ShownPicture | undefined>;
  /**
   * A picture for each of ascending times: the key frame before it where that is at most `within` seconds earlier, else the one on screen.
   * `undefined` for a time at which nothing decodes. The reader that answers these should answer nothing else meanwhile.
   */
  near(
    times: readonly number[],
    options: { readonly within: number; readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<ShownPicture | undefined, void, undefined>;
  /** The encoded pictures in decoding order, without reading their data where the container has an index. */
  packets(options?: { readonly signal?: AbortSignal | undefined }): AsyncGenerator<KeptPacket, void, undefined>;
  /** Frees what is decoded; idempotent. */
  close(): Promise<void>;
}

/** The reader of an open file. */
export function readPictures({ inspection, info, name }: OpenedFile): PictureReader {
  const { video: track, unread, windowOf } = inspection;
  if (!track && unread) throw unreadable(name, unread);
  if (!track || !info.video) throw noVideo(name);
  if (!info.video.canDecode) throw undecodable(name, "picture", info.video.codec);
  return readTrack(track, { origin: info.origin, from: info.origin + info.video.start, to: windowOf(track).to });
}

/** First time that is shown, and the time behind the last, in the file's own time. */
interface ShownSpan {
  readonly origin: number;
  readonly from: number;
  readonly to: number;
}

function readTrack(track: InputVideoTrack, { origin, from, to }: ShownSpan): PictureReader {
  const reader = new FrameReader(track, { from, to });
  const packets = new EncodedPacketSink(track);
  let last = Number.NEGATIVE_INFINITY;
  const inFile = (seconds: number): number => Math.min(Math.max(origin + seconds, from) + TIME_SLACK, to - TIME_SLACK);
  const shown = (sample: VideoSample): ShownPicture => ({
    time: Math.max(sample.timestamp, from) - origin,
    draw: (context, width, height) => sample.draw(context, 0, 0, width, height),
  });
  return {
    async at(seconds) {
      const wanted = inFile(seconds);
      if (wanted < last) await reader.start(wanted);
      const sample = await reader.at(wanted);
      last = sample ? sample.timestamp : Number.NEGATIVE_INFINITY;
      return sample && shown(sample);
    },
    async *near(times, { within, signal }) {
      const wanted = async function* (): AsyncGenerator<number, void, undefined> {
        for (const seconds of times) {
          const time = inFile(seconds);
          const key = await packets.getKeyPacket(time, { metadataOnly: true });
          yield key && time - key.timestamp <= within ? Math.max(key.timestamp, from) : time;
        }
      };
      for await (using sample of new VideoSampleSink(track).samplesAtTimestamps(wanted())) {
        signal?.throwIfAborted();
        yield sample ? shown(sample) : undefined;
      }
    },
    async *packets({ signal } = {}) {
      for await (const packet of packets.packets(undefined, undefined, { metadataOnly: true })) {
        signal?.throwIfAborted();
        if (packet.timestamp < to)
          yield { time: packet.timestamp - origin, bytes: packet.byteLength, key: packet.type === "key" };
      }
    },
    close: () => reader.close(),
  };
}
