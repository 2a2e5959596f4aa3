/** Where projects live: the browser's private file system. The video itself stays where it is; only a handle to it is kept, where the browser can. */
import type { StoreApi } from "zustand/vanilla";
import type { StudioDocument } from "../document/document.js";
import type { DocumentStore } from "../document/store.js";
import type { VideoHandle } from "./handles.js";
import type { SoundShape } from "./take-file.js";
import type { TakeWriter } from "./take-writer.js";

/** A line of the list of recent projects. */
export interface ProjectSummary {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
  /** Bytes of takes and caches. */
  readonly bytes: number;
  /** A small picture of it, as an address, if there is one. */
  readonly picture: string | undefined;
}

/** How storing a project goes. */
export interface Saving {
  readonly phase: "saved" | "saving" | "failed";
  /** Why it fails. */
  readonly error: unknown;
  /** Takes that are only in memory, because they did not fit. */
  readonly unsavedTakes: number;
}

/** A project that is open in this tab. */
export interface OpenProject {
  readonly id: string;
  readonly store: DocumentStore;
  readonly saving: StoreApi<Saving>;
  /** Resolves when the other tab, which may change it, has closed it; it must be opened anew then. Never where this tab may. */
  readonly free: Promise<void>;
  /** Whether there is a handle to the video, so that permission is all that has to be asked for. */
  hasHandle(): Promise<boolean>;
  /**
   * The video, where it can be found again; else `undefined`, and it has to be shown again. `ask` asks for permission, which browsers allow in
   * answer to a click only. Fails with a sentence when the file that is there is another video now.
   */
  video(options?: { readonly ask?: boolean }): Promise<File | undefined>;
  /** Keeps the way to the video: a handle where there is one. Fails with a sentence when it is another video. */
  relink(file: File, handle?: VideoHandle): Promise<void>;
  readonly takes: TakeStore;
  /** The cue whose take was being made when the page ended: to be gone on with. */
  readonly unfinished: {
    get(): Promise<string | undefined>;
    /** Notes it, or that there is none any more. */
    set(cue: string | undefined): Promise<void>;
  };
  /** Whether the list has a small picture of it. */
  shown(): boolean;
  /** A small picture for the list, as a `data:` address. */
  showAs(picture: string): void;
  /** Resolves when all that was changed is written; fails when it cannot be. */
  flush(): Promise<void>;
  /** Writes what is left and lets go. */
  close(): Promise<void>;
}

/** Samples of takes, by digest; read in parts, never half-written. */
export interface TakeStore {
  /** Begins a take of that shape. What does not fit on the disk stays in memory, and {@link Saving} says so; of a long one it fails. */
  begin(shape: SoundShape): Promise<TakeWriter>;
  /** Samples from `start` to `end` (frames), planar; fewer where the take ends. */
  read(digest: string, start: number, end: number): Promise<readonly Float32Array[]>;
  /** Takes that no document names are removed. */
  sweep(used: ReadonlySet<string>): Promise<void>;
}

/** All projects of this browser. */
export interface Projects {
  /** Whether what is stored outlives the page; `false` where the browser lets it keep nothing. */
  readonly lasting: boolean;
  /** Latest first. */
  list(): Promise<readonly ProjectSummary[]>;
  /** Makes a project of a document, written before it is given. */
  create(document: StudioDocument): Promise<OpenProject>;
  /** Opens a project; read-only when another tab has it. */
  open(id: string): Promise<OpenProject>;
  /** Removes a project with its takes; fails with a sentence while a tab has it open. */
  remove(id: string): Promise<void>;
  /** A project as one file without its video, as it is stored now. */
  bundle(id: string): Promise<{ readonly name: string; readonly file: Blob }>;
  /** Makes a project of such a file and gives its id; fails with a sentence when it is none. */
  unbundle(file: Blob): Promise<string>;
  /** Asks the browser to keep what is stored; whether it promised. */
  persist(): Promise<boolean>;
  /** Space used and left, and whether the browser has promised to keep it. */
  space(): Promise<{ readonly used: number; readonly quota: number; readonly persistent: boolean }>;
}
