/** Held-out scenes as files: clips with exact events that no training has seen. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { IMPACT_CLASSES, renderScene } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { HELD_OUT_SEED } from "@foley-control/train";

/** Pixels of the pictures; the small model looks at 64. */
const SCENE_SIZE = 128;
/** Per second, as cameras take them: at half of it a contact is seen a frame, 30 ms, from where it is. */
const SCENE_FRAME_RATE = 30;

/**
 * Renders the first held-out scenes into a folder, as video, sound and truth; those that are there already are left.
 *
 * @returns their names
 */
export async function renderScenes(
  folder: string,
  count: number,
  options: { readonly signal: AbortSignal; readonly onScene: (done: number) => void },
): Promise<readonly string[]> {
  const names: string[] = [];
  for (let index = 0; index < count; index++) {
    options.signal.throwIfAborted();
    options.onScene(index);
    const seed = HELD_OUT_SEED + index;
    const name = `scene-${seed}`;
    names.push(name);
    // The truth is written last: where it is, all is.
    const isThere = await stat(join(folder, `${name}.json`)).catch(() => undefined);
    if (isThere) continue;
    const scene = renderScene(seed, { imageSize: SCENE_SIZE, frameRate: SCENE_FRAME_RATE, classes: IMPACT_CLASSES });
    await writeScene(scene, folder, { name, signal: options.signal });
  }
  return names;
}
