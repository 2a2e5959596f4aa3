/** Windows of pixels → the video tokens of a clip. */
import type { PlainTensor, ProgressListener, VideoEncoder } from "@foley-control/core";
import { encodeSegments, type SegmentPixels } from "@foley-control/video-encoder";
import type { Executables, Lease } from "./executables.js";

/** Encodes window by window and joins the tokens: [1, tokens, tokenWidth]. */
export async function encodeVideo(
  executables: Executables,
  encoder: VideoEncoder,
  segments: readonly SegmentPixels[],
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: ProgressListener | undefined },
): Promise<PlainTensor<"float32">> {
  using lease = await loadVideoEncoder(executables, encoder);
  const tell = (done: number): void =>
    options.onProgress?.({ type: "encode-progress", part: "video", done, total: segments.length });
  tell(0);
  return encodeSegments(lease.executable, encoder, segments, { signal: options.signal, onSegment: tell });
}

/** Loads the video encoder; give it back. */
export function loadVideoEncoder(executables: Executables, encoder: VideoEncoder): Promise<Lease> {
  return executables.lease("video-encoder", () => encoder.graph({ frames: encoder.window }), encoder.weights, { rare: true });
}
