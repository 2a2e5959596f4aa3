/** Everything of a file, as far as it can be read; what cannot must say so in our own words. */
import { FoleyError } from "@foley-control/core";
import type { MediaFile } from "../src/index.js";

/** What came of a file. */
export interface Drained {
  readonly opened: boolean;
  readonly frames: number;
  readonly samples: number;
  /** Sentences of what could not be read. */
  readonly refusals: readonly string[];
}

/**
 * Opens a file, and reads its frames and its sound to the end.
 *
 * @throws whatever is no FoleyError
 */
export async function drain(open: () => Promise<MediaFile>): Promise<Drained> {
  const refusals: string[] = [];
  const refused = (error: unknown): undefined => {
    if (!FoleyError.isInstance(error)) throw error;
    refusals.push(error.message);
    return undefined;
  };
  const file = await open().catch(refused);
  if (!file) return { opened: false, frames: 0, samples: 0, refusals };
  let frames = 0;
  let samples = 0;
  try {
    if (file.info.video) {
      try {
        for await (const _ of file.frames({ size: [64, 64] })) frames++;
      } catch (error) {
        refused(error);
      }
    }
    if (file.info.audio) samples = (await file.audio().catch(refused))?.channels[0]?.length ?? 0;
  } finally {
    file.dispose();
  }
  return { opened: true, frames, samples, refusals };
}
