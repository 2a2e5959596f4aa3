/** A file in memory that grows, as the positioned write stream that the muxing library wants. */
import type { StreamTargetChunk } from "mediabunny";
import { nameCodecDelay } from "./codec-delay.js";

/** Receives positioned writes. */
export interface ByteSink {
  stream(): WritableStream<StreamTargetChunk>;
}

/** A sink into memory. */
export function bufferSink(): ByteSink & { bytes(): Uint8Array<ArrayBuffer> } {
  let buffer = new Uint8Array(1 << 16);
  let end = 0;
  return {
    stream: () =>
      new WritableStream({
        write({ data, position }) {
          const needed = position + data.byteLength;
          if (needed > buffer.length) {
            const larger = new Uint8Array(Math.max(needed, buffer.length * 2));
            larger.set(buffer.subarray(0, end));
            buffer = larger;
          }
          buffer.set(data, position);
          end = Math.max(end, needed);
        },
      }),
    bytes: () => {
      const bytes = buffer.slice(0, end);
      nameCodecDelay(bytes);
      return bytes;
    },
  };
}
