/** A muxer's bytes into a file, through the positioned write stream that the muxing library wants. */
import { open } from "node:fs/promises";
import { type FileWriter, notWritable, writeAt } from "@foley-control/files/node";
import type { StreamTargetChunk } from "mediabunny";
import type { PartialFile } from "../apart/remote-file.js";
import type { ByteSink } from "../write/buffer-sink.js";
import { codecDelayStream } from "../write/codec-delay.js";

/** A sink into an open file. */
export function fileSink(writer: Pick<FileWriter, "write">): ByteSink {
  return { stream: () => codecDelayStream(new WritableStream({ write: ({ data, position }) => writer.write(data, position) })) };
}

/**
 * Gives `content` a stream into a file in the making that another process owns: its bytes need not go through that.
 *
 * @throws FoleyError `not-writable`
 */
export async function writeToPartialFile(
  { path, name }: PartialFile,
  content: (pieces: WritableStream<StreamTargetChunk>) => Promise<void>,
): Promise<void> {
  const failed = (cause: unknown): never => {
    throw notWritable(`"${name}"`, cause);
  };
  const file = await open(path, "r+").catch(failed);
  try {
    await content(fileSink({ write: (data, position = 0) => writeAt(file, data, position).catch(failed) }).stream());
  } finally {
    await file.close();
  }
}
