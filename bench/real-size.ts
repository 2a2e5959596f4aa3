/**
 * `npm run bench -- real-size FOLDER`: Stable Audio Open 1.0 at its real size, with weights made by a formula, so that the real sizes can
 * be measured where the real weights cannot be had. Writes the release (4.85 GB) and its T5 (0.4 GB) into FOLDER once, then makes
 * sound with it and prints where time and memory went. Point FOLDER at the real release to measure that.
 *
 *     npm run bench -- real-size /var/tmp/sao --seconds 10 --steps 8
 *     npm run bench -- real-size /var/tmp/sao --seconds 100 --steps 2    # longer than the 47 s of a window: three of them
 *     npm run bench -- real-size /var/tmp/MMAudio --model mmaudio-small-16k --seconds 8 --steps 25 --threads 1 --no-clip
 *     npm run bench -- real-size /var/tmp/sa3 --model stable-audio-3-small-sfx --steps 8
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stableAudio3, stableAudioOpen } from "@foley-control/audio-backbone/node";
import type { Precision } from "@foley-control/graph";
import { createFoley } from "@foley-control/pipeline/node";
import { ensureMmaudio, openMmaudioFolder, writeClip } from "./shared/mmaudio.js";
import { ensureStableAudio } from "./shared/release.js";
import { ensureStableAudio3 } from "./shared/stable-audio-3.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "10" },
    steps: { type: "string", default: "4" },
    t5: { type: "string" },
    model: { type: "string", default: "stable-audio-open-1.0" },
    precision: { type: "string", default: "float32" },
    threads: { type: "string" },
    "no-clip": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error(
    "Give a folder with 6 GB to spare, or that of the release: npm run bench -- real-size FOLDER [--seconds 10] [--steps 4] [--precision int8]",
  );
  process.exit(2);
}
const note = (text: string) => process.stderr.write(`${text}\n`);
const megabytes = () => Math.round(process.resourceUsage().maxRSS / 1024);
const third = values.model === "stable-audio-3-small-sfx";
const sees = values.model === "mmaudio-small-16k";
await (sees ? ensureMmaudio(folder) : third ? ensureStableAudio3(folder) : ensureStableAudio(folder));
const bytes = statSync(join(folder, sees ? "weights/mmaudio_small_16k.pth" : "model.safetensors")).size;
const part = sees ? { video: await writeClip(Number(values.seconds)) } : { duration: Number(values.seconds) };

const started = performance.now();
const since = (from: number) => Math.round(performance.now() - from);
const backbone = await (sees
  ? openMmaudioFolder(folder, !values["no-clip"])
  : third
    ? stableAudio3(folder)
    : stableAudioOpen(folder, { t5: values.t5 }));
const opened = since(started);
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
await using foley = await createFoley({ backbone, runtime: { precision: values.precision as Precision, ...threads } });
const begun = performance.now();
const stepEnds: number[] = [];
const processor: number[] = [];
const processorMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
let decoding = 0;
let processorDecoding = 0;
const take = await foley.generate({
  ...part,
  prompt: "a steel ball bouncing on wood",
  seed: 1,
  steps: Number(values.steps),
  onProgress(event) {
    if (event.type === "step-end") {
      stepEnds.push(performance.now());
      processor.push(processorMs());
      note(`step ${event.index + 1} of ${event.count}, ${Math.round((performance.now() - begun) / 1000)} s, ${megabytes()} MB`);
    }
    if (event.type !== "decode-progress" || event.done !== 0) return;
    decoding = performance.now();
    processorDecoding = processorMs();
  },
});
const gaps = stepEnds.slice(1).map((end, i) => end - (stepEnds[i] as number));
const result = {
  weightsGigabytes: Number((bytes / 1e9).toFixed(2)),
  seconds: take.duration,
  windows: take.diagnostics.joints.length + 1,
  latents: take.diagnostics.latentFrames,
  rows: take.diagnostics.branches.length,
  openMs: opened,
  firstStepMs: Math.round((stepEnds[0] ?? Number.NaN) - begun),
  stepMs: Math.round([...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? Number.NaN),
  // Of a machine that has other work, the processor's time says more.
  firstStepProcessorMs: Math.round(processor[0] ?? Number.NaN),
  stepProcessorMs: Math.round(((processor.at(-1) ?? 0) - (processor[0] ?? 0)) / Math.max(1, processor.length - 1)),
  processorMs: Math.round(processorMs()),
  decodeMs: since(decoding),
  decodeProcessorMs: Math.round(processorMs() - processorDecoding),
  peakMegabytes: megabytes(),
};
if (values.json) console.log(JSON.stringify(result, null, 2));
else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(18)}${value}`);
