/** Bundles for the page with esbuild, from sources, and refuses what no browser has. */

import { build, type Message, type Plugin } from "esbuild";
import { root } from "../check/command.js";
import { sourceCondition } from "../check/workspace.js";

/**
 * Dependencies name Node's modules on paths that a browser never takes (`await import("worker_threads")` behind a test for Node);
 * our own sources never do, and a static import would keep anything from loading.
 */
const mayName = (importer: string, kind: string): boolean =>
  /[\\/]node_modules[\\/]/.test(importer) && kind !== "import-statement";

const nodeModules: Plugin = {
  name: "no-node-modules",
  setup(bundler) {
    bundler.onResolve(
      { filter: /^node:|^(fs|path|os|module|worker_threads|url|perf_hooks|crypto)(\/|$)/ },
      ({ path, importer, kind }) => {
        if (mayName(importer, kind)) return { path, external: true };
        return { errors: [{ text: `${path} does not exist in a browser (imported by ${importer})` }] };
      },
    );
  },
};

/**
 * Bundles entries into a folder; shared code becomes chunks beside them.
 *
 * @param entries - name of the output (without .js) → source text
 * @param folder - where to
 * @returns errors, as text; nothing was written when there are any
 */
export async function bundle(entries: Readonly<Record<string, string>>, folder: string): Promise<readonly string[]> {
  const sources: Plugin = {
    name: "entries",
    setup(bundler) {
      bundler.onResolve({ filter: /^entry:/ }, ({ path }) => ({ path: path.slice(6), namespace: "entry" }));
      bundler.onLoad({ filter: /./, namespace: "entry" }, ({ path }) => ({
        contents: entries[path] ?? "",
        loader: "ts",
        resolveDir: root,
      }));
    },
  };
  try {
    await build({
      entryPoints: Object.keys(entries).map((name) => ({ in: `entry:${name}`, out: name })),
      outdir: folder,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      conditions: [sourceCondition],
      chunkNames: "chunk-[hash]",
      sourcemap: "linked",
      logLevel: "silent",
      absWorkingDir: root,
      plugins: [sources, nodeModules],
    });
    return [];
  } catch (error) {
    const { errors } = error as { readonly errors?: readonly Message[] };
    return (
      errors?.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text)) ?? [String(error)]
    );
  }
}
