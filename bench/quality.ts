/**
 * `npm run quality`: what the embedded model can do, on rendered scenes that it was never trained on. Every clip is written as a
 * real video file and goes the whole road: decoding, video encoder, sampler, codec.
 *
 *     npm run quality -- --scenes 200 --model FOLDER --json
 *
 * Sync: onsets of the sound against the true contacts, with the clip's own video, with another clip's, and without one.
 * Prompt: the same clips with a prompt that names another material than the one that is seen; an independent classifier,
 * trained on rendered sounds that went through the codec, says which material the result sounds like.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SMALL_CODEC } from "@foley-control/audio-backbone";
import type { PlainTensor } from "@foley-control/core";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import {
  describeScene,
  IMPACT_CLASSES,
  renderAudio,
  renderScene,
  type SceneDescription,
  SOLID_MATERIALS,
  type SolidMaterial,
} from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import {
  detectOnsets,
  matchOnsets,
  mergeOnsets,
  type OnsetMatching,
  poolOnsetScores,
  predict,
  spectralFeatures,
  spectralFeatureVector,
  trainClassifier,
} from "@foley-control/signal";
import { HELD_OUT_SEED } from "@foley-control/train";

const { values } = parseArgs({
  options: {
    scenes: { type: "string", default: "200" },
    model: { type: "string" },
    json: { type: "boolean", default: false },
    guidance: { type: "string" },
    "video-guidance": { type: "string" },
    steps: { type: "string" },
    only: { type: "string" },
  },
});

/** Contacts closer than this are heard as one. */
const MERGE_SECONDS = 0.04;
/** Clips per material that the classifier learns from. */
const CLASSIFIER_CLIPS = 40;
const CONDITIONS = ["video", "other video", "no video", "contradicting prompt"] as const;
type Condition = (typeof CONDITIONS)[number];

const scenes = Array.from({ length: Number(values.scenes) }, (_, i) =>
  describeScene(HELD_OUT_SEED + i, { classes: IMPACT_CLASSES }),
);
const sharp = new Set(["hit", "wall", "step", "drop", "tick"]);
const contactsOf = (scene: SceneDescription) =>
  mergeOnsets(
    scene.events.filter(({ kind }) => sharp.has(kind)).map(({ time }) => time),
    MERGE_SECONDS,
  );
const isSolid = (material: string): material is SolidMaterial => (SOLID_MATERIALS as readonly string[]).includes(material);
const note = (text: string) => process.stderr.write(`${text}\n`);

const folder = mkdtempSync(join(tmpdir(), "foley-quality-"));
const runtime = nodeRuntime({ device: "cpu" });
const directory = values.model === undefined ? {} : { directory: values.model };
const mini = await loadMini(directory);
const foley = await createFoley({ ...mini, runtime });

/** Features of a sound for the classifier; `undefined` for a sound without an onset. */
function featuresOf(samples: Float32Array, sampleRate: number): number[] | undefined {
  const { summary } = spectralFeatures(samples, sampleRate);
  const vector = summary && spectralFeatureVector(summary);
  return vector?.every(Number.isFinite) ? vector : undefined;
}

/** Rendered sounds as the codec rebuilds them, so that the classifier judges the model and not the codec. */
async function learnMaterials() {
  const { codec } = mini.backbone;
  const samples = Math.ceil((4 * codec.sampleRate) / codec.hop) * codec.hop;
  const frames = samples / codec.hop;
  const encode = await runtime.load(codec.encodeGraph({ frames }), codec.weights);
  const decode = await runtime.load(codec.decodeGraph({ frames }), codec.weights);
  const features: number[][] = [];
  const labels: string[] = [];
  for (const material of SOLID_MATERIALS) {
    for (let i = 0; i < CLASSIFIER_CLIPS; i++) {
      // Seeds of neither training nor the evaluated scenes.
      const seed = 2 * HELD_OUT_SEED + i;
      const sound = renderAudio(seed, { classes: IMPACT_CLASSES, material, sampleRate: SMALL_CODEC.sampleRate });
      if (sound.material !== material) continue;
      const audio = new Float32Array(samples);
      audio.set(sound.audio.subarray(0, samples));
      const { latents } = await encode.run({ audio: { dtype: "float32", shape: [1, 1, samples], data: audio } });
      const rebuilt = (await decode.run({ latents: latents as PlainTensor })).audio as PlainTensor<"float32">;
      const vector = featuresOf(rebuilt.data, codec.sampleRate);
      if (vector) {
        features.push(vector);
        labels.push(material);
      }
    }
  }
  await encode.dispose();
  await decode.dispose();
  return trainClassifier(features, labels);
}

interface Outcome {
  readonly at100: OnsetMatching;
  readonly at50: OnsetMatching;
  readonly seconds: number;
  readonly heard: string | undefined;
}

const classifier = await learnMaterials();
const outcomes: Record<Condition, (Outcome & { readonly wanted: string; readonly seen: string })[]> = {
  video: [],
  "other video": [],
  "no video": [],
  "contradicting prompt": [],
};
const conditions = CONDITIONS.filter((condition) => values.only === undefined || values.only.split(",").includes(condition));
for (const [index, scene] of scenes.entries()) {
  const path = join(folder, `${index % 2}.mp4`);
  const otherPath = join(folder, `other-${index % 2}.mp4`);
  const rendering = { classes: IMPACT_CLASSES, imageSize: 128, frameRate: 30 };
  await writeScene(renderScene(scene.seed, rendering), path, { mute: true });
  if (conditions.includes("other video"))
    await writeScene(renderScene(HELD_OUT_SEED + 500_000 + index, rendering), otherPath, { mute: true });
  for (const condition of conditions) {
    if (condition === "contradicting prompt" && scene.contradiction === null) continue;
    const prompt = condition === "contradicting prompt" ? (scene.contradiction?.caption ?? "") : scene.caption;
    const wanted = condition === "contradicting prompt" ? (scene.contradiction?.material ?? "") : scene.material;
    const begun = performance.now();
    const take = await foley.generate({
      ...(condition === "no video" ? { duration: 4 } : { video: condition === "other video" ? otherPath : path }),
      prompt,
      seed: index,
      ...(values.guidance !== undefined && { guidanceScale: Number(values.guidance) }),
      ...(values["video-guidance"] !== undefined && { videoGuidanceScale: Number(values["video-guidance"]) }),
      ...(values.steps !== undefined && { steps: Number(values.steps) }),
    });
    const samples = take.audio.data.subarray(0, Math.round(4 * take.sampleRate));
    const detected = mergeOnsets(detectOnsets(samples, take.sampleRate).times, MERGE_SECONDS);
    const truth = contactsOf(scene);
    const vector = featuresOf(samples, take.sampleRate);
    outcomes[condition].push({
      at100: matchOnsets(detected, truth, 0.1),
      at50: matchOnsets(detected, truth, 0.05),
      seconds: (performance.now() - begun) / 1000,
      heard: vector && predict(classifier, vector).label,
      wanted,
      seen: scene.material,
    });
  }
  if ((index + 1) % 10 === 0)
    note(
      `${index + 1} of ${scenes.length} clips; F1 at 100 ms so far ${conditions.map((condition) => `${condition} ${poolOnsetScores(outcomes[condition].map(({ at100 }) => at100)).f1.toFixed(3)}`).join(", ")}`,
    );
}

const report = Object.fromEntries(
  conditions.map((condition) => {
    const all = outcomes[condition];
    const solid = all.filter(({ wanted }) => isSolid(wanted));
    const at100 = poolOnsetScores(all.map((outcome) => outcome.at100));
    return [
      condition,
      {
        clips: all.length,
        f1At100: at100.f1,
        precisionAt100: at100.precision,
        recallAt100: at100.recall,
        meanLagMs: 1000 * at100.meanLag,
        f1At50: poolOnsetScores(all.map((outcome) => outcome.at50)).f1,
        materialRight: solid.filter(({ heard, wanted }) => heard === wanted).length / solid.length,
        soundsLikeSeen: solid.filter(({ heard, seen }) => heard === seen).length / solid.length,
        medianSeconds: all.map(({ seconds }) => seconds).sort((a, b) => a - b)[Math.floor(all.length / 2)],
      },
    ];
  }),
);
if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
else {
  process.stdout.write(
    `${"condition".padEnd(22)}${["clips", "F1±100", "F1±50", "precision", "recall", "lag ms", "material", "as seen", "s/clip"].map((head) => head.padStart(10)).join("")}\n`,
  );
  for (const [condition, row] of Object.entries(report)) {
    const cells = [
      row.clips,
      row.f1At100.toFixed(3),
      row.f1At50.toFixed(3),
      row.precisionAt100.toFixed(3),
      row.recallAt100.toFixed(3),
      row.meanLagMs.toFixed(1),
      row.materialRight.toFixed(3),
      row.soundsLikeSeen.toFixed(3),
      (row.medianSeconds ?? Number.NaN).toFixed(2),
    ];
    process.stdout.write(`${condition.padEnd(22)}${cells.map((cell) => String(cell).padStart(10)).join("")}\n`);
  }
}
await foley.dispose();
await runtime.dispose();
rmSync(folder, { recursive: true, force: true });
