/** A project that is open in this tab: its document with undo list, its takes, the way to its video, and what stores all of it. */
import { createStore } from "zustand/vanilla";
import { takesOf } from "../document/read-document.js";
import { createDocumentStore } from "../document/store.js";
import { createAutosave } from "./autosave.js";
import type { Disk } from "./disk.js";
import type { Handles } from "./handles.js";
import type { ProjectLock } from "./locks.js";
import { loadProject, loadSummary, pathsOf, saveSummary } from "./project-files.js";
import type { OpenProject, Saving } from "./projects.js";
import { assertSameSource } from "./source.js";
import { createTakeStore } from "./take-store.js";

/** Opens a project of a disk. Without the lock it is read-only: nothing is written. */
export async function openProject(
  id: string,
  {
    disk,
    handles,
    lock,
    now,
  }: { readonly disk: Disk; readonly handles: Omit<Handles, "keys">; readonly lock: ProjectLock; readonly now?: () => number },
): Promise<OpenProject> {
  const { stored, journalLength } = await loadProject(disk, id);
  let picture = (await loadSummary(disk, id))?.picture;
  const saving = createStore<Saving>()(() => ({ phase: "saved", error: undefined, unsavedTakes: 0 }));
  const takes = createTakeStore(disk, pathsOf(id).takes, {
    onKept: (unsavedTakes, error) => saving.setState(({ error: before }) => ({ unsavedTakes, error: error ?? before })),
  });
  const autosave = createAutosave(
    disk,
    id,
    { sequence: stored.sequence, journalLength },
    { ...(now && { now }), picture: () => picture },
  );
  autosave.saving.subscribe((state) => {
    if (state.phase === "saved" && saving.getState().unsavedTakes > 0) takes.flush().catch(() => undefined);
    saving.setState(({ unsavedTakes, error }) => ({
      phase: state.phase,
      error: state.phase === "failed" ? state.error : unsavedTakes > 0 ? error : undefined,
    }));
  });
  const store = createDocumentStore(stored.document, {
    past: stored.past,
    future: stored.future,
    readOnly: !lock.held,
    ...(lock.held && { journal: autosave.line }),
  });
  if (lock.held) {
    autosave.watch(store);
    if (journalLength > 0) await autosave.flush().catch(() => undefined);
    await takes.sweep(takesOf(store.getState())).catch(() => undefined);
  }

  const matching = async (file: File): Promise<File> => {
    const { source } = store.getState().document;
    if (source) await assertSameSource(source, file);
    return file;
  };
  const flush = async (): Promise<void> => {
    if (!lock.held) return;
    // Takes first: a document never names what is not there. But a take too many keeps nothing else from being written.
    const [first, second] = await Promise.allSettled([takes.flush(), autosave.flush()]);
    for (const one of [second, first]) if (one.status === "rejected") throw one.reason;
  };
  return {
    id,
    store,
    saving,
    free: lock.free,
    takes,
    hasHandle: async () => (await handles.get(id)) !== undefined,
    async video({ ask = false } = {}) {
      const handle = await handles.get(id);
      if (handle === undefined) return undefined;
      const state = ask ? await handle.requestPermission?.({ mode: "read" }) : await handle.queryPermission?.({ mode: "read" });
      if (state !== undefined && state !== "granted") return undefined;
      // A file that was moved or removed is no error: it is shown again.
      const file = await handle.getFile().catch(() => undefined);
      return file && matching(file);
    },
    async relink(file, handle) {
      await matching(file);
      if (handle && lock.held) await handles.set(id, handle);
    },
    unfinished: {
      async get() {
        const bytes = await disk.read(pathsOf(id).unfinished).catch(() => undefined);
        return bytes && new TextDecoder().decode(bytes);
      },
      async set(cue) {
        const { unfinished } = pathsOf(id);
        if (!lock.held) return;
        // It is a help: no word about it when there is no space.
        await (cue === undefined ? disk.remove(unfinished) : disk.write(unfinished, [new TextEncoder().encode(cue)])).catch(
          () => undefined,
        );
      },
    },
    shown: () => picture !== undefined,
    showAs(address) {
      picture = address;
      // The list can do without it: no word about it when there is no space.
      if (lock.held)
        void saveSummary(disk, id, { name: store.getState().document.name, changedAt: (now ?? Date.now)(), picture }).catch(
          () => undefined,
        );
    },
    flush,
    async close() {
      try {
        await flush();
        if (lock.held) await autosave.close();
      } finally {
        lock.release();
      }
    },
  };
}
