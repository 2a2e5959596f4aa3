/** Where a muxer's bytes go. */
import { BufferTarget, StreamTarget, type StreamTargetChunk, type Target } from "mediabunny";
import { nameCodecDelay } from "./codec-delay.js";
import { CHUNK_BYTES } from "./container.js";

/** A target of the muxing library, whose own failures can be told from those of what is written. */
export interface MuxTarget {
  readonly target: Target;
  /** Whether this is what the stream threw. */
  threw(error: unknown): boolean;
}

/** Into a stream of pieces with their positions. */
export function piecesTarget(pieces: WritableStream<StreamTargetChunk>): MuxTarget {
  const writer = pieces.getWriter();
  const thrown = new Set<unknown>();
  const noted = (writing: Promise<void>): Promise<void> =>
    writing.catch((error: unknown) => {
      thrown.add(error);
      throw error;
    });
  const stream = new WritableStream<StreamTargetChunk>({
    write: (chunk) => noted(writer.write(chunk)),
    close: () => noted(writer.close()),
    abort: (reason) => writer.abort(reason),
  });
  const target = new StreamTarget(stream, { chunked: true, chunkSize: CHUNK_BYTES });
  return { target, threw: (error) => thrown.has(error) };
}

/** Into memory; `written` gives the file once it is complete. */
export function memoryTarget(): MuxTarget & { written(): Uint8Array<ArrayBuffer> } {
  const target = new BufferTarget();
  return {
    target,
    threw: () => false,
    written() {
      const bytes = new Uint8Array(target.buffer as ArrayBuffer);
      nameCodecDelay(bytes);
      return bytes;
    },
  };
}
