/** Pictures → video tokens: the encoder's own preparation of each picture, its windows, and the tokens that show the clip. */
import { type Executable, FoleyError, type PlainTensor, type VideoEncoder } from "@foley-control/core";
import { cutFinder } from "./cuts.js";
import type { ContactLogits } from "./events/find-contacts.js";
import { canBeCut, keptFrames, stepOf, type Windowing } from "./segments.js";

/** What stands still behind a cut looks as if it had struck something: so long before one, no contact is believed, seconds. */
const BLIND_SECONDS = 0.125;
/** Logit of a contact that is not believed. */
const NO_CONTACT = -30;

/** Bytes of pixels, and windows, that are looked at together where each run loads the network: the more, the fewer loadings, and the more that waits between its parts. */
const TOGETHER_BYTES = 2 ** 25;
const TOGETHER = 64;

/** Pictures of one clip at the encoder's frame rate. */
export interface ShownPicture {
  /** [height, width, 3] bytes, of the size that {@link shownSize} says. */
  readonly rgb: Uint8Array;
  /** True when it equals the picture before; its preparation is then copied. */
  readonly repeated?: boolean | undefined;
}

/** Options of {@link segmentPixels}. */
export interface SegmentOptions {
  /**
   * Whether each shot of a film is encoded as a clip of its own, so that nothing of one tells of another; an encoder that drops what fills no
   * window, or whose windows share tokens, takes shots together. Default false.
   */
  readonly shots?: boolean | undefined;
  /** Whether all windows lie in the same memory: the pixels of one are over when the next is asked for. Default false. */
  readonly reused?: boolean | undefined;
}

/** One window of a clip, as an encoder takes it. */
export interface SegmentPixels {
  /** [1, window, 3, height, width]; filled up with the last picture of the clip, or of a shot. */
  readonly pixels: PlainTensor<"float32">;
  /** Pictures of the clip in it. */
  readonly frames: number;
  /** Whether the clip, or a shot, begins with it. */
  readonly first: boolean;
  /** Whether the clip, or a shot, ends with it. */
  readonly last: boolean;
  /** Whether it ends at a cut. */
  readonly cut?: boolean | undefined;
  /** Whether it is the one picture of the window before: what the encoder said of that holds. Only of encoders of single pictures. */
  readonly same?: boolean | undefined;
}

/** What an encoder makes of a clip. */
export interface EncodedVideo {
  /** [1, steps·tokensPerStep, tokenWidth]; the event channels are zeros. */
  readonly tokens: PlainTensor<"float32">;
  /** From an encoder that finds contacts. */
  readonly contacts?: ContactLogits | undefined;
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
  encoder: Pick<
    VideoEncoder,
    "window" | "step" | "context" | "end" | "frameRate" | "tokenRate" | "imageSize" | "normalisation" | "preprocess"
  >,
  pictures: AsyncIterable<ShownPicture> | Iterable<ShownPicture>,
  size: readonly [number, number],
  options: SegmentOptions = {},
): AsyncGenerator<SegmentPixels, void, undefined> {
  const { window, end = "hold", preprocess, normalisation, imageSize } = encoder;
  const step = stepOf(encoder);
  const [height, width] = size;
  if (!preprocess && (height !== imageSize[0] || width !== imageSize[1])) {
    throw new FoleyError("shape-mismatch", `The pictures have ${height}×${width} pixels; ${imageSize.join("×")} were expected.`, {
      hint: "Ask for the size that shownSize says.",
    });
  }
  const frameSize = 3 * imageSize[0] * imageSize[1];
  let data = new Float32Array(window * frameSize);
  const room = () => (options.reused ? data : new Float32Array(window * frameSize));
  let shown = data;
  let frames = 0;
  /** How many of `frames` the window before had already. */
  let seen = 0;
  let first = true;
  const isCut = options.shots && canBeCut(encoder) ? cutFinder() : undefined;
  const perToken = encoder.frameRate / encoder.tokenRate;
  let count = 0;
  let cut = false;
  let same = false;
  const finished = (last: boolean): SegmentPixels => {
    for (let at = frames; at < window; at++) data.copyWithin(at * frameSize, (frames - 1) * frameSize, frames * frameSize);
    return { pixels: { dtype: "float32", shape: [1, window, 3, ...imageSize], data }, frames, first, last, same };
  };
  for await (const { rgb, repeated } of pictures) {
    if (rgb.length !== height * width * 3) {
      throw new FoleyError("shape-mismatch", `A picture has ${rgb.length} bytes; ${height}×${width} pixels of 3 were expected.`);
    }
    if (!repeated && isCut?.(rgb, size)) cut = true;
    // A shot begins with a token; until then the one before stands still.
    const waits = cut && count % perToken !== 0;
    if (cut && !waits) {
      yield { ...finished(true), cut };
      data = room();
      frames = seen = 0;
      first = true;
      cut = false;
    } else if (frames === window) {
      yield finished(false);
      first = false;
      const overlap = data.subarray(step * frameSize);
      data = room();
      data.set(overlap);
      frames = seen = window - step;
    }
    const at = frames * frameSize;
    same = window === 1 && repeated === true && count > 0;
    if (same) data = shown;
    else if ((repeated || waits) && frames > 0) data.copyWithin(at, at - frameSize, at);
    else if (preprocess) data.set(preprocess({ rgb, height, width }), at);
    else normalisedPlanes(rgb, normalisation, data.subarray(at, at + frameSize));
    frames++;
    count++;
    shown = data;
  }
  if (frames === window || (end === "hold" && frames > seen)) yield finished(true);
}

/**
 * Encodes window by window and joins the tokens, and the contacts, that show the clip.
 *
 * @param executable - the encoder's graph for one window and one clip
 * @param segments - from {@link segmentPixels}
 * @throws FoleyError `no-video` without a window; `shape-mismatch` when the network gives something else than the encoder declares;
 *   `signal.reason`
 */
export async function encodeSegments(
  executable: Executable,
  encoder: Omit<Windowing, "step" | "end"> & Pick<VideoEncoder, "id" | "tokenWidth" | "contacts">,
  segments: AsyncIterable<SegmentPixels> | Iterable<SegmentPixels>,
  options: { readonly signal?: AbortSignal | undefined; readonly onSegment?: ((done: number) => void) | undefined } = {},
): Promise<EncodedVideo> {
  const { window, frameRate, tokenRate, tokensPerStep = 1, tokenWidth, contacts } = encoder;
  const perStep = tokensPerStep * tokenWidth;
  const cells = contacts ? contacts.cells[0] * contacts.cells[1] : 0;
  const parts: Record<"tokens" | "contacts" | "strengths", Float32Array[]> = { tokens: [], contacts: [], strengths: [] };
  for await (const { segment, said } of looked(executable, segments, options.signal)) {
    const [from, to] = keptFrames(encoder, segment);
    const keep = (name: keyof typeof parts, rate: number, width: number): void => {
      const steps = (window * rate) / frameRate;
      const given = said[name];
      if (given?.dtype !== "float32" || given.data.length !== steps * width) {
        const what = `The video encoder "${encoder.id}" gave ${name} of shape [${given?.shape.join(", ")}]`;
        throw new FoleyError("shape-mismatch", `${what}; [1, ${steps}, ${width}] was expected.`);
      }
      const [begin, end] = [Math.floor((from * rate) / frameRate), Math.ceil((to * rate) / frameRate)];
      const kept = (given.data as Float32Array).subarray(begin * width, end * width);
      if (segment.cut && name === "contacts")
        kept.fill(NO_CONTACT, Math.max(0, kept.length - Math.round(BLIND_SECONDS * rate) * width));
      parts[name].push(kept);
    };
    keep("tokens", tokenRate, perStep);
    if (contacts) {
      keep("contacts", frameRate, cells);
      keep("strengths", frameRate, 1);
    }
    options.onSegment?.(parts.tokens.length);
  }
  if (parts.tokens.length === 0) {
    const needs = `which looks at ${window} pictures, ${frameRate} per second`;
    throw new FoleyError("no-video", `The clip is too short for the video encoder "${encoder.id}", ${needs}.`, {
      hint: `Give at least ${Math.ceil((100 * window) / frameRate) / 100} s of picture.`,
    });
  }
  const data = joined(parts.tokens);
  return {
    tokens: { dtype: "float32", shape: [1, data.length / tokenWidth, tokenWidth], data },
    ...(contacts && { contacts: { frameRate, cells: joined(parts.contacts), strengths: joined(parts.strengths) } }),
  };
}

type Said = Awaited<ReturnType<Executable["run"]>>;

/** What a network says of each window; where each run loads it, of several at once. A window that shows what the one before did is not looked at again. */
async function* looked(
  executable: Executable,
  segments: AsyncIterable<SegmentPixels> | Iterable<SegmentPixels>,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly segment: SegmentPixels; readonly said: Said }> {
  let last: Said | undefined;
  let waiting: SegmentPixels[] = [];
  let bytes = 0;
  async function* look() {
    const fresh = waiting.filter(({ same }, index) => !same || (index === 0 && last === undefined));
    const inputs = fresh.map(({ pixels }) => ({ pixels }));
    const said =
      executable.runEach && inputs.length > 1
        ? await executable.runEach(inputs, { signal })
        : await Promise.all(inputs.map((one) => executable.run(one, { signal })));
    let next = 0;
    for (const segment of waiting) {
      if (segment === fresh[next]) last = said[next++];
      yield { segment, said: last as Said };
    }
    waiting = [];
    bytes = 0;
  }
  for await (const segment of segments) {
    waiting.push(segment);
    bytes += segment.same ? 0 : segment.pixels.data.byteLength;
    if (!executable.runEach || bytes >= TOGETHER_BYTES || waiting.length >= TOGETHER) yield* look();
  }
  if (waiting.length > 0) yield* look();
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
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
