/** What there is to encode, and its frames one at a time as the encoders take them. */
import { FoleyError } from "@foley-control/core";
import type { Pcm } from "../audio/pcm.js";
import { rgbToI420 } from "../picture/rgb-to-planes.js";
import type { VideoContainer } from "../write/container-name.js";

/** What `encodeVideo` encodes. */
export interface EncodeVideoInput {
  /** Interleaved 8-bit RGB, `height × width × 3` bytes each, row by row from the top left. Read one at a time. */
  readonly frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  /** Frames per second, > 0; frame i is shown at i / fps seconds. */
  readonly fps: number;
  /** Sound whose sample 0 is heard at 0 s; cut or padded to `round(frames / fps × sampleRate)` samples. Default: none. */
  readonly audio?: Pcm | undefined;
}

/** Options of `encodeVideo`. */
export interface EncodeVideoOptions {
  /** Default: from the path's extension, else "mp4". */
  readonly container?: VideoContainer | undefined;
  /** Bits per second of the picture; default: constant quality, visually lossless for drawn scenes. */
  readonly bitrate?: number | undefined;
  /** Seconds between key frames; default 2. */
  readonly keyFrameInterval?: number | undefined;
  /** "native" = `@mediabunny/server`, "ffmpeg" = the program on the PATH; default "auto": the first of these that is there. */
  readonly backend?: "auto" | "native" | "ffmpeg" | undefined;
  /** Stops the encoding, whose reason is thrown; nothing is left behind. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The frames as planes of luma and chroma, at half size.
 *
 * @throws FoleyError `shape-mismatch` for a frame of another size, `invalid-argument` when there is none
 */
export async function* planarFrames(
  { frames, width, height }: EncodeVideoInput,
  { signal }: EncodeVideoOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let count = 0;
  for await (const rgb of frames) {
    signal?.throwIfAborted();
    if (rgb.length !== width * height * 3) {
      throw new FoleyError(
        "shape-mismatch",
        `Frame ${count} has ${rgb.length} bytes; ${height} × ${width} × 3 = ${width * height * 3} were expected.`,
      );
    }
    yield rgbToI420(rgb, width, height);
    count++;
  }
  if (count === 0) throw new FoleyError("invalid-argument", "There are no frames to encode; at least one was expected.");
}
