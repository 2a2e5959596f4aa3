/** Where a muxer's bytes go. */
import { BufferTarget, StreamTarget, type StreamTargetChunk, type Target } from "mediabunny";
import { nameCodecDelay } from "./codec-delay.js";
import { CHUNK_BYTES } from "./container.js";

/** Into a stream of pieces with their positions. */
export const piecesTarget = (pieces: WritableStream<StreamTargetChunk>): Target =>
  new StreamTarget(pieces, { chunked: true, chunkSize: CHUNK_BYTES });

/** Into memory; `written` gives the file once it is complete. */
export function memoryTarget(): { readonly target: Target; written(): Uint8Array<ArrayBuffer> } {
  const target = new BufferTarget();
  return {
    target,
    written() {
      const bytes = new Uint8Array(target.buffer as ArrayBuffer);
      nameCodecDelay(bytes);
      return bytes;
    },
  };
}
