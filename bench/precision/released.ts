/** The networks of MMAudio small and Stable Audio 3 small at their released widths with one block each, in files that are written for the time of a measurement. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stableAudio3 } from "@foley-control/audio-backbone/node";
import { ensureMmaudio, openMmaudioFolder } from "../shared/mmaudio.js";
import { networksOf } from "../shared/networks.js";
import { ensureStableAudio3 } from "../shared/stable-audio-3.js";
import type { RealWidthCase } from "./real-width.js";

/** Models by name. */
export const RELEASED = ["mmaudio-small-16k", "stable-audio-3-small-sfx"] as const;

/** Calls back with the networks of a model, for so many seconds of sound. */
export async function withReleased<R>(
  model: (typeof RELEASED)[number],
  seconds: number,
  work: (cases: readonly RealWidthCase[]) => Promise<R>,
): Promise<R> {
  const folder = await mkdtemp(join(tmpdir(), "foley-precision-"));
  try {
    const sees = model === "mmaudio-small-16k";
    await (sees ? ensureMmaudio(folder, 1) : ensureStableAudio3(folder, 1));
    const backbone = await (sees ? openMmaudioFolder(folder, true) : stableAudio3(folder));
    return await work(
      networksOf(backbone, seconds).map(({ name, graph, weights, feeds }) => ({
        ...{ name: `${model} ${name}`, graph, weights, feeds },
        expected: undefined,
        part: (y) => y,
      })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
