/** What the studio is made of: the list that its build writes and its service worker keeps. */

/** Largest file that hosts of static pages take, with room: some end at 25 MiB. Larger ones are served in parts. */
export const LARGEST_FILE: number = 24 * 2 ** 20;

/** A file as it is served. */
export interface ServedFile {
  /** Relative to the page's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** The engine comes in several builds, of which one browser needs one: `jspi` is the smaller one for WebGPU, where WebAssembly can be suspended. */
export type EngineBuild = "wasm" | "webgpu" | "jspi";

/** A file as the page asks for it. */
export interface Asset extends ServedFile {
  /** What it is served as, where it is too large for one file; joined they are the file. */
  readonly parts?: readonly ServedFile[];
  /** Only needed with this build of the engine. */
  readonly engine?: EngineBuild;
}

/** `asset-manifest.json`. */
export interface AssetManifest {
  /** Changes when any file does. */
  readonly version: string;
  readonly assets: readonly Asset[];
}

/** The build of the engine that a file belongs to, by its name. */
export function engineOf(path: string): EngineBuild | undefined {
  if (!/ort-wasm[\w.-]*\.wasm$/.test(path)) return undefined;
  if (path.includes("jspi")) return "jspi";
  return /asyncify|jsep/.test(path) ? "webgpu" : "wasm";
}

/** The build that a browser uses. */
export function engineFor({ adapter, suspends }: { readonly adapter: boolean; readonly suspends: boolean }): EngineBuild {
  if (!adapter) return "wasm";
  return suspends ? "jspi" : "webgpu";
}

/** What has to be there so that the page works with these builds of the engine and no network. */
export function neededOffline(assets: readonly Asset[], engines: ReadonlySet<EngineBuild>): readonly Asset[] {
  return assets.filter(({ engine }) => engine === undefined || engines.has(engine));
}

/** The asset that an address means: the page's folder is its first page, whatever is asked of it after `?`. */
export function assetAt<A extends ServedFile>(assets: readonly A[], address: string, scope: string): A | undefined {
  const url = new URL(address);
  const folder = new URL(scope);
  if (url.origin !== folder.origin || !url.pathname.startsWith(folder.pathname)) return undefined;
  const path = decodeURIComponent(url.pathname.slice(folder.pathname.length));
  return assets.find((asset) => asset.path === (path === "" ? "index.html" : path));
}

/** Where the bytes of a file are cut so that no part is larger than `largest`. */
export function cuts(bytes: number, largest: number = LARGEST_FILE): readonly (readonly [from: number, to: number])[] {
  const count = Math.max(1, Math.ceil(bytes / largest));
  const size = Math.ceil(bytes / count);
  return Array.from({ length: count }, (_, i) => [i * size, Math.min(bytes, (i + 1) * size)] as const);
}
