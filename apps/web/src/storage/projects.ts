/** Where projects live: the browser's private file system. The video itself stays where it is; only a handle to it is kept, where the browser can. */
import type { DocumentStore } from "../document/store.js";

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

/** A project that is open in this tab. */
export interface OpenProject {
  readonly id: string;
  readonly store: DocumentStore;
  /** The video, where it could be found again without asking; else `undefined`, and it has to be shown again. */
  video(): Promise<File | undefined>;
  /** Keeps the way to the video: a handle where there is one. Fails with a sentence when it is another video. */
  relink(file: File, handle?: FileSystemFileHandle): Promise<void>;
  readonly takes: TakeStore;
  /** Resolves when all that was changed is written. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Samples of takes, by digest; read in parts, never half-written. */
export interface TakeStore {
  /** Stores planar samples as they come; gives the digest. Fails with `quota` in its message's code when there is no space. */
  write(channels: readonly Float32Array[], sampleRate: number): Promise<string>;
  /** Samples from `start` to `end` (frames), planar. */
  read(digest: string, start: number, end: number): Promise<readonly Float32Array[]>;
  /** Takes that no document names are removed. */
  sweep(used: ReadonlySet<string>): Promise<void>;
}

/** All projects of this browser. */
export interface Projects {
  list(): Promise<readonly ProjectSummary[]>;
  create(name: string): Promise<OpenProject>;
  /** Opens a project; read-only when another tab has it. */
  open(id: string): Promise<OpenProject>;
  remove(id: string): Promise<void>;
  /** Space used and left, and whether the browser has promised to keep it. */
  space(): Promise<{ readonly used: number; readonly quota: number; readonly persistent: boolean }>;
}
