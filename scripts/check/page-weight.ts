/**
 * What a page pays in script before the engine, dependencies counted: everything that the production build of the example loads before the worker of
 * ONNX Runtime starts, and the worker that reads its clip, minified, not compressed. What is loaded when it is used (encoders, muxers, the engine
 * itself) is not part of it.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

/**
 * Bytes. 2,154 kB before encoders were loaded when used and validation and serialisation were slimmed; 610 kB before what makes sound came with the
 * first sound or with `prepare`; 599 kB before what checks an option no longer knew the solvers.
 */
const LIMIT = 600_000;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  /** Names of the chunks that it imports statically. */
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

/** Files that are loaded before anything is used: the entry, what it imports, and its styles. */
function loadedAtOnce(folder: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(folder, ".vite", "manifest.json"), "utf8")) as Readonly<Record<string, Chunk>>;
  const loaded = new Set(Object.values(manifest).filter(({ isEntry }) => isEntry));
  for (const { imports = [] } of loaded) for (const name of imports) loaded.add(manifest[name] as Chunk);
  return [...loaded].flatMap(({ file, css = [] }) => [file, ...css]).map((file) => join(folder, file));
}

/** Scripts of workers, which the manifest does not name. */
const workersOf = (folder: string, name: RegExp): readonly string[] =>
  readdirSync(join(folder, "assets"))
    .filter((file) => name.test(file) && file.endsWith(".js"))
    .map((file) => join(folder, "assets", file));

/** The name of the check and what is wrong, for a build of Vite with its manifest. */
export function weighPage(folder: string): [name: string, failures: readonly string[]] {
  const reader = workersOf(folder, /^media-worker-/);
  const scripts = [...loadedAtOnce(folder).filter((file) => file.endsWith(".js")), ...reader];
  const sizeOf = (files: readonly string[]): number => files.reduce((sum, file) => sum + statSync(file).size, 0);
  const bytes = sizeOf(scripts);
  const worker = Math.round(sizeOf(reader) / 1000);
  const name = `size of a page's script before the engine: ${Math.round(bytes / 1000)} kB, ${worker} of them the worker that reads its clip`;
  if (scripts.length === reader.length) return [name, ["the manifest names no entry"]];
  if (reader.length !== 1) return [name, [`${reader.length} workers read media, 1 was expected`]];
  return [name, bytes <= LIMIT ? [] : [`${bytes} bytes, at most ${LIMIT} are wanted`]];
}

/** What the studio may load before the engine: bytes as brotli sends them. */
const STUDIO_LIMITS = { ".js": 250_000, ".css": 20_000 } as const;

/** Bytes of the largest file that hosts of static pages take. */
const LARGEST_SERVED = 24 * 2 ** 20;

/** Likewise for the studio with its workers for clips and disks; its limits are of compressed bytes. */
export function weighStudio(folder: string): [name: string, failures: readonly string[]] {
  const files = [...loadedAtOnce(folder), ...workersOf(folder, /^(clip|disk|media)-worker-/)];
  const weighed = Object.entries(STUDIO_LIMITS).map(([ending, limit]) => {
    const chosen = files.filter((file) => file.endsWith(ending));
    const bytes = chosen.reduce((sum, file) => sum + brotliCompressSync(readFileSync(file)).length, 0);
    return { ending, limit, bytes };
  });
  const served = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => ({
    path,
    bytes: statSync(join(folder, path)).size,
  }));
  const largest = Math.max(...served.map(({ bytes }) => bytes)) / 2 ** 20;
  const name = `the studio before the engine, as brotli: ${weighed.map(({ ending, bytes }) => `${Math.round(bytes / 1000)} kB of ${ending}`).join(", ")}; its largest file: ${largest.toFixed(1)} MiB`;
  return [
    name,
    [
      ...served.flatMap(({ path, bytes }) =>
        bytes > LARGEST_SERVED ? [`${path} has ${bytes} bytes, and some hosts take ${LARGEST_SERVED} at most`] : [],
      ),
      ...weighed.flatMap(({ ending, limit, bytes }) =>
        bytes > 0 && bytes <= limit ? [] : [`${bytes} bytes of ${ending}, at most ${limit} are wanted`],
      ),
    ],
  ];
}
