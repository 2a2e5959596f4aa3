/**
 * `npm run bench -- clip`: how long the road of one clip takes on this machine, and how much memory it needs. Every figure is the
 * median of the runs after a first one that loads what is needed; the first is reported apart.
 *
 *     npm run bench -- clip --seconds 4 --steps 24 --runs 5 --model FOLDER --json
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodeVideo } from "@foley-control/media/node";
import { createFoley, type GenerateTimes } from "@foley-control/pipeline/node";
import { DEFAULT_STEPS } from "@foley-control/sampler";
import { renderScene } from "@foley-control/scenes";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    steps: { type: "string", default: String(DEFAULT_STEPS) },
    runs: { type: "string", default: "5" },
    model: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Renders the clip that everything is measured on. */
async function writeClip(path: string, seconds: number): Promise<string> {
  const scene = renderScene(1, { seconds, imageSize: 256, frameRate: 25, classes: ["bounce"] });
  const frameBytes = scene.imageSize * scene.imageSize * 3;
  const frames = Array.from({ length: scene.frames.length / frameBytes }, (_, i) =>
    scene.frames.subarray(i * frameBytes, (i + 1) * frameBytes),
  );
  await encodeVideo({ frames, width: scene.imageSize, height: scene.imageSize, fps: scene.frameRate }, path);
  return scene.caption;
}

async function main(): Promise<void> {
  const seconds = Number(values.seconds);
  const steps = Number(values.steps);
  const runs = Number(values.runs);
  const folder = mkdtempSync(join(tmpdir(), "foley-bench-"));
  try {
    const clip = join(folder, "clip.mp4");
    const prompt = await writeClip(clip, seconds);
    const started = performance.now();
    await using foley = await createFoley(values.model === undefined ? {} : { model: values.model });
    await foley.prepare({ seconds });
    const load = performance.now() - started;
    const generate = async (): Promise<GenerateTimes> =>
      (await foley.generate({ video: clip, prompt, seed: 1, steps })).diagnostics.milliseconds;
    const first = await generate();
    const later: GenerateTimes[] = [];
    for (let run = 0; run < runs; run++) later.push(await generate());
    const middle = Object.fromEntries(
      (Object.keys(first) as (keyof GenerateTimes)[]).map((part) => [part, median(later.map((times) => times[part]))]),
    );
    const { device, threads, version } = await foley.capabilities();
    const result = {
      clip: { seconds, steps },
      machine: { node: process.versions.node, onnxruntime: version, device, threads },
      milliseconds: { load, first: first.total, ...middle },
      peakMemoryMegabytes: process.resourceUsage().maxRSS / 1024,
    };
    if (values.json) console.log(JSON.stringify(result, null, 2));
    else {
      console.log(
        `${seconds} s clip, ${steps} steps, ${device}, ${threads} threads, onnxruntime ${version}, Node ${process.versions.node}`,
      );
      for (const [part, time] of Object.entries(result.milliseconds))
        console.log(`${part.padEnd(8)}${time.toFixed(0).padStart(8)} ms`);
      console.log(`memory  ${result.peakMemoryMegabytes.toFixed(0).padStart(8)} MB at most`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
