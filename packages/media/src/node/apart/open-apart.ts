/** Opens a file in a process of its own. */
import { type ApartLimits, DEFAULT_LIMITS } from "../../apart/limits.js";
import { openInGuest } from "../../apart/open-apart.js";
import type { RemoteFile } from "../../apart/remote-file.js";
import type { FileData } from "../../apart/serve-guest.js";
import type { SourceName } from "../../read/problems.js";
import type { OpenOptions } from "../../read/types.js";
import type { NodeBackend } from "../backend-name.js";
import { type OpenRequest, processes } from "./guests.js";

/** What is opened. */
export interface OpenApartRequest {
  readonly name: SourceName;
  readonly backend: NodeBackend;
  /** Absolute; `undefined` for data in memory. */
  readonly path: string | undefined;
  /** The data in memory. */
  readonly memory: Pick<FileData, "read" | "size"> | undefined;
  /** Writes them to a file, for decoders that read files. */
  readonly copy: () => Promise<string>;
}

/** Opens one file; `undefined` where no process can be started. Errors as `openMedia`. */
export async function openApart(
  { name, backend, path, memory, copy }: OpenApartRequest,
  options: OpenOptions,
  limits: ApartLimits = DEFAULT_LIMITS,
): Promise<RemoteFile | undefined> {
  options.signal?.throwIfAborted();
  const handlers = {
    read: async ({ start, end }: { start: number; end: number }) => memory?.read(start, end),
    copy,
  };
  const request: OpenRequest = { name, backend, path, size: memory?.size, onError: options.onError, limits };
  return openInGuest(processes, { name, request, handlers }, options.signal);
}
