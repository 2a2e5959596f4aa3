/**
 * Frames (and sound) → a video file, for the scenes, the demo and tests. H.264 in mp4/mov, VP9 in webm/mkv.
 * Uses the native codecs where installed, else an `ffmpeg` on the PATH.
 */
import { assertKind, FoleyError, shown } from "@foley-control/core";
import { assertWritable, writeFileAtomically } from "@foley-control/files/node";
import { bufferSink } from "../write/buffer-sink.js";
import { containerFromPath } from "../write/container-name.js";
import type { EncodeVideoInput, EncodeVideoOptions } from "./encode-input.js";
import { fileSink } from "./sink.js";

/** What {@link encodeVideo} made. */
export interface EncodedVideo {
  /** Number of frames written. */
  readonly frames: number;
  /** frames / fps, in seconds. */
  readonly duration: number;
  /** The file, when no path was given. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Encodes frames and sound to a video file.
 *
 * @param target a path (written whole or not at all) or `undefined` for bytes in the result.
 * @throws FoleyError `missing-dependency` when there is neither backend, `not-writable`, `invalid-argument`.
 */
export async function encodeVideo(
  input: EncodeVideoInput,
  target: string | undefined,
  options: EncodeVideoOptions = {},
): Promise<EncodedVideo> {
  checkInput(input);
  // Loaded when used: most programs that read clips write none.
  const { encodeNatively, encodeVideoWithFfmpeg, findFfmpeg, loadNativeCodecs, missingCodecs, quiet } = await import(
    "./encoders.js"
  );
  quiet();
  const container = options.container ?? (target === undefined ? "mp4" : containerFromPath(target));
  if (target !== undefined) await assertWritable(target);
  const backend = options.backend ?? "auto";
  const native = backend !== "ffmpeg" && (await loadNativeCodecs());
  if (!native && (backend === "native" || !(await findFfmpeg()))) throw missingCodecs("Encoding a video");
  const encode = native ? encodeNatively : encodeVideoWithFfmpeg;
  if (target === undefined) {
    const sink = bufferSink();
    const frames = await encode(input, container, sink, options);
    return { frames, duration: frames / input.fps, bytes: sink.bytes() };
  }
  let frames = 0;
  await writeFileAtomically(
    target,
    async (writer) => {
      frames = await encode(input, container, fileSink(writer), options);
    },
    { signal: options.signal },
  );
  return { frames, duration: frames / input.fps, bytes: undefined };
}

function checkInput(input: EncodeVideoInput): void {
  assertKind("input", input, "object", "Pass { frames, width, height, fps }, then the path.");
  const { width, height, fps } = input;
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 2 && height >= 2) || width % 2 || height % 2) {
    throw new FoleyError(
      "invalid-argument",
      `The size is ${shown(width)} × ${shown(height)} pixels; even whole numbers were expected.`,
      {
        hint: "Pad or crop the frames by one pixel.",
      },
    );
  }
  if (!(fps > 0 && Number.isFinite(fps)))
    throw new FoleyError("invalid-argument", `fps is ${shown(fps)}; a positive number was expected.`, {
      hint: "Pass pictures per second.",
    });
}
