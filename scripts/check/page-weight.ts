/**
 * What a page pays in script before the engine, dependencies counted: everything that a production build loads before ONNX Runtime's worker
 * starts, minified, not compressed. What is loaded when it is used (encoders, muxers, the engine itself) is not part of it.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { outputFolder, root } from "./command.js";
import { type Counts, report } from "./step.js";

/** Bytes. 2,154 kB before encoders were loaded when used and validation and serialisation were slimmed. */
const LIMIT = 600_000;

/** Bytes of a chunk and of all that it imports statically. */
export function loadedBytes(chunks: readonly Rolldown.OutputChunk[], entry: Rolldown.OutputChunk): number {
  const reached = new Set([entry]);
  for (const chunk of reached)
    for (const name of chunk.imports) {
      const next = chunks.find(({ fileName }) => fileName === name);
      if (next) reached.add(next);
    }
  return [...reached].reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
}

/** Builds a page that does no more than make a pipeline, and weighs it. Reads the builds, so the build step comes first. */
export async function checkPageWeight(): Promise<Counts> {
  const folder = join(outputFolder, "page");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.html"), '<!doctype html><script type="module" src="/main.js"></script>');
  writeFileSync(
    join(folder, "main.js"),
    'import { createFoley } from "@foley-control/pipeline/web";\nglobalThis.foley = createFoley({ model: "/mini/" });',
  );
  const started = performance.now();
  const name = "size of a page's script before the engine";
  if (!existsSync(join(root, "packages/pipeline/dist/web.js")))
    return report(name, ["the packages are not built; run the build step"]);
  const built = await build({ root: folder, configFile: false, logLevel: "silent", build: { write: false } });
  const chunks = (built as Rolldown.RolldownOutput).output.filter((item) => item.type === "chunk");
  const entry = chunks.find(({ isEntry }) => isEntry);
  const bytes = entry ? loadedBytes(chunks, entry) : Number.NaN;
  const failures = bytes <= LIMIT ? [] : [`${bytes} bytes, at most ${LIMIT} are wanted`];
  return report(`${name}: ${Math.round(bytes / 1000)} kB`, failures, (performance.now() - started) / 1000);
}
