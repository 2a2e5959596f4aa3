/** Released text-to-audio models from files that a page was given, by the table of releases. Nothing is read but headers and configurations. */
import { mmaudioFromFiles, stableAudio3FromFiles } from "@foley-control/audio-backbone";
import { type AudioBackbone, FoleyError } from "@foley-control/core";
import { clipFromFiles, synchformerEncoder } from "@foley-control/video-encoder";
import { folderOfFile, type ReleaseFiles } from "@foley-control/weights";
import { type GivenFile, givenFiles } from "@foley-control/weights/web";
import { RELEASES } from "../registry.js";

/** Options of {@link openBackboneFiles}. */
export interface OpenBackboneFilesOptions {
  /** Whether MMAudio is shown CLIP's pictures. Default true. */
  readonly clip?: boolean | undefined;
  /** Heads of networks of another width than the released ones. */
  readonly heads?: { readonly mmaudio?: number | undefined; readonly synchformer?: number | undefined } | undefined;
}

type Row = keyof (typeof RELEASES)["audio-backbone"];
type Opener = (files: ReleaseFiles, folder: string, options: OpenBackboneFilesOptions) => Promise<AudioBackbone>;

/** What is opened in a page, by the row that recognises it. */
const OPENERS: Partial<Record<Row, Opener>> = {
  stableAudio3: (files, folder) => stableAudio3FromFiles(files, folder),
  mmaudio: (files, _, { clip, heads }) =>
    mmaudioFromFiles(files, {
      seesClip: clip,
      heads: heads?.mmaudio,
      videoEncoder: async (path, { imageSize }) =>
        files.paths.includes(path)
          ? synchformerEncoder(await files.weights(path), heads?.synchformer === undefined ? {} : { heads: heads.synchformer })
          : clipFromFiles(files, path, { imageSize }),
    }),
};

/**
 * Opens MMAudio or Stable Audio 3 from the files of its folder, as they were dropped on a page or chosen in it. Weights stay where they are: a
 * runtime reads each when it loads the network that it belongs to.
 *
 * @param given - all files of the folder, with their paths
 * @returns `undefined` where none of them is of a released model
 * @throws FoleyError `unsupported` for a model that is not opened in pages; otherwise as `mmaudioFromFiles` and `stableAudio3FromFiles`
 * @example
 * ```ts
 * const backbone = await openBackboneFiles(files.map((file) => ({ path: file.webkitRelativePath, file })));
 * ```
 */
export async function openBackboneFiles(
  given: readonly GivenFile[],
  options: OpenBackboneFilesOptions = {},
): Promise<AudioBackbone | undefined> {
  const files = givenFiles(given);
  const found = await findRelease(files);
  if (found === undefined) return undefined;
  const open = OPENERS[found.row];
  if (open !== undefined) return open(files, found.folder, options);
  throw new FoleyError(
    "unsupported",
    `The folder is ${RELEASES["audio-backbone"][found.row].looks}, which is not opened in a page.`,
    {
      hint: "Use it on Node. Pages open MMAudio and Stable Audio 3 small.",
    },
  );
}

/** The row that recognises the files, and the folder in which: the one nearest to what was chosen. Small models and single files are no releases. */
async function findRelease(files: ReleaseFiles): Promise<{ readonly row: Row; readonly folder: string } | undefined> {
  const { small: _small, onnx: _onnx, ...rows } = RELEASES["audio-backbone"];
  for (const folder of foldersOf(files.paths)) {
    const start = folder === "" ? "" : `${folder}/`;
    const below = files.paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
    const json = (path: string): Promise<unknown> =>
      below.includes(path) ? files.json(start + path).catch(() => undefined) : Promise.resolve(undefined);
    for (const [row, release] of Object.entries(rows))
      if (await release.recognises({ file: undefined, files: below, json })) return { row: row as Row, folder };
  }
  return undefined;
}

/** Every folder that holds a file somewhere below it, the outermost first. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = new Set<string>([""]);
  for (const path of paths)
    for (let folder = folderOfFile(path); folder !== ""; folder = folderOfFile(folder)) folders.add(folder);
  const depth = (folder: string): number => (folder === "" ? 0 : folder.split("/").length);
  return [...folders].sort((a, b) => depth(a) - depth(b));
}
