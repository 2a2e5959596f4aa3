/**
 * What a page has before it makes sound: solvers come with the first sound, or with `prepare`. One import of one small function from a file that
 * knows them brings them all back, and what writes takes with them: 26 kB.
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("a page that makes a pipeline loads no solvers", async () => {
  const { metafile } = await build({
    stdin: { contents: 'export { createFoley } from "./web.js";', resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
    outdir: "out",
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    conditions: ["@foley-control/source"],
    external: ["node:*", "mediabunny", "@mediabunny/*", "onnxruntime-web*"],
  });
  const outputs = Object.entries(metafile.outputs);
  const chunks = new Set(outputs.flatMap(([name, { entryPoint }]) => (entryPoint === "<stdin>" ? [name] : [])));
  for (const chunk of chunks)
    for (const { path, kind, external } of metafile.outputs[chunk]?.imports ?? [])
      if (kind === "import-statement" && !external) chunks.add(path);
  const loaded = [...chunks].flatMap((chunk) => Object.keys(metafile.outputs[chunk]?.inputs ?? {}));
  expect(loaded.some((file) => file.endsWith("pipeline/src/foley.ts"))).toBe(true);
  expect(loaded.filter((file) => file.includes("packages/sampler/"))).toEqual([]);
});
