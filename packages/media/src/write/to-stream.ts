/**
 * A muxer's bytes into the streams of the platform. They come with positions, since a container's header is completed at the end; a
 * `FileSystemWritableFileStream` takes such writes as they are, any other stream takes bytes in their order.
 */
import type { StreamTargetChunk } from "mediabunny";
import { codecDelayStream } from "./codec-delay.js";

/** A stream of bytes. */
export type ByteStream = WritableStream<Uint8Array<ArrayBuffer>>;

/** What there is to write. */
export interface StreamedFile {
  /** The file in memory, where it is small enough for that. */
  readonly whole: (() => Promise<Uint8Array<ArrayBuffer>>) | undefined;
  /** Writes it piece by piece; with ascending positions only when asked to. */
  readonly pieces: (chunks: WritableStream<StreamTargetChunk>, options: { readonly inOrder: boolean }) => Promise<void>;
}

/** Writes a file into a stream and closes it; the stream is aborted with the error when that fails. */
export async function writeToStream(stream: ByteStream, { whole, pieces }: StreamedFile): Promise<void> {
  const writer = stream.getWriter();
  const inOrder = !("seek" in stream && typeof stream.seek === "function");
  try {
    if (whole) await writer.write(await whole());
    else {
      const positioned = new WritableStream<StreamTargetChunk>({
        // `WritableStream` has one type of chunk; one that can seek also takes the muxer's.
        write: (chunk) => writer.write(inOrder ? chunk.data : (chunk as unknown as Uint8Array<ArrayBuffer>)),
      });
      await pieces(codecDelayStream(positioned), { inOrder });
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  } finally {
    writer.releaseLock();
  }
}
