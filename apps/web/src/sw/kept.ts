/**
 * Reads what the service worker keeps without asking it: large files are there at once, and a reload that comes meanwhile ends no load of the worker,
 * which Firefox would call failed.
 */

/** Marks a kept response whose bytes were compared with the list of the version. */
export const DIGEST = "x-foley-sha256";

/** The bytes of a file of the studio, where they are kept; `undefined` where they have to be fetched. */
export async function keptBytes(
  address: URL,
  store: Pick<CacheStorage, "match"> | undefined = (globalThis as { readonly caches?: CacheStorage }).caches,
): Promise<Uint8Array | undefined> {
  try {
    const kept = await store?.match(address.href);
    return kept?.headers.has(DIGEST) ? new Uint8Array(await kept.arrayBuffer()) : undefined;
  } catch {
    // Private windows may refuse their storage.
    return undefined;
  }
}
