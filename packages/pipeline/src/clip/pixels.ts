/** A clip's pictures as the video encoder wants them. */
import type { ProgressListener, VideoEncoder } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import { type SegmentPixels, type ShownPicture, segmentPixels, shownSize, wholeFrames } from "@foley-control/video-encoder";
import type { Span } from "./span.js";

/**
 * Reads pictures at exact times and cuts them into windows. A clip shorter than one window is taken to stand still to its end,
 * because as much is sampled.
 */
export async function readSegments(
  media: MediaFile,
  encoder: VideoEncoder,
  span: Span,
  options: {
    readonly onError?: "throw" | "hold" | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ProgressListener | undefined;
  },
): Promise<readonly SegmentPixels[]> {
  const { video } = media.info;
  const size = shownSize(encoder, video ? [video.height, video.width] : encoder.imageSize);
  const pictures = media.frames({
    ...options,
    fps: encoder.frameRate,
    size,
    fit: "fill",
    start: span.start,
    duration: wholeFrames(span.duration, encoder.frameRate) / encoder.frameRate,
  });
  const segments: SegmentPixels[] = [];
  for await (const segment of segmentPixels(encoder, stillToWindow(pictures, encoder.window), size)) segments.push(segment);
  return segments;
}

/** Pictures, and the last one again until there are `window`. */
async function* stillToWindow(pictures: AsyncIterable<ShownPicture>, window: number): AsyncGenerator<ShownPicture> {
  let last: ShownPicture | undefined;
  let count = 0;
  for await (const picture of pictures) {
    last = picture;
    count++;
    yield picture;
  }
  if (last) for (; count < window; count++) yield { ...last, repeated: true };
}
