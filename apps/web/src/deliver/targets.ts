/**
 * Where a file is written, best first: where the person chooses, straight to the disk; a temporary file of the private file system, which the
 * browser then downloads; memory, for small files. None holds a large file whole, and none leaves half a file under the name of a finished one:
 * what is chosen appears when it is closed, a temporary file is downloaded when it is complete and swept when the page starts again.
 */
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";

/** Most bytes that are held in memory. */
export const MEMORY_LIMIT = 256 * 2 ** 20;
/** Folder of temporary files. */
const FOLDER = "exports";
/** How the names of temporary files begin. */
const PREFIX = "tmp-";

/** A place to write to. */
export interface Target {
  /** How it gets to the person. */
  readonly way: "picked" | "download" | "memory";
  readonly stream: WritableStream<Uint8Array<ArrayBuffer>>;
  /** The file, after the stream was closed. */
  file(): Promise<File>;
  /** Hands the file to the person, where that was not done by writing it. */
  give(): Promise<void>;
  /** Removes what was begun. */
  discard(): Promise<void>;
}

/** Parts of the browser that may be missing. */
type Pick = (options: {
  readonly suggestedName: string;
  readonly types: readonly { readonly description: string; readonly accept: Readonly<Record<string, readonly string[]>> }[];
}) => Promise<FileSystemFileHandle>;

/** What kind of file it is. */
export interface FileKind {
  readonly name: string;
  readonly type: string;
  /** With its dot. */
  readonly extension: string;
  /** Bytes, about. */
  readonly size: number;
}

/** Opens the best target there is. Asks the person where the browser can; must be called in answer to a click. */
export async function openTarget(kind: FileKind): Promise<Target> {
  const pick = (globalThis as { readonly showSaveFilePicker?: Pick }).showSaveFilePicker;
  if (pick !== undefined) {
    const accept = { [kind.type]: [kind.extension] };
    const handle = await pick({ suggestedName: kind.name, types: [{ description: kind.name, accept }] });
    return pickedTarget(handle);
  }
  return (await temporaryTarget(kind)) ?? memoryTarget(kind);
}

async function pickedTarget(handle: FileSystemFileHandle): Promise<Target> {
  const before = (await handle.getFile()).size;
  return {
    way: "picked",
    stream: (await handle.createWritable()) as unknown as WritableStream<Uint8Array<ArrayBuffer>>,
    file: () => handle.getFile(),
    give: async () => undefined,
    async discard() {
      // The picker makes an empty file of a new name; one that was there is left as it was.
      if (before === 0 && (await handle.getFile()).size === 0)
        await (handle as { remove?: () => Promise<void> }).remove?.().catch(() => undefined);
    },
  };
}

async function temporaryTarget({ name, extension }: FileKind): Promise<Target | undefined> {
  const folder = await exportsFolder().catch(() => undefined);
  if (folder === undefined) return undefined;
  const own = `${PREFIX}${crypto.randomUUID()}${extension}`;
  const handle = await folder.getFileHandle(own, { create: true });
  if (!("createWritable" in handle)) {
    await folder.removeEntry(own);
    return undefined;
  }
  const release = await hold(own);
  return {
    way: "download",
    stream: (await handle.createWritable()) as unknown as WritableStream<Uint8Array<ArrayBuffer>>,
    file: () => handle.getFile(),
    // The browser reads the file while it downloads: it is removed when the page starts the next time.
    give: async () => download(await handle.getFile(), name),
    async discard() {
      release();
      await folder.removeEntry(own).catch(() => undefined);
    },
  };
}

function memoryTarget({ name, type, size }: FileKind): Target {
  const tooLarge = (): ToldError => new ToldError("too-long", text("deliver.tooLarge"), { hint: text("deliver.tooLargeHint") });
  if (size > MEMORY_LIMIT) throw tooLarge();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const file = async (): Promise<File> => new File(parts, name, { type });
  return {
    way: "memory",
    stream: new WritableStream({
      write(part) {
        bytes += part.byteLength;
        if (bytes > MEMORY_LIMIT) throw tooLarge();
        parts.push(part.slice());
      },
    }),
    file,
    give: async () => download(await file(), name),
    discard: async () => void parts.splice(0),
  };
}

/** Removes temporary files that no page needs any more. */
export async function sweepTargets(): Promise<void> {
  const folder = await exportsFolder().catch(() => undefined);
  if (folder === undefined) return;
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const remove = (): Promise<void> => folder.removeEntry(name).catch(() => undefined);
    if (navigator.locks === undefined) await remove();
    else await navigator.locks.request(lockOf(name), { ifAvailable: true }, (lock) => (lock ? remove() : undefined));
  }
}

async function exportsFolder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

const lockOf = (name: string): string => `foley-studio-${FOLDER}-${name}`;

/** Keeps other tabs from sweeping a file for as long as this page lives. */
function hold(name: string): Promise<() => void> {
  return new Promise((held) => {
    if (navigator.locks === undefined) return held(() => undefined);
    void navigator.locks.request(lockOf(name), () => new Promise<void>((release) => held(release)));
  });
}

function download(file: File, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
}
