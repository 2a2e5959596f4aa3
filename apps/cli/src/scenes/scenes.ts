/** `foley scenes`: procedural clips as files. */

import { FoleyError } from "@foley-control/core";
import {
  FILM_CLASSES,
  FILM_HELD_OUT_CLASSES,
  renderScene,
  SCENE_CLASSES,
  type SceneClass,
  type SceneLook,
} from "@foley-control/scenes";
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
  readonly look: string;
  readonly seconds: number;
  readonly size: number;
  readonly mute?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const CLASSES: readonly SceneClass[] = [...new Set([...SCENE_CLASSES, ...FILM_CLASSES, ...FILM_HELD_OUT_CLASSES])];
const LOOKS: readonly SceneLook[] = ["drawn", "film", "film-held-out"];

function oneOf<Name extends string>(flag: string, given: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === given);
  if (found !== undefined) return found;
  throw new FoleyError("invalid-argument", `${flag} was given "${given}".`, { hint: `It must be one of ${names.join(", ")}.` });
}

/** Writes `count` scenes. */
export async function scenes(flags: ScenesFlags, io: Io): Promise<void> {
  const classes = flags.class?.map((name) => oneOf("--class", name, CLASSES));
  const look = oneOf("--look", flags.look, LOOKS);
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
      look,
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
