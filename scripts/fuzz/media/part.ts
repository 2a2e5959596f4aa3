/**
 * Media files of every container with sound and picture, made wrong: each is opened, its frames and its sound are read to the end, and some
 * get new sound. Out of process, as everyone reads them; and in process, which shows what the other process is good for.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRandom, FoleyError, type Random } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { openMedia } from "@foley-control/media/node";
import { drain } from "../../../packages/media/test/drain.js";
import { mutated } from "../mutate.js";
import { type FuzzPart, MAXIMUM_MEMORY } from "../part.js";

/** A third of a second each: every box is there, and ten times as many inputs can be read in the same time. */
const short = readdirSync(new URL("../../../packages/media/test/fixtures/short/", import.meta.url)).sort();
const clips = ["h264-aac.mp4", "h264-aac.mov", "h264-aac.mkv", "h264-aac.ts", "vp9-opus.webm", "fragmented.mp4", "edit-list.mp4"];
const cases = ["no-cues.webm", "short-picture.webm", "trimmed.mov", "lame-delay.mp3", "inside-a-group.mpegts", "theora.ogv"];
/** Bytes of a process that has read nothing yet, about. */
const PROCESS = 150 * 2 ** 20;

/** Of so many inputs one is made from a long file. */
const LONG_EVERY = 6;

interface Original {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const read = (folder: string, name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../packages/media/test/${folder}/${name}`, import.meta.url)));
const shortOnes: readonly Original[] = short.map((name) => ({ name: `short ${name}`, bytes: read("fixtures/short", name) }));
const originals: readonly Original[] = [
  ...clips.map((name) => ({ name, bytes: new Uint8Array(readFileSync(goldenPath(`clips/${name}`))) })),
  ...cases.map((name) => ({ name, bytes: read("cases", name) })),
];
const all = [...shortOnes, ...originals].map(({ bytes }) => bytes);

function partOf(isolation: "process" | "none", slice: number): FuzzPart {
  return {
    about: `media files with sound and picture, ${isolation === "none" ? "in process" : "each in a process of its own"}`,
    slice,
    ...(isolation === "none" && { protectedAs: "media" }),
    make(seed, index) {
      const random = createRandom(seed, "fuzz", "media", index);
      // Long files cost ten times as much; what only they have (cues, several clusters, delays) comes once in a while.
      const long = Math.ceil(index / LONG_EVERY);
      const [from, at] = index % LONG_EVERY === 0 ? [originals, long] : [shortOnes, index - long];
      const { name, bytes } = from[at % from.length] as Original;
      const file = damaged(random, bytes);
      return {
        kind: name,
        size: file.length,
        async run() {
          const open = () => openMedia(file, { isolation, onError: random.chance(0.3) ? "hold" : "throw" });
          const { refusals } = await drain(open);
          if (random.chance(0.1)) await rewrite(open);
          for (const bytes of childrenPeaks())
            if (bytes > PROCESS + file.length + MAXIMUM_MEMORY) throw new Error(`a reading process held ${bytes} bytes`);
          if (refusals.length > 0) throw new FoleyError("bad-file", refusals.join(" "));
        },
      };
    },
  };
}

/** Mostly the first bytes, where the numbers are that everything else hangs on. */
function damaged(random: Random, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (random.chance(0.5)) return new Uint8Array(mutated(random, bytes, { others: all }));
  const head = random.pick([64, 512, 2048]);
  const changed = mutated(random, bytes.subarray(0, head), { others: all });
  return Uint8Array.from([...changed, ...bytes.subarray(head)]);
}

/** New sound for the picture, which walks all its packets. */
async function rewrite(open: () => ReturnType<typeof openMedia>): Promise<void> {
  const file = await open().catch(() => undefined);
  if (!file) return;
  try {
    await file.replaceAudio({ sampleRate: 48_000, channels: [new Float32Array(48_000)] }, { original: "mix" });
  } catch (error) {
    if (!FoleyError.isInstance(error)) throw error;
  } finally {
    file.dispose();
  }
}

/** The most memory of each child of this process so far, where the system says so. */
function childrenPeaks(): number[] {
  try {
    return readdirSync("/proc/self/task").flatMap((thread) =>
      readFileSync(`/proc/self/task/${thread}/children`, "latin1")
        .trim()
        .split(" ")
        .filter((pid) => pid !== "")
        .map((pid) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) * 1024),
    );
  } catch {
    return [];
  }
}

/** As everyone reads them. */
export const mediaPart = partOf("process", 40);
/** As the process that reads them does, without starting one for each that was refused: twenty times as many in the same time. */
export const mediaInProcessPart = partOf("none", 0);
