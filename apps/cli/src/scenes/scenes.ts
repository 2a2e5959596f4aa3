/** `foley scenes`: procedural clips as files. */

import { FoleyError } from "@foley-control/core";
import { renderScene, SCENE_CLASSES, type SceneClass } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import type { Io } from "../io.js";
import { printJson } from "../terminal/print.js";
import { createProgress } from "../terminal/progress.js";

/** Flags of the command. */
export interface ScenesFlags {
  readonly output: string;
  readonly count: number;
  readonly seed: number;
  readonly class?: readonly string[];
  readonly seconds: number;
  readonly size: number;
  readonly mute?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Writes `count` scenes. */
export async function scenes(flags: ScenesFlags, io: Io): Promise<void> {
  const classes = flags.class?.map((name) => {
    if ((SCENE_CLASSES as readonly string[]).includes(name)) return name as SceneClass;
    throw new FoleyError("invalid-argument", `--class was given "${name}".`, {
      hint: `It must be one of ${SCENE_CLASSES.join(", ")}.`,
    });
  });
  using progress = createProgress(io, flags.quiet === true);
  const written: {
    readonly seed: number;
    readonly class: string;
    readonly caption: string;
    readonly files: readonly string[];
  }[] = [];
  for (let index = 0; index < flags.count; index++) {
    io.signal.throwIfAborted();
    progress.say(`scene ${index + 1} of ${flags.count}`);
    const scene = renderScene(flags.seed + index, {
      seconds: flags.seconds,
      imageSize: flags.size,
      ...(classes ? { classes } : {}),
    });
    const files = await writeScene(scene, flags.output, { mute: flags.mute === true, signal: io.signal });
    written.push({ seed: scene.seed, class: scene.class, caption: scene.caption, files });
    if (!flags.json) {
      progress.end();
      io.out(`${files[0]}  ${scene.class}: ${scene.caption}\n`);
    }
  }
  if (flags.json) printJson(io, written);
}
