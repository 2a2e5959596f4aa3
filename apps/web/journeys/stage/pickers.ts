/**
 * The file pickers of Chromium are windows of the system, which nothing can answer. In journeys files are opened through the field that every
 * browser has, or dropped; what is saved goes through a handle of the same kind, to a file of the page's own file system, from where it is read.
 * These functions run in the page.
 */

/** What runs TypeScript in Node gives functions their names by a helper, which has to be in the page too. */
export const KEEP_NAMES = "globalThis.__name ??= (value) => value";

/** What was saved last. */
interface Saved {
  number: number;
  done: boolean;
  name: string;
  base64: string;
}

interface Realm {
  savedFile?: { number: number; done: boolean; name: string; handle: FileSystemFileHandle };
  showSaveFilePicker?: (options?: { readonly suggestedName?: string }) => Promise<FileSystemFileHandle>;
  showOpenFilePicker?: unknown;
}

/** Chromium alone has this picker, so other browsers stay without. */
export function saveIntoPage(): void {
  const realm = globalThis as unknown as Realm;
  if (realm.showSaveFilePicker === undefined) return;
  realm.showSaveFilePicker = async ({ suggestedName = "saved" } = {}) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("journey", { create: true });
    const handle = await folder.getFileHandle(suggestedName, { create: true });
    const saved = { number: (realm.savedFile?.number ?? 0) + 1, done: false, name: suggestedName, handle };
    realm.savedFile = saved;
    const create = handle.createWritable.bind(handle);
    handle.createWritable = async (options) => {
      const writable = await create(options);
      const close = writable.close.bind(writable);
      writable.close = async () => {
        await close();
        saved.done = true;
      };
      // Piping closes through a writer, which knows the stream and not its method.
      const getWriter = writable.getWriter.bind(writable);
      writable.getWriter = () => {
        const writer = getWriter();
        void writer.closed.then(
          () => {
            saved.done = true;
          },
          () => undefined,
        );
        return writer;
      };
      return writable;
    };
    return handle;
  };
}

/** Takes the picker for opening away; pages then fall back to a field. */
export function withoutOpenPickers(): void {
  delete (globalThis as unknown as Realm).showOpenFilePicker;
}

/** What was saved, with its bytes when they are wanted. */
export async function savedInPage(options: { readonly bytes: boolean } | undefined): Promise<Saved> {
  const saved = (globalThis as unknown as Realm).savedFile;
  if (saved === undefined) return { number: 0, done: false, name: "", base64: "" };
  let base64 = "";
  if (options?.bytes) {
    const reader = new FileReader();
    reader.readAsDataURL(await saved.handle.getFile());
    await new Promise((resolve) => reader.addEventListener("loadend", resolve, { once: true }));
    if (reader.error) throw reader.error;
    base64 = String(reader.result).split(",")[1] ?? "";
  }
  return { number: saved.number, done: saved.done, name: saved.name, base64 };
}
