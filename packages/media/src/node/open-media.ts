/** `openMedia` for paths, with native codecs or `ffmpeg`, whichever is there. */
import { open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import { assertWritable, makeTemporaryFolder, notReadable, writeFileAtomically } from "@foley-control/files/node";
import { FilePathSource, StreamTarget } from "mediabunny";
import type { Pcm } from "../audio/pcm.js";
import { dataSource, type MediaData } from "../open-media.js";
import type { DecodeBackend } from "../read/backend.js";
import type { Inspection } from "../read/inspect.js";
import { libraryBackend } from "../read/library-backend.js";
import { type OpenedFile, type OpenSource, openSource } from "../read/open.js";
import { emptyFile, type SourceName } from "../read/problems.js";
import type { MediaFile, OpenOptions, ReplaceAudioOptions } from "../read/types.js";
import { CHUNK_BYTES } from "../write/container.js";
import { containerFromPath } from "../write/container-name.js";
import { ffmpegBackend } from "./ffmpeg-backend.js";
import { findFfmpeg } from "./ffmpeg-process.js";
import { loadNativeCodecs, missingCodecs } from "./native.js";
import { fileSink } from "./sink.js";

/** A path, a `file:` URL, or media in memory. */
export type NodeMediaSource = string | URL | MediaData;

/** Which program decodes: "native" = `@mediabunny/server`, "ffmpeg" = the program on the PATH, "auto" = the first that is there and can. */
export type NodeBackend = "auto" | "native" | "ffmpeg";

/** Options of {@link openMedia}. */
export interface NodeOpenOptions extends OpenOptions {
  /** Default "auto". */
  readonly backend?: NodeBackend | undefined;
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
  saveWithAudio(path: string, pcm: Pcm, options?: ReplaceAudioOptions): Promise<void>;
}

/**
 * Opens a media file.
 *
 * @throws FoleyError `bad-file` when it is missing, empty, of no known format, without an index, or cut off;
 * `missing-dependency` when `backend` names one that is not there. A missing decoder is otherwise reported by the method
 * that needs it.
 */
export async function openMedia(source: NodeMediaSource, options: NodeOpenOptions = {}): Promise<NodeMediaFile> {
  const path = source instanceof URL ? fileURLToPath(source) : typeof source === "string" ? source : undefined;
  const name = path === undefined ? "The data" : `"${path}"`;
  const backend = options.backend ?? "auto";
  const native = backend !== "ffmpeg" && (await loadNativeCodecs());
  if (backend === "native" && !native) {
    const what = "The native decoders (@mediabunny/server) are not installed or do not start here.";
    throw new FoleyError("missing-dependency", what, {
      hint: 'Run `npm install @mediabunny/server`, or use the backend "ffmpeg".',
    });
  }
  if (backend === "ffmpeg" && !(await findFfmpeg())) {
    throw new FoleyError("missing-dependency", "`ffmpeg` and `ffprobe` were not found on the PATH.", {
      hint: 'Install FFmpeg, or use the backend "native".',
    });
  }
  const data = path === undefined ? dataSource(source as MediaData, name) : await fileSource(path, name);
  const scratch = temporaryCopy(path, source);
  const choose = async (inspection: Inspection): Promise<DecodeBackend> => {
    const own = native ? libraryBackend(inspection, name) : undefined;
    const { video, audio } = inspection;
    const complete = own && (own.decodes.picture || !video) && (own.decodes.sound || !audio);
    if (complete || backend === "native" || !(await findFfmpeg())) return own ?? withoutDecoder();
    const other = ffmpegBackend(inspection, { path: scratch.path, name });
    return own ? eachByWhoCan(own, other) : other;
  };
  const file = await openSource({ ...data, name, backend: choose }, options);
  return nodeFile(file, path, scratch.remove);
}

function nodeFile(file: OpenedFile, path: string | undefined, remove: () => void): NodeMediaFile {
  const dispose = (): void => {
    file.dispose();
    remove();
  };
  return {
    ...file,
    path,
    dispose,
    [Symbol.dispose]: dispose,
    async saveWithAudio(target, pcm, options = {}) {
      const inputs = path === undefined ? [] : [path];
      const container = options.container ?? containerFromPath(target);
      await assertWritable(target, inputs);
      await writeFileAtomically(
        target,
        (writer) =>
          file.writeAudio(pcm, new StreamTarget(fileSink(writer).stream(), { chunked: true, chunkSize: CHUNK_BYTES }), {
            ...options,
            container,
          }),
        { inputs, signal: options.signal },
      );
    },
  };
}

type Data = Pick<OpenSource, "source" | "read" | "size">;

async function fileSource(path: string, name: SourceName): Promise<Data> {
  const found = await stat(path).catch((cause: unknown) => {
    throw notReadable(name, cause);
  });
  if (found.isDirectory()) throw new FoleyError("bad-file", `${name} is a folder.`, { hint: "Give the path of a file in it." });
  if (found.size === 0 && found.isFile()) throw emptyFile(name);
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const handle = await open(path);
    try {
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  };
  return { source: new FilePathSource(path), read, size: found.size };
}

/** ffmpeg reads files, so data in memory is written to a temporary one when first needed. */
function temporaryCopy(path: string | undefined, source: NodeMediaSource): { path: () => Promise<string>; remove: () => void } {
  if (path !== undefined) return { path: async () => path, remove: () => undefined };
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

/** The picture and the sound each by the first backend if that can decode it, else by the second. */
function eachByWhoCan(first: DecodeBackend, second: DecodeBackend): DecodeBackend {
  const [picture, sound] = [first.decodes.picture ? first : second, first.decodes.sound ? first : second];
  return {
    decodes: { picture: picture.decodes.picture, sound: sound.decodes.sound },
    pictures: (request) => picture.pictures(request),
    sound: (request) => sound.sound(request),
  };
}

function withoutDecoder(): DecodeBackend {
  return {
    decodes: { picture: false, sound: false },
    pictures() {
      throw missingCodecs("Decoding a video");
    },
    async sound() {
      throw missingCodecs("Decoding sound");
    },
  };
}
