/**
 * The frames of a track at ascending times, by the hold rule, each source frame decoded once and in order.
 *
 * Frames are read in a row from a key frame on, not looked up one by one: a recording without an index (Matroska as it is streamed) and
 * one that begins inside a group of pictures can only be read so. Where two times lie further apart than a key frame, decoding
 * goes on from there.
 */
import { type EncodedPacket, EncodedPacketSink, type InputVideoTrack, type VideoSample, VideoSampleSink } from "mediabunny";
import { TIME_SLACK } from "./frame-times.js";
import type { TrackWindow } from "./track-window.js";

/** Seconds between two times from which it is looked whether a key frame lies between them. */
const FAR = 1;
/** Times in seconds that are closer than this are the same: containers round. */
const TICK = 1e-3;

/** Reads one track. Times are those of the file. Close it. */
export class FrameReader {
  readonly #track: InputVideoTrack;
  readonly #samples: VideoSampleSink;
  readonly #packets: EncodedPacketSink;
  readonly #end: number;
  #reading: AsyncGenerator<VideoSample, void, unknown> | undefined;
  #ended = false;
  /** Shortest distance of two frames so far, seconds. */
  #step = Number.POSITIVE_INFINITY;
  #shown: VideoSample | undefined;
  #next: VideoSample | undefined;

  constructor(track: InputVideoTrack, window: TrackWindow) {
    this.#track = track;
    this.#samples = new VideoSampleSink(track);
    this.#packets = new EncodedPacketSink(track);
    this.#end = window.to;
  }

  /**
   * The frame that is on screen at a time, or the next where none comes before; `undefined` when there is none at all. It stays
   * open until the next call.
   */
  async at(time: number): Promise<VideoSample | undefined> {
    if (!this.#reading || (await this.#isPassed(time))) await this.start(time);
    while ((await this.#peek()) && ((this.#next as VideoSample).timestamp <= time || !this.#shown)) {
      if (this.#shown) {
        this.#step = Math.min(this.#step, (this.#next as VideoSample).timestamp - this.#shown.timestamp);
        this.#shown.close();
      }
      this.#shown = this.#next;
      this.#next = undefined;
    }
    return this.#shown;
  }

  /**
   * True when frames that the container lists up to `time` did not come out of the decoder. One alone proves nothing: codecs store
   * frames that are never shown, and fields.
   */
  async lacks(time: number): Promise<boolean> {
    const shown = this.#shown?.timestamp;
    if (shown === undefined) return true;
    if (time < shown) return this.#lacksBefore(time, shown);
    if (Number.isFinite(this.#step) && time - shown < 1.5 * this.#step) return false;
    const listed = await this.#listed(Math.min(time, this.#end - TIME_SLACK));
    if (!listed || listed.timestamp <= shown + TICK) return false;
    if (this.#ended && !this.#next) return true;
    const before = await this.#listed(listed.timestamp - TICK);
    return before !== null && before.timestamp > shown + TICK;
  }

  /** The first frame is later than asked for. HEVC may begin with frames that lean on what is not there, and are left out. */
  async #lacksBefore(time: number, shown: number): Promise<boolean> {
    const [listed, before] = [await this.#listed(time), await this.#listed(shown - TICK)];
    const missing = listed !== null && before !== null && before.timestamp > listed.timestamp + TICK;
    return missing && (await this.#track.getCodec()) !== "hevc";
  }

  /** Begins to decode for `time`, from the key frame before it. */
  async start(time: number): Promise<void> {
    await this.close();
    this.#ended = false;
    this.#reading = this.#samples.samples(time, this.#end);
  }

  /** Time of the first key frame behind the packet that lies at `time`, from which decoding may go on. */
  async nextKey(time: number): Promise<number | undefined> {
    const failed = (await this.#packets.getPacket(time)) ?? (await this.#packets.getFirstPacket());
    const key = failed && (await this.#packets.getNextKeyPacket(failed, { verifyKeyPackets: true }));
    return key && key.timestamp < this.#end ? key.timestamp : undefined;
  }

  /** Frees all frames. */
  async close(): Promise<void> {
    this.#shown?.close();
    this.#next?.close();
    this.#shown = this.#next = undefined;
    await this.#reading?.return();
    this.#reading = undefined;
  }

  #listed(time: number): Promise<EncodedPacket | null> {
    return this.#packets.getPacket(time, { metadataOnly: true });
  }

  async #peek(): Promise<VideoSample | undefined> {
    if (this.#next || this.#ended) return this.#next;
    const { value, done } = (await this.#reading?.next()) ?? { value: undefined, done: true };
    if (done) this.#ended = true;
    else this.#next = value as VideoSample;
    return this.#next;
  }

  /** True when a key frame lies between what was read and `time`, far enough that reading on from there is less work. */
  async #isPassed(time: number): Promise<boolean> {
    const read = this.#next ?? this.#shown;
    if (!read || time - read.timestamp < FAR) return false;
    const key = await this.#packets.getKeyPacket(time, { verifyKeyPackets: true });
    return key !== null && key.timestamp > read.timestamp + FAR / 2;
  }
}
