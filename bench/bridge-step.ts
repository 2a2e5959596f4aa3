/**
 * `npm run bench -- bridge-step FOLDER`: steps of a bridge's training in Stable Audio Open 1.0, or Stable Audio 3 small, at its real size: time, memory, operations. Without
 * the release, one of the same size with weights made by a formula is written into FOLDER (4.85 GB and 0.4 GB; the other 3.4 GB).
 *
 *     npm run bench -- bridge-step /var/tmp/sao --batch 1 --latents 216 --adapter shared
 *     npm run bench -- bridge-step /var/tmp/sa3 --model stable-audio-3-small-sfx
 */
import { parseArgs } from "node:util";
import { stableAudio3, stableAudioOpen } from "@foley-control/audio-backbone/node";
import type { BridgeConfig } from "@foley-control/bridge";
import { measureBridgeStep, memoryOf } from "./bridge-step/measure.js";
import { ensureStableAudio } from "./shared/release.js";
import { ensureStableAudio3 } from "./shared/stable-audio-3.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: "string", default: "1" },
    parts: { type: "string", default: "1" },
    model: { type: "string", default: "stable-audio-open-1.0" },
    latents: { type: "string" },
    adapter: { type: "string", default: "per-block" },
    steps: { type: "string", default: "3" },
    threads: { type: "string" },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error(
    "Give a folder with 6 GB to spare, or that of the release: npm run bench -- bridge-step FOLDER [--batch 1] [--latents 216]",
  );
  process.exit(2);
}
const third = values.model === "stable-audio-3-small-sfx";
await (third ? ensureStableAudio3(folder) : ensureStableAudio(folder));
const backbone = await (third ? stableAudio3(folder) : stableAudioOpen(folder));
const report = await measureBridgeStep(backbone, {
  batch: Number(values.batch),
  parts: Number(values.parts),
  // Ten seconds, unless said otherwise.
  latents: values.latents === undefined ? backbone.frames(10) : Number(values.latents),
  adapter: values.adapter as BridgeConfig["adapter"],
  steps: Number(values.steps),
  threads: values.threads === undefined ? undefined : Number(values.threads),
  onStep: (loss, seconds) =>
    process.stderr.write(`loss ${loss.toFixed(6)}  ${seconds.toFixed(1)} s  ${Math.round(memoryOf("VmHWM"))} MB\n`),
});
console.log(JSON.stringify(report, null, 2));
