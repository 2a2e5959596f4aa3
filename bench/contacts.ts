/**
 * `npm run bench -- contacts [FOLDER]`: the contact head of a motion encoder on rendered scenes that it was not trained on, at its own
 * threshold and at others: drawn ones, ones that look like film, and ones of other kinds and looks than any of its training, which are what
 * threshold and lag are taken from. FOLDER has its `video-encoder.safetensors` or the weights of a training; default: the embedded model's.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { VideoEncoder } from "@foley-control/core";
import { miniDirectory } from "@foley-control/mini/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { contactsOf, renderScene } from "@foley-control/scenes";
import { matchOnsets, poolOnsetScores } from "@foley-control/signal";
import { HELD_OUT_SEED } from "@foley-control/train";
import {
  type ContactLogits,
  encodeSegments,
  findContacts,
  motionEncoder,
  SMALL_VIDEO_ENCODER_FILE,
  segmentPixels,
  smallVideoEncoderFromSource,
} from "@foley-control/video-encoder";
import { openSafetensors } from "@foley-control/weights/node";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scenes: { type: "string", default: "100" },
    first: { type: "string", default: "100000" },
    json: { type: "boolean" },
  },
});
const [folder = miniDirectory()] = positionals;
const LOOKS = ["drawn", "film", "film-held-out"] as const;
const THRESHOLDS = Array.from({ length: 25 }, (_, i) => -3 + i / 4);
const seconds = 4;

async function openEncoder(): Promise<VideoEncoder> {
  const [packed, trained] = [SMALL_VIDEO_ENCODER_FILE, "weights.safetensors"].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  if (!existsSync(packed)) return motionEncoder(await openSafetensors(trained));
  const file = await openSafetensors(packed);
  return smallVideoEncoderFromSource(file, file.metadata);
}

/** Contacts that a clip shows: what touches beyond its edges is neither asked for nor counted against it. */
interface Shown {
  readonly logits: ContactLogits;
  readonly truth: readonly number[];
  readonly outside: readonly number[];
}

await using runtime = nodeRuntime({ device: "cpu", threads: 1 });
const encoder = await openEncoder();
const { contacts } = encoder;
if (!contacts) throw new Error(`The encoder of ${folder} finds no contacts.`);
const executable = await runtime.load(encoder.graph({ frames: encoder.window }), encoder.weights);
const [size] = encoder.imageSize;

async function show(seed: number, look: (typeof LOOKS)[number]): Promise<Shown> {
  const scene = renderScene(seed, { look, seconds, imageSize: size, frameRate: encoder.frameRate, audio: false });
  const bytes = size * size * 3;
  const pictures = Array.from({ length: scene.frames.length / bytes }, (_, i) => ({
    rgb: scene.frames.subarray(i * bytes, (i + 1) * bytes),
  }));
  const { contacts: logits } = await encodeSegments(executable, encoder, segmentPixels(encoder, pictures, encoder.imageSize));
  const events = contactsOf(scene);
  return {
    logits: logits as ContactLogits,
    truth: events.filter(({ visible }) => visible).map(({ time }) => time),
    outside: events.filter(({ visible }) => !visible).map(({ time }) => time),
  };
}

/** Onset scores of all clips together. */
function score(clips: readonly Shown[], threshold: number, tolerance: number, lag: number) {
  const matchings = clips.map(({ logits, truth, outside }) => {
    const found = findContacts(logits, { ...(contacts as NonNullable<typeof contacts>), threshold, lag }).map(({ time }) => time);
    const judged = found.filter(
      (time) => truth.some((at) => Math.abs(at - time) < 0.15) || !outside.some((at) => Math.abs(at - time) < 0.15),
    );
    return matchOnsets(judged, truth, tolerance);
  });
  return poolOnsetScores(matchings);
}

const report: Record<string, unknown> = {};
for (const look of LOOKS) {
  const clips: Shown[] = [];
  for (let i = 0; i < Number(values.scenes); i++) clips.push(await show(HELD_OUT_SEED + Number(values.first) + i, look));
  const at = (threshold: number, tolerance = 0.1) => score(clips, threshold, tolerance, contacts.lag);
  const own = at(contacts.threshold);
  const swept = THRESHOLDS.map((threshold) => ({ threshold, f1: at(threshold).f1 }));
  const best = swept.reduce((a, b) => (b.f1 > a.f1 ? b : a));
  const lag = at(best.threshold).meanLag;
  report[look] = {
    clips: clips.length,
    f1At100: own.f1,
    f1At50: at(contacts.threshold, 0.05).f1,
    precision: own.precision,
    recall: own.recall,
    lag,
    best,
  };
  if (values.json) continue;
  console.log(
    `${look.padEnd(14)} F1 ±100 ms ${own.f1.toFixed(3)}  ±50 ms ${at(contacts.threshold, 0.05).f1.toFixed(3)}  precision ${own.precision.toFixed(2)}  recall ${own.recall.toFixed(2)}  lag ${(1000 * lag).toFixed(0)} ms   best ${best.f1.toFixed(3)} at ${best.threshold}`,
  );
}
if (values.json) console.log(JSON.stringify(report, null, 2));
