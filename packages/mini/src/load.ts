/** The small model from bytes or addresses, anywhere. */
import { FoleyError, type ProgressListener } from "@foley-control/core";
import { parseSafetensors } from "@foley-control/weights";
import { MINI_FILES, type MiniModel, type MiniPart, miniFromSources } from "./files.js";

/** Where the files of a small model are: a folder's address, or the bytes of each file. */
export type MiniLocation = string | URL | Readonly<Record<MiniPart, Uint8Array>>;

/** Options of {@link loadMini}. */
export interface LoadMiniOptions {
  /** Aborts the download. */
  readonly signal?: AbortSignal | undefined;
  /** Hears `read-progress` per file, in bytes. */
  readonly onProgress?: ProgressListener | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * Loads the small model into memory.
 *
 * @param location - address of the folder that holds the files of {@link MINI_FILES} (a slash at its end may be left out),
 * or their bytes.
 * @throws FoleyError `bad-file` when a file cannot be had or is damaged; `bad-weights` when the files do not fit together.
 * @example
 * const mini = await loadMini(new URL("/models/mini/", location.href));
 */
export async function loadMini(location: MiniLocation, options: LoadMiniOptions = {}): Promise<MiniModel> {
  const parts = Object.keys(MINI_FILES) as MiniPart[];
  const entries = await Promise.all(
    parts.map(async (part) => {
      const bytes =
        typeof location === "string" || location instanceof URL
          ? await download(folderOf(location), part, options)
          : location[part];
      return [part, parseSafetensors(bytes, { label: MINI_FILES[part] })] as const;
    }),
  );
  return miniFromSources(Object.fromEntries(entries) as Record<MiniPart, ReturnType<typeof parseSafetensors>>);
}

function folderOf(location: string | URL): string {
  const text = String(location);
  return text.endsWith("/") ? text : `${text}/`;
}

async function download(
  folder: string,
  part: MiniPart,
  { signal, onProgress, fetch = globalThis.fetch }: LoadMiniOptions,
): Promise<Uint8Array> {
  const address = folder + MINI_FILES[part];
  const failed = (why: string, cause?: unknown) =>
    new FoleyError("bad-file", `${address} cannot be downloaded: ${why}.`, {
      hint: "Check the address and the connection.",
      cause,
    });
  const response = await fetch(address, signal === undefined ? {} : { signal }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw failed("the connection failed", cause);
  });
  if (!response.ok || response.body === null) throw failed(`the server answered ${response.status}`);
  const total = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length") ?? 0);
  const pieces: Uint8Array[] = [];
  let done = 0;
  const reader = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(next.value);
    done += next.value.length;
    onProgress?.({ type: "read-progress", part: MINI_FILES[part], done, ...(total > 0 ? { total } : {}) });
  }
  const bytes = new Uint8Array(done);
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.length;
  }
  return bytes;
}
