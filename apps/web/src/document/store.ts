/**
 * The document's store: changes go in as recipes with a name, come out as patches, and can be taken back. One gesture is one entry of the undo
 * list, however many previews it had. Patches go to the journal, from which a crash is recovered.
 */
import { applyPatches, type Draft, enablePatches, type Patch, produceWithPatches } from "immer";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { StudioDocument } from "./document.js";

enablePatches();

/** A change with a name that the undo list shows; made by the functions in `commands.ts`. */
export interface Change {
  /** Key of a string in the catalogue. */
  readonly label: string;
  /** Changes the draft. */
  readonly recipe: (draft: Draft<StudioDocument>) => void;
}

/** One entry of the undo list, and one line of the journal. */
export interface Entry {
  readonly label: string;
  readonly forward: readonly Patch[];
  readonly inverse: readonly Patch[];
}

/** What listeners see. */
export interface DocumentState {
  readonly document: StudioDocument;
  /** Entries that can be taken back, oldest first. */
  readonly past: readonly Entry[];
  /** Entries that can be made again, next last. */
  readonly future: readonly Entry[];
  /** What a gesture shows and has not made yet. */
  readonly pending: Entry | undefined;
  /** True while a second tab or a newer format allows no changes. */
  readonly readOnly: boolean;
}

/** A change that is being shown and not yet made: a drag, a held key, a field that is typed in. */
export interface Gesture {
  /** Shows the change in place of the last one shown. */
  preview(change: Change): void;
  /** Makes what is shown one entry. */
  commit(): void;
  /** Puts everything back. */
  cancel(): void;
}

/** What is written when the document changes: the entry, and which way. */
export type JournalLine = { readonly type: "do" | "undo" | "redo"; readonly patches: readonly Patch[]; readonly label: string };

/** The store. */
export interface DocumentStore extends Pick<StoreApi<DocumentState>, "getState" | "getInitialState" | "subscribe"> {
  /** Makes a change. */
  dispatch(change: Change): void;
  /** Begins a gesture; one at a time, a second commits the first. */
  begin(): Gesture;
  undo(): void;
  redo(): void;
}

/** Most entries that are kept. */
const MAXIMUM_ENTRIES = 500;

/** Makes the store of a document; `journal` gets a line for each committed change, `past` and `future` are the undo list it begins with. */
export function createDocumentStore(
  document: StudioDocument,
  {
    journal,
    readOnly = false,
    past = [],
    future = [],
  }: Partial<Pick<DocumentState, "past" | "future" | "readOnly">> & { readonly journal?: (line: JournalLine) => void } = {},
): DocumentStore {
  const store = createStore<DocumentState>()(() => ({ document, past, future, pending: undefined, readOnly }));
  let gesture: { readonly before: StudioDocument; entry: Entry | undefined } | undefined;

  const made = (from: StudioDocument, { label, recipe }: Change): { next: StudioDocument; entry: Entry } => {
    const [next, forward, inverse] = produceWithPatches(from, recipe);
    return { next, entry: { label, forward, inverse } };
  };
  const record = (entry: Entry): void => {
    if (entry.forward.length === 0) return;
    store.setState(({ past }) => ({ past: [...past, entry].slice(-MAXIMUM_ENTRIES), future: [] }));
    journal?.({ type: "do", patches: entry.forward, label: entry.label });
  };
  const commit = (): void => {
    const ended = gesture;
    gesture = undefined;
    if (!ended?.entry) return;
    store.setState({ pending: undefined });
    record(ended.entry);
  };
  const step = (type: "undo" | "redo"): void => {
    commit();
    const { past, future, document: current, readOnly: locked } = store.getState();
    const entry = type === "undo" ? past.at(-1) : future.at(-1);
    if (entry === undefined || locked) return;
    const patches = type === "undo" ? entry.inverse : entry.forward;
    store.setState({
      document: applyPatches(current, patches as Patch[]),
      past: type === "undo" ? past.slice(0, -1) : [...past, entry],
      future: type === "undo" ? [...future, entry] : future.slice(0, -1),
    });
    journal?.({ type, patches, label: entry.label });
  };

  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    dispatch(change) {
      commit();
      if (store.getState().readOnly) return;
      const { next, entry } = made(store.getState().document, change);
      store.setState({ document: next });
      record(entry);
    },
    begin() {
      commit();
      const own: NonNullable<typeof gesture> = { before: store.getState().document, entry: undefined };
      gesture = own;
      return {
        preview(change) {
          if (gesture !== own || store.getState().readOnly) return;
          const { next, entry } = made(own.before, change);
          own.entry = entry;
          store.setState({ document: next, pending: entry });
        },
        commit() {
          if (gesture === own) commit();
        },
        cancel() {
          if (gesture !== own) return;
          gesture = undefined;
          store.setState({ document: own.before, pending: undefined });
        },
      };
    },
    undo: () => step("undo"),
    redo: () => step("redo"),
  };
}
