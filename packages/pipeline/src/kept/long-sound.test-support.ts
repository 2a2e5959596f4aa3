/**
 * A sound of many short windows by an untrained model. As a program, `long-sound.test-support.ts FOLDER OUT SECONDS` writes so much of it, keeps its
 * windows in a folder, and prints a line when it begins to sample one.
 */
import { fileURLToPath } from "node:url";
import { untrainedMini } from "@foley-control/mini";
import { createFoley, folderStore, type NodeFoleyOptions } from "../node.js";

const mini = untrainedMini();
/** Parts whose windows last 2 s. */
export const shortWindows: NodeFoleyOptions = {
  ...mini,
  backbone: { ...mini.backbone, seconds: { minimum: 1, maximum: 2 } },
  runtime: { device: "cpu", worker: false, threads: 1 },
};
/** What is asked for: six windows. */
export const asked = { prompt: "a metal ball", seed: 3, steps: 2, duration: 9 } as const;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = "", out = "", seconds = ""] = process.argv;
  await using foley = await createFoley(shortWindows);
  const take = await foley.generate({
    ...asked,
    duration: Number(seconds),
    keep: folderStore({ folder }),
    onProgress: (event) => {
      if (event.type === "step-end" && event.index === 0) process.stdout.write("window\n");
    },
  });
  await take.saveAudio(out);
}
