/**
 * Writes each change as it is made, one after the other, and a snapshot now and then. What cannot be written is kept and tried again: nothing is
 * lost while the page lives, and the page says that it is not stored.
 */
import { applyPatches, type Patch } from "immer";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { StoredDocument } from "../document/read-document.js";
import type { DocumentStore, JournalLine } from "../document/store.js";
import type { Disk } from "./disk.js";
import { encodeLines, type NumberedLine } from "./journal.js";
import { pathsOf, saveSnapshot } from "./project-files.js";

/** Lines after which the journal becomes a snapshot. */
const LINES = 200;
/** Milliseconds after which what is being typed is written. */
const TYPING = 400;
/** Milliseconds after which what failed is tried again. */
const AGAIN = 4000;

/** How storing goes. `error` is why it does not. */
export type Saving = { readonly phase: "saved" | "saving" } | { readonly phase: "failed"; readonly error: unknown };

/** What stores a project. */
export interface Autosave {
  readonly saving: StoreApi<Saving>;
  /** Hears a change that was made. */
  line(line: JournalLine): void;
  /** Hears the store of the project, for what is being typed. Call it once. */
  watch(store: DocumentStore): void;
  /** Resolves when all is written; fails when it cannot be. */
  flush(): Promise<void>;
  /** Writes a snapshot and stops. */
  close(): Promise<void>;
}

/** Makes what stores a project from where it is on the disk. `now` is the clock; `picture` the project's small picture. */
export function createAutosave(
  disk: Disk,
  id: string,
  from: { readonly sequence: number; readonly journalLength: number },
  {
    now = Date.now,
    picture = () => undefined,
  }: { readonly now?: () => number; readonly picture?: () => string | undefined } = {},
): Autosave {
  const { journal } = pathsOf(id);
  const saving = createStore<Saving>()(() => ({ phase: "saved" }));
  let { sequence, journalLength } = from;
  // A journal that is there is made a snapshot first: its last line may be torn, or count only while it is the last.
  let written = journalLength > 0 ? LINES : 0;
  let waiting: readonly NumberedLine[] = [];
  let store: DocumentStore | undefined;
  let chain: Promise<void> = Promise.resolve();
  let [typing, again]: (ReturnType<typeof setTimeout> | undefined)[] = [];
  let previewWritten = false;
  let closed = false;

  /** What is there without what a gesture shows, which has no entry yet that takes it back. */
  const stored = (): StoredDocument | undefined => {
    const state = store?.getState();
    if (state === undefined) return undefined;
    const { document, past, future, pending } = state;
    return { sequence, document: pending ? applyPatches(document, pending.inverse as Patch[]) : document, past, future };
  };
  const snapshot = async (): Promise<void> => {
    const what = stored();
    if (what === undefined) return;
    await saveSnapshot(disk, id, what, { name: what.document.name, changedAt: now(), picture: picture() });
    waiting = waiting.filter(({ n }) => n > what.sequence);
    [journalLength, written] = [0, 0];
    if (previewWritten) writePreview();
  };
  const work = async (): Promise<void> => {
    clearTimeout(again);
    try {
      if (written >= LINES) await snapshot();
      while (waiting.length > 0) {
        const lines = waiting;
        journalLength = await disk.append(journal, journalLength, encodeLines(lines));
        waiting = waiting.slice(lines.length);
        written += lines.length;
      }
      saving.setState({ phase: "saved" }, true);
    } catch (error) {
      saving.setState({ phase: "failed", error }, true);
      if (!closed) again = setTimeout(() => void run().catch(() => undefined), AGAIN);
      throw error;
    }
  };
  const run = (): Promise<void> => {
    if (saving.getState().phase !== "failed") saving.setState({ phase: "saving" }, true);
    const next = chain.catch(() => undefined).then(work);
    chain = next;
    next.catch(() => undefined);
    return next;
  };
  const add = (line: Omit<NumberedLine, "n">): void => {
    if (closed) return;
    sequence += 1;
    waiting = [...waiting, { n: sequence, ...line }];
    void run().catch(() => undefined);
  };
  const writePreview = (): void => {
    const pending = store?.getState().pending;
    if (pending === undefined) return;
    previewWritten = true;
    add({ type: "preview", label: pending.label, patches: pending.forward });
  };

  return {
    saving,
    line({ type, label, patches }) {
      clearTimeout(typing);
      previewWritten = false;
      add({ type, label, patches });
    },
    watch(watched) {
      store = watched;
      watched.subscribe(({ pending, past }, before) => {
        if (pending === before.pending) return;
        clearTimeout(typing);
        if (pending !== undefined) typing = setTimeout(writePreview, TYPING);
        else if (previewWritten && past === before.past) {
          // Left off, or made in the same moment, in which case its own line follows: either way the preview no longer counts.
          previewWritten = false;
          add({ type: "preview", label: "", patches: [] });
        }
      });
    },
    flush: run,
    async close() {
      clearTimeout(typing);
      await run();
      const last = chain.then(snapshot);
      chain = last;
      await last;
      closed = true;
    },
  };
}
