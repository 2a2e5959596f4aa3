/** {@link ByteReader}s over what a page has: blobs (files, OPFS) and URLs. */
import { FoleyError } from "@foley-control/core";
import type { ByteReader } from "../reader.js";

/**
 * Random access to a blob or file.
 *
 * @param blob - the blob
 */
export function blobReader(blob: Blob): ByteReader {
  const label = "name" in blob && typeof blob.name === "string" ? blob.name : "The blob";
  return {
    label,
    size: blob.size,
    async read(offset, length) {
      const bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      if (bytes.length !== length)
        throw new FoleyError("bad-file", `${label} has ${blob.size} bytes, cannot read ${length} from offset ${offset}.`);
      return bytes;
    },
  };
}

/**
 * Random access to a URL by range requests.
 *
 * @param url - an address whose server answers range requests
 * @param options - `signal` aborts every request; `fetch` replaces the global one
 * @throws FoleyError `bad-file` when the address cannot be read or the server ignores ranges
 */
export async function urlReader(
  url: string | URL,
  options: { readonly signal?: AbortSignal | undefined; readonly fetch?: typeof globalThis.fetch | undefined } = {},
): Promise<ByteReader> {
  const label = String(url);
  const request = options.fetch ?? globalThis.fetch;
  const range = async (offset: number, length: number): Promise<Response> => {
    const response = await request(url, {
      headers: { range: `bytes=${offset}-${offset + length - 1}` },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (response.status !== 206) {
      await response.body?.cancel();
      const why = response.ok ? "its server ignores range requests" : `the server answered ${response.status}`;
      throw new FoleyError("bad-file", `${label} cannot be read in parts: ${why}.`, {
        hint: "Use loadSafetensors, which downloads the whole file.",
      });
    }
    return response;
  };
  const probe = await range(0, 1);
  const total = /\/(\d+)$/.exec(probe.headers.get("content-range") ?? "")?.[1];
  await probe.arrayBuffer();
  if (total === undefined) throw new FoleyError("bad-file", `${label} does not say how long it is.`);
  return {
    label,
    size: Number(total),
    async read(offset, length) {
      if (length === 0) return new Uint8Array(0);
      const bytes = new Uint8Array(await (await range(offset, length)).arrayBuffer());
      if (bytes.length !== length)
        throw new FoleyError("bad-file", `${label} gave ${bytes.length} bytes, expected ${length} from offset ${offset}.`);
      return bytes;
    },
  };
}
