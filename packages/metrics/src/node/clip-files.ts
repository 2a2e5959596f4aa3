/** Which files of a folder are clips. */
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import type { BenchmarkClip } from "../evaluate/benchmark.js";
import { clipName, mayHoldPicture, SOUND_ENDINGS, VIDEO_ENDINGS } from "./media-files.js";

/** Files of one clip. */
export interface ClipFiles {
  /** Path of the file that is heard: the sound beside a video of its name, or the video. */
  readonly sound: string;
  /** Path of the video, if there is one. */
  readonly video: string | undefined;
}

/**
 * The clips directly in a folder, by name without ending (accents as in Unicode's NFC), in order of name. Hidden files and other endings are passed over.
 *
 * @throws FoleyError `not-found` for a folder that cannot be read or has no sounds, `invalid-argument` for a name that is there twice.
 */
export async function clipFiles(folder: string): Promise<ReadonlyMap<string, ClipFiles>> {
  let files: string[];
  try {
    files = await readdir(folder);
  } catch (cause) {
    throw new FoleyError("not-found", `The folder ${folder} cannot be read.`, { hint: "Check its path.", cause });
  }
  const [sounds, videos] = [new Map<string, string>(), new Map<string, string>()];
  for (const file of files.sort()) {
    const ending = extname(file);
    const isVideo = mayHoldPicture(file);
    if (file.startsWith(".") || !(isVideo || SOUND_ENDINGS.includes(ending.toLowerCase()))) continue;
    const name = clipName(file);
    const same = isVideo ? videos : sounds;
    const other = same.get(name);
    if (other !== undefined)
      throw new FoleyError("invalid-argument", `${folder} has ${other} and ${join(folder, file)}, both named "${name}".`, {
        hint: "Keep one file of each name.",
      });
    same.set(name, join(folder, file));
  }
  if (sounds.size + videos.size === 0)
    throw new FoleyError("not-found", `${folder} has no sounds.`, {
      hint: `Expected files ending in ${[...SOUND_ENDINGS, ...VIDEO_ENDINGS].join(", ")}.`,
    });
  const names = [...new Set([...videos.keys(), ...sounds.keys()])].sort();
  return new Map(
    names.map((name) => [name, { sound: (sounds.get(name) ?? videos.get(name)) as string, video: videos.get(name) }]),
  );
}

/** Endings of what lies beside clips and tells of them. */
const BESIDE: readonly string[] = [".txt", ".json"];

/** Files directly in a folder that are passed over for their ending, by the name of the clip that they would be. */
export async function passedOver(folder: string): Promise<ReadonlyMap<string, string>> {
  const read = [...VIDEO_ENDINGS, ...SOUND_ENDINGS, ...BESIDE];
  const files = (await readdir(folder))
    .sort()
    .filter((file) => !file.startsWith(".") && !read.includes(extname(file).toLowerCase()));
  return new Map(files.map((file) => [file.slice(0, file.length - extname(file).length).normalize("NFC"), file]));
}

/** Where what is true lies. */
export interface TruthFolders {
  /** Folder of the true sounds, or videos with their sound. A sound beside a video of its name is its sound. */
  readonly reference?: string | undefined;
  /** Folder of the videos, where they lie apart from the true sounds, or there are no true sounds. */
  readonly videos?: string | undefined;
}

/**
 * The clips of folders, as `readBenchmark` has those of a list: sounds of `reference`, pictures of `videos` or else of `reference`, by name.
 *
 * @throws FoleyError as {@link clipFiles}
 */
export async function folderClips({ reference, videos }: TruthFolders): Promise<readonly BenchmarkClip[]> {
  const none: ReadonlyMap<string, ClipFiles> = new Map();
  const sounds = reference === undefined ? none : await clipFiles(reference);
  const pictures = videos === undefined ? none : await clipFiles(videos);
  return [...new Set([...sounds.keys(), ...pictures.keys()])].sort().map((id) => {
    const own = sounds.get(id);
    return { id, audio: own?.sound, video: pictures.get(id)?.video ?? own?.video, start: 0 };
  });
}
