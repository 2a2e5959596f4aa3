/** `openMedia` for paths. What reads and decodes is another process, which a damaged file may take with it. */
import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { assertKind } from "@foley-control/core";
import { assertWritable, makeTemporaryFolder, writeFileAtomically } from "@foley-control/files/node";
import type { StreamTargetChunk } from "mediabunny";
import type { BytesOut, RemoteFile } from "../apart/remote-file.js";
import { writeRemote } from "../apart/write-remote.js";
import { pcmSource, type Sound } from "../audio/pcm-source.js";
import { type MediaData, readData } from "../read/media-data.js";
import type { MediaFile, OpenOptions, ReplaceAudioOptions } from "../read/types.js";
import { containerFromPath } from "../write/container-name.js";
import { openApart } from "./apart/open-apart.js";
import type { NodeBackend } from "./backend-name.js";
import { fileSink } from "./sink.js";

/** A path, a `file:` URL, or media in memory. */
export type NodeMediaSource = string | URL | MediaData;

/** Options of {@link openMedia}. */
export interface NodeOpenOptions extends OpenOptions {
  /** Default "auto". */
  readonly backend?: NodeBackend | undefined;
  /**
   * Where the file is read and decoded. Default "process": in one of its own, so that a damaged file that crashes a decoder, or keeps it
   * busy for ever, is an error here and no more. "none": in this process, where such a file may end it.
   */
  readonly isolation?: "process" | "none" | undefined;
}

/** A {@link MediaFile} that can write its result to a path. */
export interface NodeMediaFile extends MediaFile {
  /** Path of the file, `undefined` for media in memory. */
  readonly path: string | undefined;
  /**
   * As `replaceAudio`, into a file that appears whole or not at all. The container follows the path's extension unless
   * `options.container` says otherwise.
   *
   * @throws FoleyError `not-writable`, also when `path` is the file being read.
   */
  saveWithAudio(path: string, pcm: Sound, options?: ReplaceAudioOptions): Promise<void>;
}

/**
 * Opens a media file.
 *
 * @throws FoleyError `bad-file` when it is missing, empty, of no known format, without an index, or cut off, and when it crashes what
 * reads it or keeps that busy to no end;
 * `missing-dependency` when `backend` names one that is not there. A missing decoder is otherwise reported by the method
 * that needs it.
 */
export async function openMedia(source: NodeMediaSource, options: NodeOpenOptions = {}): Promise<NodeMediaFile> {
  const path = source instanceof URL ? fileURLToPath(source) : typeof source === "string" ? source : undefined;
  const name = path === undefined ? "The data" : `"${path}"`;
  // The other process may have started in another folder than this one is in by now.
  const place = path === undefined ? undefined : resolve(path);
  const copy = temporaryCopy(source);
  const memory = place === undefined ? readData(source as MediaData, name) : undefined;
  const common = { name, backend: options.backend ?? "auto" } as const;
  const { backend: _, isolation = "process", ...reading } = options;
  try {
    const apart =
      isolation === "none" ? undefined : await openApart({ ...common, path: place, memory, copy: copy.path }, reading);
    return nodeFile(apart ?? (await openInside()), path, copy.remove);
  } catch (error) {
    copy.remove();
    throw error;
  }
  async function openInside(): Promise<RemoteFile> {
    // What reads media is loaded here only where it is used here.
    const { openHere, dataOf } = await import("./open-here.js");
    const data = () => dataOf(place ?? (source as MediaData), name);
    const file = await openHere({ ...common, data, path: place === undefined ? copy.path : async () => place }, reading);
    const writeAudio: RemoteFile["writeAudio"] = (pcm, { write }, writing, inOrder) => {
      const stream = new WritableStream<StreamTargetChunk>({
        write: (chunk) => write(chunk.data, chunk.position),
      });
      return file.writeAudio(pcm, stream, writing, inOrder);
    };
    return { ...file, writeAudio };
  }
}

function nodeFile(file: RemoteFile, path: string | undefined, remove: () => void): NodeMediaFile {
  const { writeAudio, isLarge: _, ...reading } = file;
  const dispose = (): void => {
    file.dispose();
    remove();
  };
  return {
    ...reading,
    path,
    dispose,
    [Symbol.dispose]: dispose,
    ...writeRemote(file),
    async saveWithAudio(target, pcm, options = {}) {
      pcmSource(pcm, "pcm");
      assertKind("path", target, "text", "Pass the path first, then the sound.");
      const inputs = path === undefined ? [] : [path];
      const container = options.container ?? containerFromPath(target);
      await assertWritable(target, inputs);
      await writeFileAtomically(
        target,
        async (writer) => {
          const stream = fileSink(writer).stream().getWriter();
          const write: BytesOut["write"] = (data, position) => stream.write({ type: "write", data, position });
          const file = { path: writer.path, name: target };
          await writeAudio(pcm, { write, file }, { ...options, container });
          await stream.close();
        },
        { inputs, signal: options.signal },
      );
    },
  };
}

/** ffmpeg reads files, so data in memory is written to a temporary one when first needed. */
function temporaryCopy(source: NodeMediaSource): { path: () => Promise<string>; remove: () => void } {
  let made: Promise<string> | undefined;
  const make = async (): Promise<string> => {
    const folder = await makeTemporaryFolder();
    const data = source as MediaData;
    await writeFile(
      join(folder, "input"),
      data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data instanceof ArrayBuffer ? new Uint8Array(data) : data,
    );
    return join(folder, "input");
  };
  return {
    path: () => (made ??= make()),
    remove: () => {
      made?.then((file) => rm(join(file, ".."), { recursive: true, force: true })).catch(() => undefined);
    },
  };
}
