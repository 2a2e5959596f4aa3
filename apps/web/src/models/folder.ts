/** A model in a folder of the person's own: a small one, as `foley train` writes it, or one that others released. Read where it lies, nothing of it is copied. */
import type { ModelSource, SmallModelFiles } from "../engine/engine.js";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import { NAMES, RELEASED } from "./model-names.js";

/** A file with the folders that lead to it, from the one that was chosen on. */
export interface FoundFile {
  readonly path: string;
  readonly open: () => Promise<File>;
}

/** Folders below the chosen one that are looked into: releases keep theirs two deep. */
const DEPTH = 3;

/** The folder that was chosen with a directory picker. */
export async function filesOfHandle(folder: FileSystemDirectoryHandle): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  const walk = async (handle: FileSystemDirectoryHandle, path: string, depth: number): Promise<void> => {
    const entries = (handle as unknown as { values(): AsyncIterable<FileSystemHandle> }).values();
    for await (const entry of entries) {
      const own = `${path}/${entry.name}`;
      if (entry.kind === "file") found.push({ path: own, open: () => (entry as FileSystemFileHandle).getFile() });
      else if (depth < DEPTH) await walk(entry as FileSystemDirectoryHandle, own, depth + 1);
    }
  };
  await walk(folder, folder.name, 0);
  return found;
}

/** The folder that was chosen with a file input. */
export const filesOfInput = (files: readonly File[]): readonly FoundFile[] =>
  files.map((file) => ({ path: file.webkitRelativePath || file.name, open: async () => file }));

/** What was dropped. */
export const filesOfDrop = (
  files: readonly { readonly file: File; readonly path?: string | undefined }[],
): readonly FoundFile[] => files.map(({ file, path = file.name }) => ({ path, open: async () => file }));

/**
 * The model that lies among the files: the folder nearest to the one chosen that holds all three files of a small model, or else a release.
 *
 * @throws FoleyError `not-found` that names what is missing
 */
export function modelOfFiles(files: readonly FoundFile[]): ModelSource {
  const folders = new Map<string, Map<string, FoundFile>>();
  for (const file of files) {
    const slash = file.path.lastIndexOf("/");
    const folder = folders.get(file.path.slice(0, Math.max(0, slash))) ?? new Map<string, FoundFile>();
    folder.set(file.path.slice(slash + 1), file);
    folders.set(file.path.slice(0, Math.max(0, slash)), folder);
  }
  const depth = (path: string): number => path.split("/").length;
  const missing = (folder: ReadonlyMap<string, FoundFile>): readonly string[] =>
    Object.values(NAMES).filter((name) => !folder.has(name));
  const ordered = [...folders].sort((a, b) => missing(a[1]).length - missing(b[1]).length || depth(a[0]) - depth(b[0]));
  const [path, folder] = ordered[0] ?? ["", new Map<string, FoundFile>()];
  const lacking = missing(folder);
  if (lacking.length === NUMBER && files.some((file) => RELEASED.test(nameOf(file)))) return releaseOf(files);
  if (lacking.length > 0)
    throw new ToldError("not-found", text("models.folderLacks", { files: lacking.join(", ") }), {
      hint: text("models.folderLacksHint"),
    });
  const name = path === "" ? text("models.ownName") : (path.split("/").at(-1) as string);
  return {
    id: `folder:${name}`,
    name,
    async files() {
      const read = async (file: FoundFile): Promise<Uint8Array> => new Uint8Array(await (await file.open()).arrayBuffer());
      const [backbone, encoder, bridge] = await Promise.all(
        [NAMES.backbone, NAMES.encoder, NAMES.bridge].map((one) => read(folder.get(one) as FoundFile)),
      );
      return { backbone, encoder, bridge } as SmallModelFiles;
    },
  };
}

const NUMBER = Object.keys(NAMES).length;
const nameOf = ({ path }: FoundFile): string => path.slice(path.lastIndexOf("/") + 1);

/** The release that the files are. */
function releaseOf(files: readonly FoundFile[]): ModelSource {
  const [folder = ""] = files[0]?.path.split("/") ?? [];
  const name = files.every(({ path }) => path.startsWith(`${folder}/`)) ? folder : text("models.ownName");
  const released = files.map(({ path, open }) => ({ path, file: { getFile: open } }));
  return { id: `folder:${name}`, name, files: async () => ({ released }) };
}
