/**
 * Starts a worker from its TypeScript sources, in a checkout: bundled into one file first, since reading module after module takes longer than most
 * of what a test has it do. What belongs to one run of the tests (`FOLEY_TEST_RUN`) shares what the first of them bundled; whoever else starts one
 * bundles it anew, so that no start is of sources that have changed.
 */
import "./share-of-cores.mjs";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { threadId } from "node:worker_threads";

/** Milliseconds after which the bundle of a run is no longer of use. */
const OLD = 3_600_000;

/**
 * Starts it in this process or thread.
 *
 * @param {URL} entry - its first file
 * @param {{ folder: URL, external: readonly string[] }} options - where the bundle lies, which decides what it finds of the packages that stay
 * outside it
 */
export async function startFromSource(entry, { folder, external }) {
  const name = basename(fileURLToPath(entry), ".ts");
  const run = process.env.FOLEY_TEST_RUN;
  const bundle = new URL(run ? `${name}-${run}.mjs` : `${name}.mjs`, folder);
  if (!run || !existsSync(bundle)) await write(entry, { name, bundle, folder, external });
  await import(bundle.href);
}

async function write(entry, { name, bundle, folder, external }) {
  const { buildSync } = await import("esbuild");
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["@foley-control/source"],
    external: [...external],
  });
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(folder)) {
    const path = new URL(file, folder);
    const age = file.startsWith(`${name}-`) ? Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now()) : 0;
    if (age > OLD) await rm(path, { force: true });
  }
  const part = new URL(`${name}-${process.pid}-${threadId}.part`, folder);
  await writeFile(part, outputFiles[0].contents);
  await rename(part, bundle);
}
