/** The weights that did best on held-out clips: where training on and on makes a network worse at what it was not shown. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openSafetensors, writeSafetensorsFile } from "@foley-control/weights/node";
import type { Trainer } from "../trainer.js";

/** File name of the best weights in the folder of a run. */
export const BEST_FILE = "best.safetensors";

/** Keeps the averaged weights of a trainer if this is their lowest loss so far; those of a later step than the trainer's count as never made. */
export async function keepIfBest(
  directory: string,
  trainer: Pick<Trainer, "step" | "parameters">,
  losses: readonly (number | null)[],
): Promise<void> {
  const loss = losses.reduce<number>((sum, each) => sum + (each ?? Number.POSITIVE_INFINITY), 0) / losses.length;
  const path = join(directory, BEST_FILE);
  const before = existsSync(path) ? (await openSafetensors(path)).metadata : undefined;
  if (before && Number(before["step"]) <= trainer.step && Number(before["loss"]) <= loss) return;
  if (!Number.isFinite(loss)) return;
  const metadata = { step: String(trainer.step), loss: String(loss) };
  await writeSafetensorsFile(path, await trainer.parameters("average"), metadata, { makeFolder: true });
}
