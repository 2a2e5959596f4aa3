/** Segments of pixels → the video tokens of a clip. */
import { FoleyError, type PlainTensor, type ProgressListener, type VideoEncoder } from "@foley-control/core";
import { planSegments } from "@foley-control/video-encoder";
import type { Segments } from "../clip/pixels.js";
import type { Executables, Lease } from "./executables.js";

/**
 * Encodes segment by segment and joins the tokens: [1, tokens, tokenWidth]. A clip shorter than one segment is taken to stand still
 * to its end, because as much is sampled.
 */
export async function encodeVideo(
  executables: Executables,
  encoder: VideoEncoder,
  segments: Segments,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: ProgressListener | undefined },
): Promise<PlainTensor<"float32">> {
  using lease = await loadVideoEncoder(executables, encoder);
  const { tokenWidth } = encoder;
  const plan = planSegments(Math.max(segments.frames, encoder.window), encoder);
  const total = plan.length;
  const perSegment = ((encoder.window * encoder.tokenRate) / encoder.frameRate) * (encoder.tokensPerStep ?? 1);
  const count = plan.reduce((sum, segment) => sum + segment.tokens, 0);
  const all = new Float32Array(count * tokenWidth);
  for (const [index, { tokens: kept }] of plan.entries()) {
    options.onProgress?.({ type: "encode-progress", part: "video", done: index, total });
    const { tokens } = await lease.executable.run({ pixels: segments.pixels[index] as PlainTensor }, { signal: options.signal });
    if (tokens?.data.length !== perSegment * tokenWidth) {
      throw new FoleyError(
        "shape-mismatch",
        `The video encoder "${encoder.id}" gave tokens of shape [${tokens?.shape.join(", ")}]; [1, ${perSegment}, ${tokenWidth}] was expected.`,
      );
    }
    all.set((tokens.data as Float32Array).subarray(0, kept * tokenWidth), index * perSegment * tokenWidth);
  }
  options.onProgress?.({ type: "encode-progress", part: "video", done: total, total });
  return { dtype: "float32", shape: [1, count, tokenWidth], data: all };
}

/** Loads the video encoder; give it back. */
export function loadVideoEncoder(executables: Executables, encoder: VideoEncoder): Promise<Lease> {
  return executables.lease("video-encoder", () => encoder.graph({ frames: encoder.window }), encoder.weights);
}
