/**
 * What a page pays in script before the engine, dependencies counted: everything that the production build of the example loads before the worker of
 * ONNX Runtime starts, and the worker that reads its clip, minified, not compressed. What is loaded when it is used (encoders, muxers, the engine
 * itself) is not part of it.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bytes. 2,154 kB before encoders were loaded when used and validation and serialisation were slimmed. */
const LIMIT = 600_000;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  /** Names of the chunks that it imports statically. */
  readonly imports?: readonly string[];
}

/** The name of the check and what is wrong, for a build of Vite with its manifest. */
export function weighPage(folder: string): [name: string, failures: readonly string[]] {
  const manifest = JSON.parse(readFileSync(join(folder, ".vite", "manifest.json"), "utf8")) as Readonly<Record<string, Chunk>>;
  const loaded = new Set(Object.values(manifest).filter(({ isEntry }) => isEntry));
  for (const { imports = [] } of loaded) for (const name of imports) loaded.add(manifest[name] as Chunk);
  const reader = readdirSync(join(folder, "assets")).filter((file) => /^media-worker-.*\.js$/.test(file));
  const files = [...[...loaded].map(({ file }) => file), ...reader.map((file) => join("assets", file))];
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const name = `size of a page's script before the engine: ${Math.round(bytes / 1000)} kB`;
  if (loaded.size === 0) return [name, ["the manifest names no entry"]];
  if (reader.length !== 1) return [name, [`${reader.length} workers read media, 1 was expected`]];
  return [name, bytes <= LIMIT ? [] : [`${bytes} bytes, at most ${LIMIT} are wanted`]];
}
