/** The methods of a {@link MediaFile} that write, for a file whose writer sends its bytes piece by piece. */
import { pcmSource } from "../audio/pcm-source.js";
import type { MediaFile } from "../read/types.js";
import { bufferSink } from "../write/buffer-sink.js";
import { writeToStream } from "../write/to-stream.js";
import type { BytesOut, RemoteFile } from "./remote-file.js";

/** Into memory, and into streams. */
export function writeRemote({ writeAudio, isLarge }: RemoteFile): Pick<MediaFile, "replaceAudio" | "writeWithAudio"> {
  const replaceAudio: MediaFile["replaceAudio"] = async (pcm, options = {}) => {
    pcmSource(pcm, "pcm");
    const sink = bufferSink();
    const writer = sink.stream().getWriter();
    await writeAudio(pcm, { write: (data, position) => writer.write({ type: "write", data, position }) }, options);
    return sink.bytes();
  };
  return {
    replaceAudio,
    async writeWithAudio(stream, pcm, options = {}) {
      pcmSource(pcm, "pcm");
      await writeToStream(stream, {
        whole: (await isLarge()) ? undefined : () => replaceAudio(pcm, options),
        async pieces(chunks, { inOrder }) {
          const writer = chunks.getWriter();
          const write: BytesOut["write"] = (data, position) => writer.write({ type: "write", data, position });
          await writeAudio(pcm, { write }, options, inOrder);
          await writer.close();
        },
      });
    },
  };
}
