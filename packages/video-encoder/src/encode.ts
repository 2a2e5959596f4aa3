/** Pictures → video tokens: the encoder's own preparation of each picture, its windows, and the tokens that show the clip. */
import { type Executable, FoleyError, type PlainTensor, type VideoEncoder } from "@foley-control/core";

/** Pictures of one clip at the encoder's frame rate. */
export interface ShownPicture {
  /** [height, width, 3] bytes, of the size that {@link shownSize} says. */
  readonly rgb: Uint8Array;
  /** True when it equals the picture before; its preparation is then copied. */
  readonly repeated?: boolean | undefined;
}

/** One window of a clip, as an encoder takes it. */
export interface SegmentPixels {
  /** [1, window, 3, height, width]; filled up with the last picture of the clip. */
  readonly pixels: PlainTensor<"float32">;
  /** Pictures of the clip in it. */
  readonly frames: number;
}

/**
 * In which size pictures go to {@link segmentPixels}: as they are for an encoder that prepares pictures itself, else in the encoder's,
 * the whole picture stretched over it, so that nothing at its edges is lost.
 *
 * @param picture - `[height, width]` of the clip in pixels.
 */
export function shownSize(
  encoder: Pick<VideoEncoder, "imageSize" | "preprocess">,
  picture: readonly [number, number],
): readonly [number, number] {
  return encoder.preprocess ? picture : encoder.imageSize;
}

/**
 * Prepares pictures and cuts them into windows, one at a time: a window is made when the one before has been taken.
 *
 * @param pictures - at the encoder's frame rate
 * @param size - `[height, width]` of `pictures`, see {@link shownSize}
 * @throws FoleyError `shape-mismatch` when a picture has another size
 */
export async function* segmentPixels(
  encoder: Pick<VideoEncoder, "window" | "step" | "end" | "imageSize" | "normalisation" | "preprocess">,
  pictures: AsyncIterable<ShownPicture> | Iterable<ShownPicture>,
  size: readonly [number, number],
): AsyncGenerator<SegmentPixels, void, undefined> {
  const { window, step = window, end = "hold", preprocess, normalisation, imageSize } = encoder;
  const [height, width] = size;
  if (!preprocess && (height !== imageSize[0] || width !== imageSize[1])) {
    throw new FoleyError("shape-mismatch", `The pictures have ${height}×${width} pixels; ${imageSize.join("×")} were expected.`, {
      hint: "Ask for the size that shownSize says.",
    });
  }
  const frameSize = 3 * imageSize[0] * imageSize[1];
  let data = new Float32Array(window * frameSize);
  let frames = 0;
  /** How many of `frames` the window before had already. */
  let seen = 0;
  const finished = (): SegmentPixels => {
    for (let at = frames; at < window; at++) data.copyWithin(at * frameSize, (frames - 1) * frameSize, frames * frameSize);
    return { pixels: { dtype: "float32", shape: [1, window, 3, ...imageSize], data }, frames };
  };
  for await (const { rgb, repeated } of pictures) {
    if (rgb.length !== height * width * 3) {
      throw new FoleyError("shape-mismatch", `A picture has ${rgb.length} bytes; ${height}×${width} pixels of 3 were expected.`);
    }
    if (frames === window) {
      yield finished();
      const overlap = data.subarray(step * frameSize);
      data = new Float32Array(window * frameSize);
      data.set(overlap);
      frames = seen = window - step;
    }
    const at = frames * frameSize;
    if (repeated && frames > 0) data.copyWithin(at, at - frameSize, at);
    else if (preprocess) data.set(preprocess({ rgb, height, width }), at);
    else normalisedPlanes(rgb, normalisation, data.subarray(at, at + frameSize));
    frames++;
  }
  if (frames === window || (end === "hold" && frames > seen)) yield finished();
}

/**
 * Encodes window by window and joins the tokens that show the clip.
 *
 * @param executable - the encoder's graph for one window and one clip
 * @param segments - from {@link segmentPixels}
 * @returns tokens [1, steps·tokensPerStep, tokenWidth]
 * @throws FoleyError `no-video` without a window; `shape-mismatch` when the network gives other tokens than the encoder declares;
 *   `signal.reason`
 */
export async function encodeSegments(
  executable: Executable,
  encoder: Pick<VideoEncoder, "id" | "window" | "frameRate" | "tokenRate" | "tokensPerStep" | "tokenWidth">,
  segments: AsyncIterable<SegmentPixels> | Iterable<SegmentPixels>,
  options: { readonly signal?: AbortSignal | undefined; readonly onSegment?: ((done: number) => void) | undefined } = {},
): Promise<PlainTensor<"float32">> {
  const { window, frameRate, tokenRate, tokensPerStep = 1, tokenWidth } = encoder;
  const perSegment = ((window * tokenRate) / frameRate) * tokensPerStep;
  const parts: Float32Array[] = [];
  let count = 0;
  for await (const { pixels, frames } of segments) {
    const { tokens } = await executable.run({ pixels }, { signal: options.signal });
    if (tokens?.dtype !== "float32" || tokens.data.length !== perSegment * tokenWidth) {
      const what = `The video encoder "${encoder.id}" gave tokens of shape [${tokens?.shape.join(", ")}]`;
      throw new FoleyError("shape-mismatch", `${what}; [1, ${perSegment}, ${tokenWidth}] was expected.`);
    }
    const kept = Math.ceil((frames * tokenRate) / frameRate) * tokensPerStep;
    parts.push((tokens.data as Float32Array).subarray(0, kept * tokenWidth));
    count += kept;
    options.onSegment?.(parts.length);
  }
  if (parts.length === 0) {
    const needs = `which looks at ${window} pictures, ${frameRate} per second`;
    throw new FoleyError("no-video", `The clip is too short for the video encoder "${encoder.id}", ${needs}.`, {
      hint: `Give at least ${Math.ceil((100 * window) / frameRate) / 100} s of picture.`,
    });
  }
  const data = new Float32Array(count * tokenWidth);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { dtype: "float32", shape: [1, count, tokenWidth], data };
}

/** RGB bytes [height, width, 3] → (byte / 255 − mean) / deviation in planes [3, height, width]. */
function normalisedPlanes(rgb: Uint8Array, { mean, std }: VideoEncoder["normalisation"], into: Float32Array): void {
  const plane = into.length / 3;
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * (std[channel] as number));
    const shift = (mean[channel] as number) / (std[channel] as number);
    for (let i = 0; i < plane; i++) into[channel * plane + i] = (rgb[3 * i + channel] as number) * scale - shift;
  }
}
