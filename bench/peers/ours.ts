/** This project's side of `npm run bench -- peers`: makes sound or tokens of a release, and prints where time and memory went as JSON. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { stableAudio3, stableAudioOpen } from "@foley-control/audio-backbone/node";
import { type AudioBackbone, elementCount, normalArray } from "@foley-control/core";
import { createFoley } from "@foley-control/pipeline/node";
import { loadInStages } from "@foley-control/runtime";
import { nodeRuntime } from "@foley-control/runtime/node";
import { vjepa2 } from "@foley-control/video-encoder/node";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "10" },
    steps: { type: "string", default: "4" },
    runs: { type: "string", default: "2" },
    threads: { type: "string" },
  },
});
const [part, folder] = positionals as [string, string];
const threads = values.threads === undefined ? undefined : Number(values.threads);
const started = performance.now();
const since = (from: number) => (performance.now() - from) / 1000;

/** The same number as the peer reads: most memory held at once, with what is mapped of files. */
const peak = () => Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;

async function sound(open: (folder: string) => Promise<AudioBackbone>) {
  const backbone = await open(folder);
  await using foley = await createFoley({ backbone, runtime: { threads } });
  const load = since(started);
  const ends: number[] = [];
  const decode: number[] = [];
  let first = 0;
  for (let run = 0; run < Number(values.runs); run++) {
    let decoding = 0;
    await foley.generate({
      duration: Number(values.seconds),
      prompt: "a steel ball bouncing on wood",
      seed: 1,
      steps: run === 0 ? Number(values.steps) : 1,
      onProgress(event) {
        if (event.type === "step-end" && run === 0) {
          if (event.index === 0) first = since(started);
          ends.push(performance.now());
        }
        if (event.type === "decode-progress" && event.done === 0) decoding = performance.now();
      },
    });
    decode.push(since(decoding));
  }
  const step = ends.slice(1).map((end, i) => (end - (ends[i] as number)) / 1000);
  return { load, first, step, decode };
}

async function picture() {
  const encoder = await vjepa2(folder);
  const runtime = nodeRuntime({ threads });
  try {
    const graph = encoder.graph({ frames: encoder.window });
    const executable = await loadInStages(runtime, graph, encoder.weights);
    const load = since(started);
    const shape = graph.inputs[0]?.shape ?? [];
    const pixels = { dtype: "float32", shape, data: normalArray(1, ["pixels"], elementCount(shape)) } as const;
    const clip: number[] = [];
    let tokens: readonly number[] = [];
    for (let run = 0; run < Number(values.runs); run++) {
      const begun = performance.now();
      tokens = (await executable.run({ pixels })).tokens?.shape ?? [];
      clip.push(since(begun));
    }
    return { load, clip, tokens };
  } finally {
    await runtime.dispose();
  }
}

const parts: Readonly<Record<string, () => Promise<object>>> = {
  sound: () => sound(stableAudioOpen),
  third: () => sound(stableAudio3),
};
const result = await (parts[part] ?? picture)();
console.log(JSON.stringify({ ...result, peak: peak() }));
