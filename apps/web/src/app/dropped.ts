/** What was dropped or chosen, as files: several, folders, with handles where the browser has them. Which of them are videos is a guess by type and name. */
import type { VideoHandle } from "../storage/handles.js";

/** A file, and a handle by which it is found again. */
export interface Dropped {
  readonly file: File;
  readonly handle?: VideoHandle | undefined;
  /** With the folders that lead to it, where it was in one that was dropped. */
  readonly path?: string | undefined;
}

/** What was dropped. */
export interface Drop {
  readonly files: readonly Dropped[];
  /** Whether a folder has more than {@link MOST_FILES} files: those that come first are here. */
  readonly cut: boolean;
  /** The folder, where one was dropped and nothing beside it, in browsers that have handles. */
  readonly folder?: FileSystemDirectoryHandle | undefined;
}

/** Most files that are looked at in a folder. */
export const MOST_FILES = 500;
/** How deep folders are looked into. */
const DEPTH = 4;

const VIDEO_NAMES = /\.(mp4|m4v|mov|qt|webm|mkv|avi|mpe?g|ts|mts|m2ts|ogv|3gp|wmv|flv|mxf)$/i;

/** Whether a file looks like a video from outside. */
export function looksLikeVideo({ name, type }: Pick<File, "name" | "type">): boolean {
  // Systems call TypeScript files "video/mp2t" by their ending; nothing is lost by looking into one.
  return type.startsWith("video/") || VIDEO_NAMES.test(name);
}

/** What is looked into: videos of all that was given; a single file is looked into whatever its name is, so that a sentence can say what it is. */
export function candidatesOf(files: readonly Dropped[]): readonly Dropped[] {
  const videos = files.filter(({ file }) => looksLikeVideo(file));
  return videos.length === 0 && files.length === 1 ? files : videos;
}

/** Files of a drop, those of folders too. Call it at once: a drop is readable only while its event lasts. */
export async function filesOf(transfer: Pick<DataTransfer, "items">): Promise<Drop> {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const found = items.map(async (item): Promise<Drop> => {
    const plain = item.getAsFile();
    const entry = item.webkitGetAsEntry?.();
    const handle = await (item as DataTransferItem & { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> })
      .getAsFileSystemHandle?.()
      .catch(() => null);
    if (entry?.isDirectory) {
      const folder = handle?.kind === "directory" ? (handle as FileSystemDirectoryHandle) : undefined;
      return { ...(await filesOfFolder(entry as FileSystemDirectoryEntry)), folder };
    }
    const file = plain && { file: plain, handle: handle?.kind === "file" ? (handle as VideoHandle) : undefined };
    return { files: file ? [file] : [], cut: false };
  });
  const drops = await Promise.all(found);
  const folder = drops.length === 1 ? drops[0]?.folder : undefined;
  return { files: drops.flatMap(({ files }) => files), cut: drops.some(({ cut }) => cut), folder };
}

/** Takes what is dropped anywhere on the page; an empty folder is no file, and is told too. */
export function takeDrops(
  open: (files: readonly Dropped[], how: Omit<Drop, "files"> & { readonly dropped: true }) => unknown,
): void {
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    // Words that are dragged are no files.
    if (event.dataTransfer && [...event.dataTransfer.items].some(({ kind }) => kind === "file"))
      void filesOf(event.dataTransfer).then(({ files, ...how }) => open(files, { ...how, dropped: true }));
  });
}

async function filesOfFolder(folder: FileSystemDirectoryEntry): Promise<Drop> {
  const files: Dropped[] = [];
  let queue: readonly FileSystemDirectoryEntry[] = [folder];
  for (let depth = 0; depth < DEPTH && queue.length > 0; depth++) {
    const next: FileSystemDirectoryEntry[] = [];
    for (const one of queue)
      for await (const entry of entriesOf(one)) {
        if (entry.isDirectory) next.push(entry as FileSystemDirectoryEntry);
        else if (files.length === MOST_FILES) return { files, cut: true };
        else {
          // One that cannot be read is none of the others' fault.
          const file = await fileOfEntry(entry as FileSystemFileEntry).catch(() => undefined);
          if (file) files.push({ file, path: entry.fullPath.slice(1) });
        }
      }
    queue = next;
  }
  return { files, cut: false };
}

/** What lies in a folder, as far as it can be read. */
async function* entriesOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry, void, undefined> {
  const reader = folder.createReader();
  // It gives at most a hundred at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (some.length === 0) return;
    yield* some;
  }
}

const fileOfEntry = (entry: FileSystemFileEntry): Promise<File> => new Promise((resolve, reject) => entry.file(resolve, reject));

/** Lets a person choose a video; nothing when they do not. Where the browser has handles the video is found again by itself. */
export async function chooseVideo(): Promise<readonly Dropped[]> {
  const picker = (globalThis as { showOpenFilePicker?: (options: object) => Promise<VideoHandle[]> }).showOpenFilePicker;
  if (picker === undefined) return chooseByInput();
  try {
    const handles = await picker({ id: "video", multiple: false });
    return await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle })));
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") return [];
    return chooseByInput();
  }
}

/** What asks at the moment. It is on no page and nobody else holds it: a browser that clears it away meanwhile hears no answer. */
let asking: HTMLInputElement | undefined;

function chooseByInput(): Promise<readonly Dropped[]> {
  const input = document.createElement("input");
  asking = input;
  input.type = "file";
  input.accept = "video/*,.mkv,.mov,.avi,.tar";
  return new Promise<readonly Dropped[]>((resolve) => {
    input.addEventListener("change", () => resolve([...(input.files ?? [])].map((file) => ({ file }))));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  }).finally(() => {
    if (asking === input) asking = undefined;
  });
}
