/** A muxer's bytes into a file, through the positioned write stream that the muxing library wants. */
import type { FileWriter } from "@foley-control/files/node";
import type { ByteSink } from "../write/buffer-sink.js";
import { codecDelayStream } from "../write/codec-delay.js";

/** A sink into an open file. */
export function fileSink(writer: FileWriter): ByteSink {
  return { stream: () => codecDelayStream(new WritableStream({ write: ({ data, position }) => writer.write(data, position) })) };
}
