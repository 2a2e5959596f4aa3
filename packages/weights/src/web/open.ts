/** Opening weights in a page. */
import { concatBytes, FoleyError, type ProgressListener } from "@foley-control/core";
import { type OpenCheckpointOptions, openCheckpointReader } from "../checkpoint.js";
import { type LazySafetensors, openSafetensorsReader, parseSafetensors, type Safetensors } from "../read.js";
import { type ByteReader, memoryReader } from "../reader.js";
import type { LazyTensors } from "../tensors.js";
import { type FileWeights, fileWeights } from "./file-weights.js";
import { blobReader, urlReader } from "./readers.js";

/** Options of {@link loadSafetensors}. */
export interface LoadSafetensorsOptions {
  /** Aborts the download. */
  readonly signal?: AbortSignal | undefined;
  /** Hears `read-progress` in bytes. */
  readonly onProgress?: ProgressListener | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * Opens a file of which tensors are read one by one.
 *
 * @param source - bytes, a blob or file, or an address whose server answers range requests
 * @param options - `signal` aborts requests
 */
export async function openSafetensors(
  source: Uint8Array | Blob | URL | string,
  options: Pick<LoadSafetensorsOptions, "signal" | "fetch"> = {},
): Promise<LazySafetensors> {
  return openSafetensorsReader(await readerOf(source, options));
}

/**
 * Opens a checkpoint by what it contains, safetensors or PyTorch, of which tensors are read one by one. `load()` of the result reads those
 * that were selected, and nothing else.
 *
 * @param source - bytes, a blob or file, or an address whose server answers range requests
 * @param options - which tensors of a PyTorch checkpoint, prefixes to strip; `signal` aborts requests
 * @throws FoleyError as `openCheckpointReader`
 * @example
 * ```ts
 * const encoder = await openCheckpoint(file, { at: "target_encoder", strip: ["module.", "backbone."] });
 * const weights = await encoder.load();
 * ```
 */
export async function openCheckpoint(
  source: Uint8Array | Blob | URL | string,
  options: OpenCheckpointOptions & Pick<LoadSafetensorsOptions, "signal" | "fetch"> = {},
): Promise<LazyTensors> {
  return openCheckpointReader(await readerOf(source, options), options);
}

/**
 * Opens a file that a page was given as a source of weights: only its header is read, and each parameter when a runtime loads it, in the runtime's
 * worker. The file is never in memory as a whole.
 *
 * @param file - safetensors or a PyTorch checkpoint of either container
 * @param options - which tensors of a PyTorch checkpoint, prefixes to strip
 * @throws FoleyError as `openCheckpointReader`
 * @example
 * ```ts
 * const weights = await openWeights(await handle.getFile());
 * const executable = await runtime.load(graph, weights);
 * ```
 */
export async function openWeights(file: Blob, options: OpenCheckpointOptions = {}): Promise<FileWeights> {
  const reader = blobReader(file);
  return fileWeights(file, reader.label, await openCheckpointReader(reader, options));
}

async function readerOf(
  source: Uint8Array | Blob | URL | string,
  options: Pick<LoadSafetensorsOptions, "signal" | "fetch">,
): Promise<ByteReader> {
  if (source instanceof Uint8Array) return memoryReader(source);
  return source instanceof Blob ? blobReader(source) : urlReader(source, options);
}

/**
 * Loads a whole file into memory, as a source of parameters for a runtime.
 *
 * @param source - bytes, a blob or file, or any address
 * @param options - signal, progress
 * @throws FoleyError `bad-file` when the download fails or the file is not valid
 * @example
 * ```ts
 * const weights = await loadSafetensors(new URL("./mini.safetensors", import.meta.url));
 * ```
 */
export async function loadSafetensors(
  source: Uint8Array | Blob | URL | string,
  options: LoadSafetensorsOptions = {},
): Promise<Safetensors> {
  if (source instanceof Uint8Array) return parseSafetensors(source);
  if (source instanceof Blob) {
    const { label } = blobReader(source);
    return parseSafetensors(new Uint8Array(await source.arrayBuffer()), { label });
  }
  const label = String(source);
  const { signal, fetch = globalThis.fetch } = options;
  const response = await fetch(source, signal ? { signal } : {}).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new FoleyError("bad-file", `${label} cannot be downloaded.`, { hint: "Check the address and the connection.", cause });
  });
  if (!response.ok || response.body === null)
    throw new FoleyError("bad-file", `${label} cannot be downloaded: the server answered ${response.status}.`);
  return parseSafetensors(await download(response, label, options.onProgress), { label });
}

async function download(response: Response, label: string, onProgress: ProgressListener | undefined): Promise<Uint8Array> {
  const announced = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length") ?? 0);
  const chunks: Uint8Array[] = [];
  let done = 0;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    done += next.value.length;
    onProgress?.({ type: "read-progress", part: label, done, ...(announced > 0 ? { total: announced } : {}) });
  }
  return concatBytes(chunks);
}
