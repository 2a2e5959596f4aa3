/** This project's side of `npm run bench -- peers-metrics`: writes weights and a sound, then takes the sound through a network for every line on stdin. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Shape } from "@foley-control/core";
import { type Formula, synthesise } from "@foley-control/golden";
import { metricNetworks, networkFeatures, type SoundFeatures } from "@foley-control/metrics";
import { nodeRuntime } from "@foley-control/runtime/node";
import { openSafetensors } from "@foley-control/weights/node";
import { releaseShapes } from "../../packages/metrics/src/networks/release-shapes.test-support.js";
import { writeTensors } from "../shared/release.js";

/** Seconds and rate of the sound. */
const [SECONDS, RATE] = [10, 44_100];

/** What sees or reads is not asked: it is not written where it need not be there, and cut where it must. */
const UNASKED = /^(text_|caption_encoder\.)|^vfeat_extractor\.blocks\.[1-9]|^modality_trunks\.vision\.blocks\.(?!0\.)/;

/** What every network that hears has, as released. */
const shapes = Object.fromEntries(
  metricNetworks.map(({ name }) => [
    name,
    Object.fromEntries(Object.entries(releaseShapes[name] ?? {}).filter(([tensor]) => !UNASKED.test(tensor))),
  ]),
);

/** Half range and middle of numbers that let signals pass through the layers neither grown nor faded. */
function scaleOf(name: string, shape: Shape): Omit<Formula, "shape"> {
  const decibels = /(^|\.)bn0\./.test(name);
  if (name.endsWith("running_mean")) return decibels ? { amp: 8, offset: -30 } : { amp: 0.1, offset: 0 };
  if (name.endsWith("running_var")) return decibels ? { amp: 60, offset: 200 } : { amp: 0.3, offset: 1 };
  if (name.endsWith(".bias")) return { amp: 0.05, offset: 0 };
  if (/_token$|_tok$|pos_emb(ed)?$|temp_embed$|position_embeddings$|_bias_table$|attention_bias\.weight$|bias_[kv]$/.test(name))
    return { amp: 0.5, offset: 0 };
  if (name.endsWith("in_proj_bias")) return { amp: 0.05, offset: 0 };
  if (shape.length <= 1) return { amp: 0.1, offset: 1 };
  const terms = shape.slice(1).reduce((product, size) => product * size, 1);
  return { amp: Math.sqrt((/^(features|conv_block)/.test(name) ? 6 : 3) / terms), offset: 0 };
}

const [folder, threads] = [process.argv[2] as string, Number(process.argv[3])];
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const samples = synthesise({ sampleRate: RATE, n: SECONDS * RATE, seed: 1, kind: 3 });
const sound = { channels: [Float32Array.from(samples, (sample) => sample / 32_768)], sampleRate: RATE };

if (process.argv[4] === "write") {
  for (const [name, tensors] of Object.entries(shapes)) {
    const table = Object.entries(tensors).map(([tensor, shape]): [string, Formula] => [
      tensor,
      { shape, ...scaleOf(tensor, shape) },
    ]);
    await writeTensors(join(folder, `${name}.safetensors`), Object.fromEntries(table));
  }
  await writeFile(join(folder, "sound.f32"), Buffer.from((sound.channels[0] as Float32Array).buffer));
  say({ networks: Object.keys(shapes) });
} else {
  await using runtime = nodeRuntime({ device: "cpu", threads });
  const opened = new Map<string, SoundFeatures>();
  for await (const name of createInterface({ input: process.stdin })) {
    let features = opened.get(name);
    if (!features) {
      const weights = await openSafetensors(join(folder, `${name}.safetensors`));
      const networks = metricNetworks.filter((network) => network.name === name).map((network) => network.open({ weights }));
      [features] = networkFeatures(networks, { runtime, seconds: SECONDS }).hear as [SoundFeatures];
      opened.set(name, features);
    }
    const begun = performance.now();
    const rows = await features.compute(sound);
    const seconds = (performance.now() - begun) / 1000;
    const peak = Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
    say({ seconds, peak, found: features.makes.flatMap((one) => [...(rows[one]?.data ?? [])]) });
  }
  for (const features of opened.values()) await features.dispose();
}
