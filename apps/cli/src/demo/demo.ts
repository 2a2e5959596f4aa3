/** `foley demo`: the main job in plain sight. A clip is rendered, the model gives it sound, and both are compared. Then one that looks like film. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createFoley, type NodeTake } from "@foley-control/pipeline/node";
import { contactsOf, renderScene, type Scene, type SceneOptions } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { HELD_OUT_SEED } from "@foley-control/train";
import type { Io } from "../io.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { saySlowness } from "../parts/runtime.js";
import { type Comparison, compareOnsets, comparisonJson, comparisonText } from "../sync/compare.js";
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

/** Likewise, but it looks like film: someone strikes something in front of a hand-held camera. */
const DEFAULT_FILM = HELD_OUT_SEED + 109;

/** A clip with its sound, compared. */
interface Shown {
  readonly scene: Scene;
  readonly prompt: string;
  readonly take: NodeTake;
  readonly files: Readonly<Record<"silent" | "video" | "sound" | "truth", string>>;
  readonly seconds: number;
  readonly comparison: Comparison;
}

/** Renders, generates, compares: a drawn clip, and one that looks like film. */
export async function demo(flags: DemoFlags, io: Io): Promise<void> {
  using progress = createProgress(io, flags.quiet === true);
  const { signal } = io;
  await mkdir(flags.output, { recursive: true });
  const begun = performance.now();
  await using foley = await createFoley({ model: flags.model, runtime: { device: flags.device } });
  await foley.prepare();
  saySlowness(await foley.capabilities(), flags, io);
  const load = (performance.now() - begun) / 1000;

  const show = async (name: string, seed: number, options: SceneOptions, piece: number): Promise<Shown> => {
    progress.piece(piece, flags.scene === undefined ? 2 : 1);
    progress.say("rendering a clip");
    const scene = renderScene(seed, { imageSize: DEMO_SIZE, ...options });
    const file = (extension: string) => join(flags.output, `${name}.${extension}`);
    const files = { silent: file("silent.mp4"), video: file("mp4"), sound: file("wav"), truth: file("json") };
    await writeScene(scene, files.silent, { mute: true, signal });
    await writeScene(scene, files.truth, { signal });
    signal.throwIfAborted();
    const prompt = flags.prompt ?? scene.caption;
    const started = performance.now();
    const take = await foley.generate({ video: files.silent, prompt, seed: flags.seed, signal, onProgress: progress.listen });
    const seconds = (performance.now() - started) / 1000;
    await take.saveVideo(files.video, { signal, onProgress: progress.listen });
    await take.saveAudio(files.sound, { signal });
    const truth = contactsOf(scene).map(({ time }) => time);
    return { scene, prompt, take, files, seconds, comparison: compareOnsets((await take.onsets()).times, truth, 0.1) };
  };
  // A scene of one's own is shown alone.
  const clips =
    flags.scene === undefined
      ? [
          await show("demo", DEFAULT_SCENE, { classes: ["bounce"] }, 0),
          await show("demo-film", DEFAULT_FILM, { look: "film", classes: ["poke"], frameRate: 30 }, 1),
        ]
      : [await show("demo", flags.scene, {}, 0)];
  progress.end();

  if (flags.json) {
    const [drawn, film] = clips.map(({ scene, prompt, take, files, seconds, comparison }) => ({
      files,
      prompt,
      seed: jsonSeed(take.diagnostics.settings.seed),
      scene: scene.seed,
      seconds: { load, generate: seconds },
      milliseconds: take.diagnostics.milliseconds,
      ...comparisonJson(comparison),
    }));
    return printJson(io, { ...drawn, ...(film && { film }) });
  }
  const paint = painter(io.outIsTerminal, io.env);
  for (const { scene, prompt, take, files, seconds, comparison } of clips) {
    if (!flags.quiet) for (const { message } of take.diagnostics.warnings) io.err(`Note: ${message}\n`);
    const look = files === clips[1]?.files ? ", looking like film" : "";
    io.out(
      `\n${paint("The clip", "bold")}    ${files.silent}   ${take.duration} s${look}, rendered from seed ${scene.seed}, which no training has seen\n`,
    );
    io.out(`${paint("The prompt", "bold")}  ${prompt}\n\n`);
    io.out(comparisonText(comparison, paint));
    io.out(`\nSound made in ${seconds.toFixed(2)} s.\n`);
    io.out(`${paint("Watch", "bold")}   ${files.video}\n${paint("Listen", "bold")}  ${files.sound}\n`);
  }
  io.out(`\nThe model was loaded in ${load.toFixed(2)} s.\n`);
  io.out(`\nNow your own: foley generate clip.mp4 "what it should sound like" -o clip.foley.mp4\n`);
}
