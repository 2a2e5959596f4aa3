/** Opens what the muxing library reads, with the decoders that it finds: WebCodecs in browsers. */
import type { Inspection } from "./inspect.js";
import { libraryBackend } from "./library-backend.js";
import { type OpenedFile, type OpenSource, openSource } from "./open.js";
import type { OpenOptions } from "./types.js";

/** Opens one source. */
export function openWithLibrary(source: Omit<OpenSource, "backend">, options: OpenOptions): Promise<OpenedFile> {
  const backend = (inspection: Inspection) => libraryBackend(inspection, source.name);
  return openSource({ ...source, backend }, options);
}
