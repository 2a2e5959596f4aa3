/** This project's side of `npm run bench -- peers FOLDER --only mmaudio`: the sound of the clip that both are given; prints processor time and memory as JSON. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createFoley } from "@foley-control/pipeline/node";
import { memoryOf } from "../bridge-step/measure.js";
import { openMmaudioFolder } from "../shared/mmaudio.js";
import { usage } from "../shared/usage.js";
import { PROMPT, SEED } from "./mmaudio-given.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: "string", default: "25" },
    given: { type: "string", default: "." },
    out: { type: "string" },
    threads: { type: "string" },
  },
});
const [part, folder] = positionals as [string, string];
const threads = values.threads === undefined ? undefined : Number(values.threads);
const backbone = await openMmaudioFolder(folder, part === "pictures");
await using foley = await createFoley({ backbone, runtime: { threads } });
const ends: number[] = [];
let decoding = 0;
// Reading the clip is a process of its own, whose time counts as well.
const seconds = () => usage().cpuSeconds;
const take = await foley.generate({
  video: join(values.given, "clip.mp4"),
  prompt: PROMPT,
  seed: SEED,
  steps: Number(values.steps),
  onProgress(event) {
    if (event.type === "step-end") ends.push(seconds());
    if (event.type === "decode-progress" && event.done === 0) decoding = seconds();
  },
});
const all = seconds();
if (values.out !== undefined) {
  const { channels } = take.pcm({ sampleRate: "native" });
  const louder = 10 ** (-take.diagnostics.gainDb / 20);
  await writeFile(
    values.out,
    (channels[0] as Float32Array).map((value) => value * louder),
  );
}
const steps = ends.slice(1).map((end, i) => end - (ends[i] as number));
const step = steps.reduce((sum, one) => sum + one, 0) / Math.max(1, steps.length);
console.log(JSON.stringify({ first: ends[0], step, decode: all - decoding, all, peak: memoryOf("VmHWM") }));
