/**
 * `npm run bench -- sounds FOLDER`: the small backbone against recordings that no training has heard. What its codec does to them and to scenes,
 * how far what it makes of their captions is from them, and a sheet of spectrograms.
 *
 *     npm run bench -- sounds FOLDER --training FOLDER --clips 160 --sheet spectrograms.svg --json
 *
 * The folder is one that `foley train --recordings` takes. `--training` measures what the stages of a training wrote, `--model` a packed model;
 * without either it is the one that ships.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SMALL_BACKBONE_FILE, smallBackbone, smallBackboneFromSource } from "@foley-control/audio-backbone";
import { type AudioBackbone, memoryParameters } from "@foley-control/core";
import { frechetDistance, rowsOf } from "@foley-control/metrics";
import { miniDirectory } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { type ClipSound, HELD_OUT_SEED, soundSource } from "@foley-control/train";
import { CLIP_SECONDS, readRecordings, stageConfig, stageWeights } from "@foley-control/train/node";
import { openSafetensors } from "@foley-control/weights/node";
import { textTable } from "./quality/report.js";
import { measureCodec } from "./sounds/codec.js";
import { colourAndMovement } from "./sounds/features.js";
import { type SoundPair, spectrogramSheet } from "./sounds/picture.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    training: { type: "string" },
    model: { type: "string" },
    clips: { type: "string", default: "160" },
    sheet: { type: "string" },
    threads: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error("npm run bench -- sounds FOLDER: a folder of recordings with an index.json.");
  process.exit(2);
}
/** Pairs of the sheet. */
const PAIRS = 20;
/** Rendered scenes for the codec. */
const SCENES = 32;

async function opened(): Promise<AudioBackbone> {
  if (values.training !== undefined) {
    const [codec, denoiser] = [await stageWeights(values.training, "codec"), await stageWeights(values.training, "denoiser")];
    const weights = memoryParameters({ ...codec.tensors, ...denoiser.tensors });
    return smallBackbone(weights, await stageConfig(values.training), { trainedSeconds: CLIP_SECONDS });
  }
  const file = await openSafetensors(join(values.model ?? miniDirectory(), SMALL_BACKBONE_FILE));
  return smallBackboneFromSource(file, file.metadata, { trainedSeconds: CLIP_SECONDS });
}

const backbone = await opened();
const { sampleRate } = backbone.codec;
const { training, heldOut } = await readRecordings(folder, { sampleRate });
const clips = Number(values.clips);
const source = (recordings: typeof heldOut) => soundSource({ seed: 2, seconds: CLIP_SECONDS, sampleRate, recordings });
const take = (recordings: typeof heldOut, kind: "recorded" | "scene", count: number): ClipSound[] => {
  const soundOf = source(recordings);
  return Array.from({ length: count }, (_, i) => soundOf({ seed: HELD_OUT_SEED + i, kind }));
};
const recorded = take(heldOut, "recorded", clips);
const scenes = take(heldOut, "scene", clips);

await using runtime = nodeRuntime({ device: "cpu", ...(values.threads !== undefined && { threads: Number(values.threads) }) });
const codec = await measureCodec(runtime, backbone.codec, { recordings: recorded, scenes: scenes.slice(0, SCENES) });

await using foley = await createFoley({ backbone, runtime });
const made: Float32Array[] = [];
const begun = performance.now();
for (const [seed, { captions }] of recorded.entries()) {
  const sound = await foley.generate({ prompt: captions[seed % captions.length] as string, duration: CLIP_SECONDS, seed });
  made.push(sound.pcm({ sampleRate: "native" }).channels[0] as Float32Array);
}
const secondsPerClip = Number(((performance.now() - begun) / 1000 / clips).toFixed(2));

const features = (sounds: readonly Float32Array[]) => rowsOf(sounds.map((samples) => colourAndMovement(samples, sampleRate)));
const audioOf = (all: readonly ClipSound[]) => all.map(({ audio }) => audio);
const reference = features(audioOf(recorded));
const distances = Object.entries({
  "the model, asked for the held-out recordings": made,
  "recordings that were trained on": audioOf(take(training, "recorded", clips)),
  "rendered scenes": audioOf(scenes),
}).map(([of, sounds]) => ({ of, clips, frechetDistance: Number(frechetDistance(features(sounds), reference).toFixed(2)) }));

if (values.sheet !== undefined) {
  const seen = new Set<string>();
  const pairs: SoundPair[] = [];
  // A sheet may be shown anywhere: its recordings are nobody's.
  const shown = take(
    heldOut.filter(({ licence }) => licence === "CC0"),
    "recorded",
    4 * PAIRS,
  );
  for (const [seed, { captions, audio }] of shown.entries()) {
    const caption = captions[seed % captions.length] as string;
    const of = captions[0] as string;
    if (seen.has(of) || pairs.length === PAIRS) continue;
    seen.add(of);
    const sound = await foley.generate({ prompt: caption, duration: CLIP_SECONDS, seed });
    pairs.push({ caption, made: sound.pcm({ sampleRate: "native" }).channels[0] as Float32Array, recorded: audio });
  }
  await writeFile(values.sheet, spectrogramSheet(pairs));
}
if (values.json) console.log(JSON.stringify({ codec, distances, secondsPerClip }, undefined, 2));
else
  console.log(
    [
      textTable("What the codec does", codec),
      textTable("Distance from held-out recordings", distances),
      `${secondsPerClip} s per clip`,
    ].join("\n"),
  );
