/**
 * Decoding through the muxing library: WebCodecs in browsers, native codecs in Node. Follows the hold rule by asking for the
 * frame at each time; every source frame is decoded once and converted once.
 */
import { AudioSampleSink, EncodedPacketSink, type InputVideoTrack, type VideoSample, VideoSampleSink } from "mediabunny";
import { RgbConverter } from "../picture/sample-to-rgb.js";
import type { DecodeBackend, PictureRequest } from "./backend.js";
import { TIME_SLACK } from "./frame-times.js";
import type { Inspection } from "./inspect.js";
import { damaged, noAudio, noVideo, type SourceName } from "./problems.js";
import { SoundBuffer } from "./sound-buffer.js";

/** The backend for one inspected file. */
export function libraryBackend({ info, video, audio }: Inspection, name: SourceName): DecodeBackend {
  return {
    async *pictures(request) {
      if (!video) throw noVideo(name);
      yield* holdFrames(video, info.origin, request, name);
    },
    async sound(request) {
      if (!audio) throw noAudio(name);
      const rate = await audio.getSampleRate();
      const buffer = new SoundBuffer(rate, await audio.getNumberOfChannels(), Math.round(request.duration * rate));
      const begin = info.origin + request.start;
      try {
        for await (using sample of new AudioSampleSink(audio).samples(begin, begin + request.duration)) {
          request.signal?.throwIfAborted();
          const channels = Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
            const data = new Float32Array(sample.numberOfFrames);
            sample.copyTo(data, { planeIndex, format: "f32-planar" });
            return data;
          });
          buffer.add(channels, sample.timestamp - begin, sample.sampleRate);
          request.onTime(sample.timestamp - begin);
        }
      } catch (error) {
        request.signal?.throwIfAborted();
        if (request.onError === "throw") throw damaged(name, request.start + buffer.seconds, error);
      }
      return buffer.pcm();
    },
  };
}

async function* holdFrames(
  track: InputVideoTrack,
  origin: number,
  request: PictureRequest,
  name: SourceName,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { size, fit, onError, signal, times } = request;
  const converter = new RgbConverter({
    size,
    fit,
    rotation: await track.getRotation(),
    flip: await track.getFlip(),
    aspect: (await track.getDisplayWidth()) / (await track.getDisplayHeight()),
    colour: await track.getColorSpace(),
  });
  const sink = new VideoSampleSink(track);
  const packets = new EncodedPacketSink(track);
  const first = await track.getFirstTimestamp();
  // Before the first frame the first frame is shown; slack because times went through integer time bases.
  const wanted = times.map((time) => Math.max(origin + time, first) + TIME_SLACK);
  let held: Held | undefined;
  let index = 0;
  while (index < times.length) {
    const samples = sink.samplesAtTimestamps(wanted.slice(index));
    try {
      for await (const sample of samples) {
        signal?.throwIfAborted();
        held = await converted(sample, held, converter);
        // A missing frame is the one before, unless data is missing that the index speaks of.
        if (!sample && onError === "throw") throw new Error("The frame is missing.");
        yield held?.rgb ?? new Uint8Array(size[0] * size[1] * 3);
        index++;
      }
      break;
    } catch (error) {
      signal?.throwIfAborted();
      if (onError === "throw") throw damaged(name, times[index] ?? 0, error);
      // Hold until the next key frame, then decode on.
      const failed = await packets.getPacket(wanted[index] as number, { metadataOnly: true });
      const key = failed && (await packets.getNextKeyPacket(failed, { metadataOnly: true }));
      const resume = key?.timestamp ?? Number.POSITIVE_INFINITY;
      do {
        yield held?.rgb ?? new Uint8Array(size[0] * size[1] * 3);
        index++;
      } while (index < times.length && (wanted[index] as number) < resume);
    } finally {
      await samples.return();
    }
  }
}

interface Held {
  readonly timestamp: number;
  readonly rgb: Uint8Array;
}

async function converted(sample: VideoSample | null, held: Held | undefined, converter: RgbConverter): Promise<Held | undefined> {
  using shown = sample;
  if (!shown || held?.timestamp === shown.timestamp) return held;
  return { timestamp: shown.timestamp, rgb: await converter.convert(shown) };
}
