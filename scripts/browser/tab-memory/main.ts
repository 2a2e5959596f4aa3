/**
 * `npm run tab-memory -- FOLDER --model NAME`: what a tab needs to make a sound with MMAudio small or Stable Audio 3 small from local files, at
 * their real size, in each precision: the largest resident memory of the tab's process (Linux counts it) up to each stage, and the time. Writes the
 * release into FOLDER once, as `real-size` does, with weights made by a formula, which take the same memory as real ones.
 *
 *     npm run tab-memory -- /var/tmp/sa3 --model stable-audio-3-small-sfx --seconds 10
 *     npm run tab-memory -- /var/tmp/MMAudio --model mmaudio-small-16k --no-clip --precision int8
 */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Precision } from "@foley-control/graph";
import { ensureMmaudio, writeClip } from "../../../bench/shared/mmaudio.js";
import { ensureStableAudio3 } from "../../../bench/shared/stable-audio-3.js";
import { root } from "../../check/command.js";
import { bundle } from "../bundle.js";
import { serve } from "../server.js";
import { measureTab, type TabMemory, tableOf } from "./measure.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string", default: "stable-audio-3-small-sfx" },
    precision: { type: "string", default: "int8,float16,float32" },
    seconds: { type: "string", default: "8" },
    steps: { type: "string", default: "1" },
    threads: { type: "string", default: "1" },
    "no-clip": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
const sees = values.model === "mmaudio-small-16k";
if (folder === undefined || !(sees || values.model === "stable-audio-3-small-sfx")) {
  console.error(
    "Give a folder with 7 GB to spare, or that of the release, and the model: npm run tab-memory -- FOLDER --model mmaudio-small-16k",
  );
  process.exit(2);
}
await (sees ? ensureMmaudio(folder) : ensureStableAudio3(folder));

const served = await mkdtemp(join(tmpdir(), "foley-tab-"));
const worker = (file: string) => `import ${JSON.stringify(join(root, file))};`;
const errors = await bundle(
  {
    page: `export * from ${JSON.stringify(join(root, "scripts/browser/tab-memory/page.ts"))};`,
    worker: worker("packages/runtime/src/web/worker.ts"),
    "worker-jspi": worker("packages/runtime/src/web/worker-jspi.ts"),
    "media-worker": worker("packages/media/src/web/media-worker.ts"),
    "media-writer-worker": worker("packages/media/src/web/media-writer-worker.ts"),
  },
  served,
);
if (errors.length > 0) throw new Error(errors.join("\n"));
await writeFile(join(served, "index.html"), "<!doctype html><title>Foley Control</title><input type=file webkitdirectory>");
if (sees) await copyFile(await writeClip(Number(values.seconds)), join(served, "clip.mp4"));
const ort = dirname(createRequire(join(root, "packages/runtime/package.json")).resolve("onnxruntime-web/wasm"));
const server = await serve({ "": served, ort });
const rows: TabMemory[] = [];
try {
  for (const precision of values.precision.split(",") as Precision[]) {
    const asked = {
      ...{ precision, threads: Number(values.threads), steps: Number(values.steps), seconds: Number(values.seconds) },
      ...{ clip: sees ? "/clip.mp4" : undefined, seesClip: !values["no-clip"] },
    };
    const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
    rows.push(await measureTab(asked, { origin: server.origin, executablePath, folder: resolve(folder) }));
    process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`);
  }
} finally {
  await server.stop();
  await rm(served, { recursive: true, force: true });
}
console.log(values.json ? JSON.stringify(rows, null, 2) : tableOf(rows).join("\n"));
