/**
 * A program that has its clips read in another process, or in a worker, does not load what reads them: the time for that would be paid twice, and a
 * page would fetch it twice.
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** Packages that are loaded with an entry, without what `import()` brings when it is used. */
async function packagesOf(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outdir: "out",
    bundle: true,
    splitting: true,
    treeShaking: false,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    conditions: ["@foley-control/source"],
    external: ["mediabunny", "@mediabunny/*"],
  });
  const found = new Set<string>();
  const chunks = Object.entries(metafile.outputs).flatMap(([name, { entryPoint }]) =>
    entryPoint?.endsWith(entry.slice(2)) ? [name] : [],
  );
  for (const chunk of chunks) {
    for (const { path, kind, external } of metafile.outputs[chunk]?.imports ?? []) {
      if (kind !== "import-statement") continue;
      if (external) found.add(path);
      else if (!chunks.includes(path)) chunks.push(path);
    }
  }
  expect(chunks.length).toBeGreaterThan(0);
  return [...found].filter((name) => name.includes("mediabunny"));
}

it.each(["./index.ts", "./node.ts", "./web.ts"])("%s loads nothing that reads or writes containers", async (entry) => {
  expect(await packagesOf(entry)).toEqual([]);
});
it("what reads does", async () => {
  expect(await packagesOf("./web/media-worker.ts")).toEqual(["mediabunny"]);
});
