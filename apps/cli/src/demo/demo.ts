/** `foley demo`: the main job in plain sight. A clip is rendered, the model gives it sound, and both are compared. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createFoley } from "@foley-control/pipeline/node";
import { contactsOf, renderScene } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { HELD_OUT_SEED } from "@foley-control/train";
import type { Io } from "../io.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { compareOnsets, comparisonJson, comparisonText } from "../sync/compare.js";
import { printJson } from "../terminal/print.js";
import { createProgress } from "../terminal/progress.js";
import { painter } from "../terminal/style.js";
import { jsonSeed } from "../values.js";

/** Flags of the command. */
export interface DemoFlags extends Pick<PartsFlags, "model">, ComputeFlags {
  readonly output: string;
  readonly scene?: number;
  readonly prompt?: string;
  readonly seed?: number | bigint;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** A scene that no training has seen: one metal ball, seven bounces, nothing else that touches. */
const DEFAULT_SCENE = HELD_OUT_SEED + 109;
/** Pixels of the rendered clip; the model looks at 64. */
const DEMO_SIZE = 256;

/** Renders, generates, compares. */
export async function demo(flags: DemoFlags, io: Io): Promise<void> {
  using progress = createProgress(io, flags.quiet === true);
  const { signal } = io;
  await mkdir(flags.output, { recursive: true });
  progress.say("rendering a clip");
  const scene = renderScene(flags.scene ?? DEFAULT_SCENE, {
    imageSize: DEMO_SIZE,
    ...(flags.scene === undefined ? { classes: ["bounce"] as const } : {}),
  });
  const silent = join(flags.output, "demo.silent.mp4");
  const paths = {
    video: join(flags.output, "demo.mp4"),
    sound: join(flags.output, "demo.wav"),
    truth: join(flags.output, "demo.json"),
  };
  await writeScene(scene, silent, { mute: true, signal });
  await writeScene(scene, paths.truth, { signal });
  signal.throwIfAborted();

  const begun = performance.now();
  await using foley = await createFoley({ model: flags.model, runtime: { device: flags.device } });
  await foley.warmUp();
  const loaded = performance.now();
  const prompt = flags.prompt ?? scene.caption;
  const take = await foley.generate({ video: silent, prompt, seed: flags.seed, signal, onProgress: progress.listen });
  const generated = performance.now();
  await take.saveVideo(paths.video, { signal, onProgress: progress.listen });
  await take.saveAudio(paths.sound, { signal });
  progress.end();

  const truth = contactsOf(scene).map(({ time }) => time);
  const comparison = compareOnsets(take.onsets().times, truth, 0.1);
  const seconds = { load: (loaded - begun) / 1000, generate: (generated - loaded) / 1000 };
  if (flags.json) {
    const { milliseconds, settings } = take.diagnostics;
    const inputs = { files: { silent, ...paths }, prompt, seed: jsonSeed(settings.seed), scene: scene.seed };
    return printJson(io, { ...inputs, seconds, milliseconds, ...comparisonJson(comparison) });
  }
  const paint = painter(io.outIsTerminal, io.env);
  if (!flags.quiet) for (const warning of take.diagnostics.warnings) io.err(`Note: ${warning}\n`);
  io.out(
    `\n${paint("The clip", "bold")}    ${silent}   ${take.duration} s, rendered from seed ${scene.seed}, which no training has seen\n`,
  );
  io.out(`${paint("The prompt", "bold")}  ${prompt}\n\n`);
  io.out(comparisonText(comparison, paint));
  io.out(`\nModel loaded in ${seconds.load.toFixed(2)} s, sound made in ${seconds.generate.toFixed(2)} s.\n`);
  io.out(`\n${paint("Watch", "bold")}   ${paths.video}\n${paint("Listen", "bold")}  ${paths.sound}\n`);
  io.out(`\nNow your own: foley generate clip.mp4 "what it should sound like" -o clip.foley.mp4\n`);
}
