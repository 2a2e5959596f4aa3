/**
 * Decoding through the muxing library: WebCodecs in browsers, native codecs in Node. Follows the hold rule;
 * every source frame is decoded once and converted once.
 */
import { AudioSampleSink, EncodedPacketSink, type InputAudioTrack, type InputVideoTrack, type VideoSample } from "mediabunny";
import type { Block } from "../audio/sound-stream.js";
import type { ColourTags } from "../picture/colour.js";
import { RgbConverter } from "../picture/sample-to-rgb.js";
import type { DecodeBackend, PictureRequest } from "./backend.js";
import { FrameReader } from "./frame-reader.js";
import { frameTime, TIME_SLACK, timeSlack } from "./frame-times.js";
import type { Inspection } from "./inspect.js";
import { damaged, noAudio, noVideo, type SourceName, undecodable } from "./problems.js";
import { SoundBuffer } from "./sound-buffer.js";
import { SOUND_RUN_IN, type TrackWindow } from "./track-window.js";
import type { VideoInfo } from "./types.js";

/** The backend for one inspected file. */
export function libraryBackend({ info, video, audio, windowOf, colour }: Inspection, name: SourceName): DecodeBackend {
  return {
    decodes: { picture: info.video?.canDecode ?? false, sound: info.audio?.canDecode ?? false },
    async *pictures(request) {
      if (!video || !info.video) throw noVideo(name);
      if (!info.video.canDecode) throw undecodable(name, "picture", info.video.codec);
      yield* holdFrames({ track: video, window: windowOf(video), colour, origin: info.origin, video: info.video }, request, name);
    },
    async sound(request) {
      if (!audio || !info.audio) throw noAudio(name);
      if (!info.audio.canDecode) throw undecodable(name, "sound", info.audio.codec);
      const sampleRate = await audio.getSampleRate();
      const channelCount = await audio.getNumberOfChannels();
      const length = Math.round(request.duration * sampleRate);
      const begin = info.origin + request.start;
      const window = windowOf(audio);
      const end = Math.min(begin + request.duration, window.to);
      const blocks = async function* (): AsyncGenerator<Block> {
        const buffer = new SoundBuffer(sampleRate, channelCount, length, [window.from - begin, window.to - begin]);
        const late = await swallowed(audio, info.container);
        try {
          // A decoder's first block lacks what the one before it adds.
          for await (using sample of new AudioSampleSink(audio).samples(begin - SOUND_RUN_IN, end)) {
            request.signal?.throwIfAborted();
            const channels = Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
              const data = new Float32Array(sample.numberOfFrames);
              sample.copyTo(data, { planeIndex, format: "f32-planar" });
              return data;
            });
            yield* buffer.add(channels, sample.timestamp + late - begin, sample.sampleRate);
            request.onTime(sample.timestamp - begin);
          }
        } catch (error) {
          request.signal?.throwIfAborted();
          if (request.onError === "throw") throw damaged(name, request.start + buffer.seconds, error);
          request.onLost(request.start + buffer.seconds);
        }
        yield* buffer.finish();
      };
      return { sampleRate, channelCount, length, blocks: blocks() };
    },
  };
}

/**
 * Seconds by which decoded sound lies later than its decoder says. Opus in mp4 and mov begins before 0 by the delay of its encoder; decoders
 * leave that out, and count on from the first packet's time as if they had not.
 */
async function swallowed(track: InputAudioTrack, container: string): Promise<number> {
  if ((container !== "mp4" && container !== "mov") || (await track.getCodec()) !== "opus") return 0;
  const first = await track.getFirstTimestamp();
  if (first >= 0) return 0;
  for await (using sample of new AudioSampleSink(track).samples(first)) {
    const packet = await new EncodedPacketSink(track).getPacket(sample.timestamp);
    return packet && sample.duration < packet.duration ? Math.min(packet.duration - sample.duration, -first) : 0;
  }
  return 0;
}

interface ShownTrack {
  readonly track: InputVideoTrack;
  readonly window: TrackWindow;
  readonly colour: ColourTags;
  readonly origin: number;
  readonly video: VideoInfo;
}

async function* holdFrames(
  { track, window, colour, origin, video }: ShownTrack,
  request: PictureRequest,
  name: SourceName,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { size, fit, onError, signal, count } = request;
  const converter = new RgbConverter({
    size,
    fit,
    rotation: await track.getRotation(),
    flip: await track.getFlip(),
    aspect: (await track.getDisplayWidth()) / (await track.getDisplayHeight()),
    colour,
    // Those of browsers are `VideoFrame`s.
    fromLibav: typeof VideoFrame === "undefined",
  });
  const reader = new FrameReader(track, window);
  const first = Math.max(window.from, await track.getFirstTimestamp());
  // Times of pictures that are named are theirs already.
  const slack = request.taken ? TIME_SLACK : timeSlack(await track.getTimeResolution(), request.fps, video);
  let held: Held | undefined;
  /** Until this time what was shown last is held, because what should follow cannot be decoded. */
  let resume = Number.NEGATIVE_INFINITY;
  try {
    for (let index = 0; index < count; ) {
      const time = request.taken?.[index]?.time ?? frameTime(request, index);
      // Before the first frame the first is shown; slack because times went through integer time bases.
      const wanted = Math.min(Math.max(origin + time, first) + slack, window.to - TIME_SLACK);
      if (held && wanted < resume) {
        request.onHeld(time);
        yield held.rgb;
        index++;
        continue;
      }
      try {
        const sample = await reader.at(Math.max(wanted, resume));
        signal?.throwIfAborted();
        if (sample) held = await converted(sample, held, converter);
        if (!held || wanted < resume || (await reader.lacks(wanted))) {
          if (onError === "throw" || !held) throw new Error("The frame is missing.");
          request.onHeld(time);
        }
      } catch (error) {
        signal?.throwIfAborted();
        if (onError === "throw") throw damaged(name, time, error);
        // Decode on from the next key frame; what comes before it shows the last frame, or that one where there is none yet.
        const key = await reader.nextKey(Math.max(wanted, resume));
        if (key === undefined && !held) throw damaged(name, time, error);
        resume = key === undefined ? Number.POSITIVE_INFINITY : key + TIME_SLACK;
        if (key !== undefined) await reader.start(resume);
        continue;
      }
      yield held.rgb;
      index++;
    }
  } finally {
    await reader.close();
  }
}

interface Held {
  readonly timestamp: number;
  readonly rgb: Uint8Array;
}

async function converted(shown: VideoSample, held: Held | undefined, converter: RgbConverter): Promise<Held> {
  if (held?.timestamp === shown.timestamp) return held;
  return { timestamp: shown.timestamp, rgb: await converter.convert(shown) };
}
