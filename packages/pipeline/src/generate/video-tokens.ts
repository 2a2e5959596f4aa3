/**
 * A clip's picture as the tokens of an encoder. Pictures go from the file to the encoder window by window: no more than one window is in
 * memory, however long the clip is.
 */
import type { EventTrack, Executable, PlainTensor, ProgressListener, VideoEncoder } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import {
  type EncodedVideo,
  encodeSegments,
  eventTokens,
  planSegments,
  type ShownPicture,
  segmentPixels,
  shownSize,
  wholeFrames,
} from "@foley-control/video-encoder";
import type { EventEncoder } from "../clip/events.js";
import type { Span } from "../clip/span.js";
import type { Executables } from "./executables.js";

/** Options of {@link encodeVideo}. */
export interface EncodeVideoOptions {
  /** Seconds that the tokens cover; beyond the end of the span the picture is taken to stand still, because as much is sampled. */
  readonly seconds: number;
  /** Whether the shots of a film are looked at one by one. */
  readonly shots?: boolean | undefined;
  /** What to do with a clip that is cut off. */
  readonly onError?: "throw" | "hold" | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** Reads pictures at exact times, encodes window by window and joins the tokens: [1, tokens, tokenWidth]. */
export async function encodeVideo(
  media: MediaFile,
  encoder: VideoEncoder,
  executable: Executable,
  span: Span,
  { seconds, shots, onError, signal, onProgress }: EncodeVideoOptions,
): Promise<EncodedVideo> {
  const { video } = media.info;
  const { frameRate } = encoder;
  const size = shownSize(encoder, video ? [video.height, video.width] : encoder.imageSize);
  const count = wholeFrames(seconds, frameRate);
  const pictures = media.frames({
    onError,
    signal,
    onProgress,
    fps: frameRate,
    size,
    fit: "fill",
    takes: encoder.takes,
    start: span.start,
    duration: wholeFrames(span.duration, frameRate) / frameRate,
  });
  const least = planSegments(count, encoder).length;
  const tell = (done: number): void =>
    onProgress?.({ type: "encode-progress", part: "video", done, total: Math.max(least, done) });
  tell(0);
  // A network that is loaded for each run looks at several windows at once.
  const reused = executable.runEach === undefined;
  const segments = segmentPixels(encoder, stillTo(pictures, count), size, { shots, reused });
  return encodeSegments(executable, encoder, segments, { signal, onSegment: tell });
}

/** Tokens for `seconds` that tell of these events and of nothing else. */
export function givenTokens(encoder: EventEncoder, events: EventTrack, seconds: number): PlainTensor<"float32"> {
  const segments = planSegments(wholeFrames(seconds, encoder.frameRate), encoder);
  const steps = segments.reduce((sum, { tokens }) => sum + tokens, 0) / (encoder.tokensPerStep ?? 1);
  return eventTokens(events, encoder, steps);
}

/** The encoder's network for one window; it may be given back soon, and makes room for others. */
export const leaseVideoEncoder = (executables: Executables, encoder: VideoEncoder) =>
  executables.lease(`video-encoder ${encoder.id}`, () => encoder.graph({ frames: encoder.window }), encoder.weights, {
    rare: true,
  });

/** Pictures, and the last one again until there are `count`. */
async function* stillTo(pictures: AsyncIterable<ShownPicture>, count: number): AsyncGenerator<ShownPicture> {
  let last: ShownPicture | undefined;
  let seen = 0;
  for await (const picture of pictures) {
    last = picture;
    seen++;
    yield picture;
  }
  if (last) for (; seen < count; seen++) yield { ...last, repeated: true };
}
