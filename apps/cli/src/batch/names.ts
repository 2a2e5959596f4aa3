/** Names of what is written: those of the clips. A name depends on the rows before it alone, so that rows that are added behind change none. */
import { basename, extname } from "node:path";
import { videoEnding } from "../generate/outputs.js";

/** What is written of every take. */
export type Written = "video" | "sound" | "both";

/** Names in the output folder. */
export interface Names {
  readonly video: string | undefined;
  readonly audio: string | undefined;
}

/** File systems that know no capitals, or write accents in two ways, take these for one. */
const folded = (name: string): string => name.normalize("NFC").toLowerCase();

/** Gives the names of one row after another: NAME.foley.EXT, and NAME-2.foley.EXT where that is taken. Takes are numbered. */
export function createNames(written: Written): (clip: string, takes: number) => readonly Names[] {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return (clip, takes) => {
    const stem = basename(clip, extname(clip));
    const ending = videoEnding(clip);
    const namesOf = (base: string): readonly Names[] =>
      Array.from({ length: takes }, (_, take) => {
        const beginning = `${base}.foley${takes > 1 ? `-${take + 1}` : ""}`;
        return {
          video: written === "sound" ? undefined : `${beginning}${ending}`,
          audio: written === "video" ? undefined : `${beginning}.wav`,
        };
      });
    const keyOf = folded(stem);
    for (let number = next.get(keyOf) ?? 1; ; number++) {
      const names = namesOf(number === 1 ? stem : `${stem}-${number}`);
      const files = names.flatMap(({ video, audio }) => [video, audio]).filter((name) => name !== undefined);
      if (files.some((name) => taken.has(folded(name)))) continue;
      for (const name of files) taken.add(folded(name));
      // Another ending of the same stem may still have the first name.
      if (number > 1) next.set(keyOf, number + 1);
      return names;
    }
  };
}
