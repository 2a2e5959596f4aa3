/**
 * Keeps the studio's files in the browser: each with its digest checked, those in parts joined, unchanged ones taken over from the version before.
 * They are kept with the headers that the page needs, so that an answer is what is kept and nothing around it: the browser then sends the bytes by
 * itself. Wrapped in a stream they went through the worker piece by piece, and Firefox says of each load that a reload ends halfway that it failed.
 */
import { sha256Hex } from "../storage/sha256.js";
import type { Asset, ServedFile } from "./assets.js";
import { DIGEST } from "./kept.js";
import type { KeepFailure } from "./messages.js";

/** A file that the host does not give. */
class KeepError extends Error {
  readonly failure: KeepFailure;

  constructor(failure: KeepFailure) {
    super(failure.what);
    this.failure = failure;
  }
}

/** Why something could not be kept, for the page, which has the words. */
export const keepFailure = (error: unknown): KeepFailure =>
  error instanceof KeepError ? error.failure : { what: "error", message: error instanceof Error ? error.message : String(error) };

/** Where files are kept and how they are fetched. */
export interface Keeper {
  /** Kept bytes of a file, if they are there. */
  find(asset: Asset): Promise<Response | undefined>;
  /** Fetches a file, compares it, keeps it; once, however many ask. Throws a {@link KeepError} when the host gives something else. */
  fetch(asset: Asset): Promise<Response>;
}

/** Where a keeper works. */
export interface KeeperPlace {
  /** Of this version. */
  readonly cacheName: string;
  /** The folder of the page, an address. */
  readonly scope: string;
  /** Sent with each file. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fetches, and counts that it did. */
  readonly get: (address: string) => Promise<Response>;
}

/** Makes one. */
export function keeper({ cacheName, scope, headers: sent, get }: KeeperPlace): Keeper {
  const key = ({ path }: ServedFile): string => new URL(path, scope).href;
  const opened = caches.open(cacheName);

  const download = async (file: ServedFile): Promise<{ bytes: ArrayBuffer; headers: Headers }> => {
    const response = await get(key(file));
    if (!response.ok) throw new KeepError({ what: "answer", path: file.path, status: response.status });
    const bytes = await response.arrayBuffer();
    if ((await sha256Hex(bytes)) !== file.sha256) throw new KeepError({ what: "other-file", path: file.path });
    return { bytes, headers: response.headers };
  };
  const put = async (asset: Asset, body: BodyInit, type: string): Promise<Response> => {
    const headers = { ...sent, "content-type": type, "content-length": String(asset.bytes), [DIGEST]: asset.sha256 };
    const response = new Response(body, { headers });
    await (await opened).put(key(asset), response.clone());
    // What lies on the disk is answered with, where there is room for it.
    return (await (await opened).match(key(asset))) ?? response;
  };
  const bring = async (asset: Asset): Promise<Response> => {
    if (asset.parts === undefined) {
      const { bytes, headers } = await download(asset);
      return put(asset, bytes, headers.get("content-type") ?? "application/octet-stream");
    }
    const parts: ArrayBuffer[] = [];
    for (const part of asset.parts) parts.push((await download(part)).bytes);
    return put(asset, new Blob(parts), asset.path.endsWith(".wasm") ? "application/wasm" : "application/octet-stream");
  };
  const coming = new Map<string, Promise<Response>>();

  return {
    async find(asset) {
      const own = await (await opened).match(key(asset));
      if (own) return own;
      const older = await caches.match(key(asset));
      if (older?.headers.get(DIGEST) !== asset.sha256) return undefined;
      return put(asset, await older.blob(), older.headers.get("content-type") ?? "application/octet-stream");
    },
    async fetch(asset) {
      let one = coming.get(asset.path);
      if (one === undefined) {
        one = bring(asset).finally(() => coming.delete(asset.path));
        coming.set(asset.path, one);
      }
      return (await one).clone();
    },
  };
}
