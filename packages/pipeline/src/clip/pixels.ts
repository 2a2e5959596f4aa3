/** A clip's frames as the video encoder wants them: segments of its window, normalised planes. */
import type { PlainTensor, ProgressListener, VideoEncoder } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import { wholeFrames } from "@foley-control/video-encoder";
import type { Span } from "./span.js";

/** Segments of one clip. */
export interface Segments {
  /** Each [1, window, 3, height, width]; the last one is filled up by repeating its last frame. */
  readonly pixels: readonly PlainTensor<"float32">[];
  /** Frames before the filling. */
  readonly frames: number;
}

/**
 * Reads frames at exact times and cuts them into segments. An encoder that prepares pictures itself gets them as they are; for
 * others the whole picture is stretched over their square, so that nothing at its edges is lost.
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
): Promise<Segments> {
  const [height, width] = encoder.imageSize;
  const frameSize = 3 * height * width;
  const segments: Float32Array[] = [];
  let frames = 0;
  const { video } = media.info;
  const [rows, columns] = encoder.preprocess && video ? [video.height, video.width] : [height, width];
  const request = {
    ...options,
    fps: encoder.frameRate,
    size: [rows, columns] as const,
    fit: "fill" as const,
    start: span.start,
    duration: wholeFrames(span.duration, encoder.frameRate) / encoder.frameRate,
  };
  for await (const frame of media.frames(request)) {
    const within = frames % encoder.window;
    if (within === 0) segments.push(new Float32Array(encoder.window * frameSize));
    const segment = segments[segments.length - 1] as Float32Array;
    if (frame.repeated && within > 0) segment.copyWithin(within * frameSize, (within - 1) * frameSize, within * frameSize);
    else if (encoder.preprocess)
      segment.set(encoder.preprocess({ rgb: frame.rgb, height: rows, width: columns }), within * frameSize);
    else writePlanes(frame.rgb, encoder.normalisation, segment.subarray(within * frameSize, (within + 1) * frameSize));
    frames++;
  }
  const last = segments[segments.length - 1];
  const used = frames % encoder.window;
  if (last && used > 0) {
    for (let at = used; at < encoder.window; at++) last.copyWithin(at * frameSize, (used - 1) * frameSize, used * frameSize);
  }
  return { pixels: segments.map((data) => ({ dtype: "float32", shape: [1, encoder.window, 3, height, width], data })), frames };
}

/** RGB bytes [height, width, 3] → (byte / 255 − mean) / deviation in planes [3, height, width]. */
function writePlanes(rgb: Uint8Array, { mean, std }: VideoEncoder["normalisation"], into: Float32Array): void {
  const plane = into.length / 3;
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * (std[channel] as number));
    const shift = (mean[channel] as number) / (std[channel] as number);
    for (let i = 0; i < plane; i++) into[channel * plane + i] = (rgb[3 * i + channel] as number) * scale - shift;
  }
}
