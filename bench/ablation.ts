/**
 * `npm run bench -- ablation`: frame pooling against every patch, in miniature (Foley Control's Table 1 and Figure 2). Everything but the bridge is
 * the model that ships, or that of `--model`; nothing of it is changed.
 *
 *     npm run bench -- ablation --steps 800 --batch 16 --scenes 2048 --seeds 1
 *
 * Stopped at any time, the same command goes on. The page goes to `docs/ablation`, or to `--write`.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadMini, MINI_FILES, miniDirectory } from "@foley-control/mini/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { gridSide, POOLINGS } from "./ablation/poolings.js";
import { writeResults } from "./ablation/results.js";
import { preparedScenes } from "./ablation/scenes.js";
import { type JudgedClip, runVariant } from "./ablation/variant.js";
import { contactTimes } from "./quality/sync.js";
import { planTrials } from "./quality/trials.js";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "800" },
    batch: { type: "string", default: "16" },
    scenes: { type: "string", default: "2048" },
    "held-out": { type: "string", default: "64" },
    judge: { type: "string", default: "32" },
    every: { type: "string", default: "100" },
    peak: { type: "string", default: "1.5e-3" },
    seeds: { type: "string", default: "1" },
    model: { type: "string" },
    directory: { type: "string", default: "out/ablation" },
    write: { type: "string", default: "docs/ablation" },
    threads: { type: "string" },
  },
});

const [steps, batch, scenes, heldOut, judge, every, peak] = [
  values.steps,
  values.batch,
  values.scenes,
  values["held-out"],
  values.judge,
  values.every,
  values.peak,
].map(Number) as [number, number, number, number, number, number, number];
const seeds = values.seeds.split(",").map(Number);
const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
const { signal } = controller;
const note = (text: string): void => void process.stderr.write(`${text}\n`);

const runtime = nodeRuntime({ device: "cpu", ...(values.threads !== undefined && { threads: Number(values.threads) }) });
const mini = await loadMini({ directory: values.model });
const model = createHash("sha256");
for (const file of Object.values(MINI_FILES)) model.update(readFileSync(join(values.model ?? miniDirectory(), file)));
const digest = model.digest("hex").slice(0, 12);
// Features of another model or another number of scenes are other features.
const directory = join(values.directory, `${digest}-${scenes}-${heldOut}`);

/** Files of the clips that are judged. */
async function judgedClips(): Promise<JudgedClip[]> {
  const folder = join(directory, "judged");
  mkdirSync(folder, { recursive: true });
  const clips: JudgedClip[] = [];
  for (const { scene, classes } of planTrials(judge, ["impacts"], ["video"])) {
    const path = join(folder, `${scene.seed}.mp4`);
    if (!existsSync(path))
      await writeScene(renderScene(scene.seed, { classes, imageSize: 128, frameRate: 30, audio: false }), path, { mute: true });
    clips.push({ name: String(scene.seed), path, prompt: scene.caption, truth: contactTimes(scene) });
  }
  return clips;
}

async function main(): Promise<void> {
  let told = 0;
  const features = await preparedScenes(runtime, mini, { scenes, heldOut }, join(directory, "features"), {
    signal,
    onProgress: (what, done, total) => {
      if (performance.now() - told < 10_000 && done < total) return;
      told = performance.now();
      note(`${what}: ${done} of ${total} scenes`);
    },
  });
  const judged = await judgedClips();
  const runs = join(directory, `runs-${steps}x${batch}-${judge}`);
  const common = { mini, features, judged, directory: runs, steps, batch, peak, every, signal };
  for (const seed of seeds) {
    for (const pooling of POOLINGS) {
      note(`${pooling}, seed ${seed}`);
      const ended = await runVariant(runtime, common, pooling, seed, (progress) => {
        if (performance.now() - told < 10_000 && progress.step < steps) return;
        told = performance.now();
        const { step, loss, secondsLeft, samples } = progress;
        note(
          `${pooling} ${step} of ${steps}, loss ${loss.toFixed(4)}, F1 ${samples?.f1At100 ?? "–"}, ${Math.ceil(secondsLeft / 60)} min left`,
        );
      });
      if (!ended) return note("Stopped; the same command goes on.");
    }
  }
  writeResults(runs, values.write, {
    command: `npm run bench -- ablation --steps ${steps} --batch ${batch} --scenes ${scenes} --judge ${judge} --seeds ${seeds.join(",")}`,
    scenes,
    steps,
    batch,
    seeds,
    heldOut,
    judged: judge,
    side: gridSide(mini.encoder),
    model: digest,
  });
  note(`Written to ${values.write}.`);
}

try {
  await main();
} catch (error) {
  if (error !== signal.reason || !signal.aborted) throw error;
  note("Stopped; the same command goes on.");
} finally {
  await runtime.dispose();
}
