/** Segments of pixels → the video tokens of a clip. */
import { type Executable, FoleyError, type PlainTensor, type ProgressListener, type VideoEncoder } from "@foley-control/core";
import type { Segments } from "../clip/pixels.js";
import type { Executables } from "./executables.js";

/**
 * Encodes segment by segment and joins the tokens: [1, tokens, tokenWidth]. Tokens that show filled-up frames only are cut
 * off, unless the clip is shorter than one segment: then the picture is taken to stand still to its end.
 */
export async function encodeVideo(
  executables: Executables,
  encoder: VideoEncoder,
  segments: Segments,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: ProgressListener | undefined },
): Promise<PlainTensor<"float32">> {
  const executable = await loadVideoEncoder(executables, encoder);
  const total = segments.pixels.length;
  const perSegment = (encoder.window * encoder.tokenRate) / encoder.frameRate;
  const all = new Float32Array(total * perSegment * encoder.tokenWidth);
  for (const [index, pixels] of segments.pixels.entries()) {
    options.onProgress?.({ type: "encode-progress", part: "video", done: index, total });
    const { tokens } = await executable.run({ pixels }, { signal: options.signal });
    if (tokens?.data.length !== perSegment * encoder.tokenWidth) {
      throw new FoleyError(
        "shape-mismatch",
        `The video encoder "${encoder.id}" gave tokens of shape [${tokens?.shape.join(", ")}]; [1, ${perSegment}, ${encoder.tokenWidth}] was expected.`,
      );
    }
    all.set(tokens.data as Float32Array, index * perSegment * encoder.tokenWidth);
  }
  options.onProgress?.({ type: "encode-progress", part: "video", done: total, total });
  const shown = Math.ceil((segments.frames * encoder.tokenRate) / encoder.frameRate);
  const count = Math.max(shown, Math.min(total, 1) * perSegment);
  return { dtype: "float32", shape: [1, count, encoder.tokenWidth], data: all.subarray(0, count * encoder.tokenWidth) };
}

/** Loads the video encoder. */
export function loadVideoEncoder(executables: Executables, encoder: VideoEncoder): Promise<Executable> {
  return executables.get("video-encoder", () => encoder.graph({ frames: encoder.window }), encoder.weights);
}
