/** What `npm run bench -- peers` compares: for each part its files, the two programs, and which of their numbers stand side by side. */
import { join } from "node:path";
import { ensureMmaudio } from "../shared/mmaudio.js";
import { ensureStableAudio, ensureVjepa2 } from "../shared/release.js";
import { ensureSiglip2 } from "../shared/siglip.js";
import { ensureStableAudio3 } from "../shared/stable-audio-3.js";
import { writeGiven } from "./mmaudio-given.js";

/** A part. */
export interface Part {
  /** Its release below the folder of all, written where it is missing. */
  readonly release: string;
  ensure(root: string): Promise<void>;
  /** The file of the release that the programs read; the release itself without. */
  readonly file?: string;
  /** The program here and the peer's, with their first arguments. */
  readonly ours: readonly string[];
  readonly peer: readonly string[];
  /** Further arguments of both. */
  readonly options: readonly ("seconds" | "steps")[];
  /** What is seen of a clip of `--seconds`: windows of so many per second, less so many at its end. */
  readonly windows?: { readonly rate: number; readonly less: number };
  /** Writes into a folder what both are given there. */
  readonly give?: (release: string, folder: string) => Promise<void>;
  /** What is compared: what it is called, where it stands in what the programs print, and its unit. */
  readonly quantities: readonly (readonly [what: string, key: string, unit: string])[];
  /** Both write what they computed, which may be so far apart: the length of the difference beside that of the whole. */
  readonly compared?: number;
}

const MEMORY = ["memory at most", "peak", "MB"] as const;
const SOUND = [["decoding", "decode", "s"], ["until the first step is done", "first", "s"], MEMORY] as const;
const MMAUDIO = "MMAudio";

const seeing = (name: string, window: string, windows: Part["windows"]) =>
  ({
    ours: ["see-ours.ts", name],
    peer: ["see.py", name],
    options: [],
    windows: windows as NonNullable<Part["windows"]>,
    quantities: [["loading, processor", "load", "s"], [`${window}, processor`, "window", "s"], MEMORY],
    compared: 1e-5,
  }) as const;

const hearing = (name: "plain" | "pictures") =>
  ({
    release: MMAUDIO,
    ensure: ensureMmaudio,
    ours: ["mmaudio-ours.ts", name],
    peer: ["mmaudio.py", "sound"],
    options: ["steps"],
    give: (release: string, folder: string) => writeGiven(release, folder, name === "pictures"),
    quantities: [
      ["until the first step is done, processor", "first", "s"],
      ["a guided step, processor", "step", "s"],
      ["decoding, processor", "decode", "s"],
      ["all, processor", "all", "s"],
      MEMORY,
    ],
    compared: 1e-3,
  }) as const;

/** All of them by the word of `--only`. */
export const PARTS = {
  sound: {
    release: "stable-audio-open-1.0",
    ensure: ensureStableAudio,
    ours: ["ours.ts", "sound"],
    peer: ["peer.py", "sound"],
    options: ["seconds", "steps"],
    quantities: [["a guided step of the transformer", "step", "s"], ...SOUND],
  },
  third: {
    release: "stable-audio-3-small-sfx",
    ensure: ensureStableAudio3,
    ours: ["ours.ts", "third"],
    peer: ["third.py", "sound"],
    options: ["seconds", "steps"],
    quantities: [["a step of the transformer", "step", "s"], ...SOUND],
  },
  picture: {
    release: "vjepa2-vitl-fpc64-256",
    ensure: ensureVjepa2,
    ours: ["ours.ts", "picture"],
    peer: ["peer.py", "picture"],
    options: [],
    quantities: [["a clip of 64 frames", "clip", "s"], MEMORY],
  },
  synchformer: {
    release: MMAUDIO,
    ensure: ensureMmaudio,
    file: "ext_weights/synchformer_state_dict.pth",
    ...seeing("synchformer", "16 pictures", { rate: 25 / 8, less: 1 }),
  },
  clip: { release: MMAUDIO, ensure: ensureMmaudio, file: "clip", ...seeing("clip", "a picture", { rate: 8, less: 0 }) },
  mmaudio: hearing("plain"),
  "mmaudio-clip": hearing("pictures"),
  siglip: { release: "siglip2-base-patch16-224", ensure: ensureSiglip2, ...seeing("siglip", "a picture", { rate: 8, less: 0 }) },
} satisfies Readonly<Record<string, Part>>;

/** Where its files lie. */
export const pathOf = ({ release, file }: Part, folder: string): string =>
  file === undefined ? join(folder, release) : join(folder, release, file);
