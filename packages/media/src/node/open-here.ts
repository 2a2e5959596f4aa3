/** Opens media in this very process, with native codecs or `ffmpeg`, whichever is there. */
import { open, stat } from "node:fs/promises";
import { FoleyError } from "@foley-control/core";
import { notReadable } from "@foley-control/files/node";
import { FilePathSource } from "mediabunny";
import type { FileData } from "../apart/serve-guest.js";
import type { DecodeBackend } from "../read/backend.js";
import type { Inspection } from "../read/inspect.js";
import { libraryBackend } from "../read/library-backend.js";
import type { MediaData } from "../read/media-data.js";
import { type OpenedFile, openSource } from "../read/open.js";
import { dataSource } from "../read/open-data.js";
import { emptyFile, type SourceName } from "../read/problems.js";
import type { OpenOptions } from "../read/types.js";
import { writers } from "../write/load-encoders.js";
import type { NodeBackend } from "./backend-name.js";
import { ffmpegBackend } from "./ffmpeg-backend.js";
import { findFfmpeg } from "./ffmpeg-process.js";
import { loadNativeCodecs, missingCodecs } from "./native.js";

/** What is opened. */
export interface OpenHereRequest {
  readonly name: SourceName;
  readonly backend: NodeBackend;
  /** The bytes; asked for once. */
  readonly data: () => Promise<FileData>;
  /** A path under which `ffmpeg` finds the same bytes; asked for once, when first needed. */
  readonly path: () => Promise<string>;
}

/** Opens one file. Errors as `openMedia`. */
export async function openHere({ name, backend, data, path }: OpenHereRequest, options: OpenOptions): Promise<OpenedFile> {
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
  const choose = async (inspection: Inspection): Promise<DecodeBackend> => {
    const own = native ? libraryBackend(inspection, name) : undefined;
    const { video, audio } = inspection;
    const complete = own && (own.decodes.picture || !video) && (own.decodes.sound || !audio);
    if (complete || backend === "native" || !(await findFfmpeg())) return own ?? withoutDecoder();
    const other = ffmpegBackend(inspection, { path, name });
    return own ? eachByWhoCan(own, other) : other;
  };
  return openSource({ ...(await data()), name, backend: choose, writers }, options);
}

/** The bytes of a file on disk, or in memory. */
export const dataOf = async (source: string | MediaData, name: SourceName): Promise<FileData> =>
  typeof source === "string" ? pathData(source, name) : dataSource(source, name);

/** The bytes of a file on disk. */
export async function pathData(path: string, name: SourceName): Promise<FileData> {
  const found = await stat(path).catch((cause: unknown) => {
    throw notReadable(name, cause);
  });
  if (found.isDirectory()) throw new FoleyError("bad-file", `${name} is a folder.`, { hint: "Give the path of a file in it." });
  if (!found.isFile())
    throw new FoleyError("bad-file", `${name} is not a file but a device or a pipe, in which no place can be looked up.`, {
      hint: "Save what comes from it to a file first.",
    });
  if (found.size === 0) throw emptyFile(name);
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
