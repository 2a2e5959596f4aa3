/** Keeps the studio's files in the browser: each with its digest checked, those in parts joined, unchanged ones taken over from the version before. */
import type { Asset, ServedFile } from "./assets.js";

/** Marks a kept response whose bytes were compared with the list. */
const DIGEST = "x-foley-sha256";

/** Where files are kept and how they are fetched. */
export interface Keeper {
  /** Kept bytes of a file, if they are there. */
  find(asset: Asset): Promise<Response | undefined>;
  /** Fetches a file, compares it, keeps it. Throws a sentence when the host gives something else. */
  fetch(asset: Asset): Promise<Response>;
  /** Keeps what passes by on its way to the page. */
  note(asset: Asset, response: Response): Promise<void>;
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param cacheName - of this version
 * @param scope - the folder of the page, an address
 * @param get - fetches, and counts that it did
 */
export function keeper(cacheName: string, scope: string, get: (address: string) => Promise<Response>): Keeper {
  const key = ({ path }: ServedFile): string => new URL(path, scope).href;
  const opened = caches.open(cacheName);

  const download = async (file: ServedFile): Promise<{ bytes: ArrayBuffer; headers: Headers }> => {
    const response = await get(key(file));
    if (!response.ok) throw new Error(`${file.path}: the server answered ${response.status}`);
    const bytes = await response.arrayBuffer();
    if ((await sha256(bytes)) !== file.sha256) throw new Error(`${file.path} is not the file of this version`);
    return { bytes, headers: response.headers };
  };
  const put = async (asset: Asset, body: BodyInit, type: string): Promise<Response> => {
    const headers = { "content-type": type, "content-length": String(asset.bytes), [DIGEST]: asset.sha256 };
    const response = new Response(body, { headers });
    await (await opened).put(key(asset), response.clone());
    return response;
  };

  return {
    async find(asset) {
      const own = await (await opened).match(key(asset));
      if (own) return own;
      const older = await caches.match(key(asset));
      if (older?.headers.get(DIGEST) !== asset.sha256) return undefined;
      await (await opened).put(key(asset), older.clone());
      return older;
    },
    async fetch(asset) {
      if (asset.parts === undefined) {
        const { bytes, headers } = await download(asset);
        return put(asset, bytes, headers.get("content-type") ?? "application/octet-stream");
      }
      const parts: ArrayBuffer[] = [];
      for (const part of asset.parts) parts.push((await download(part)).bytes);
      return put(asset, new Blob(parts), asset.path.endsWith(".wasm") ? "application/wasm" : "application/octet-stream");
    },
    async note(asset, response) {
      const bytes = await response.arrayBuffer();
      if ((await sha256(bytes)) === asset.sha256) await put(asset, bytes, response.headers.get("content-type") ?? "");
    },
  };
}
