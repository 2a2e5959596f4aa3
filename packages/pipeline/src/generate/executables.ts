/** Loaded graphs, kept by name until the least recently used one makes room; a graph is loaded once however often it is asked for. */
import type { Executable, Graph, ParameterSource, Runtime } from "@foley-control/core";

/** Graphs kept at once: those of three clip lengths, and those that fit every length. */
const CAPACITY = 16;

/** A cache of executables over one runtime. */
export interface Executables {
  /** The executable of that name, loaded when it is not there. */
  get(name: string, build: () => Graph, weights: ParameterSource): Promise<Executable>;
  /** Releases all. */
  dispose(): Promise<void>;
}

/** Makes a cache. */
export function createExecutables(runtime: Runtime): Executables {
  const loaded = new Map<string, Promise<Executable>>();
  const release = async (executable: Promise<Executable>): Promise<void> => {
    await executable.then((it) => it.dispose()).catch(() => undefined);
  };
  return {
    get(name, build, weights) {
      let found = loaded.get(name);
      if (found === undefined) {
        found = Promise.resolve().then(() => runtime.load(build(), weights));
        // A failed load is not kept: the next call tries again.
        found.catch(() => loaded.delete(name));
      }
      loaded.delete(name);
      loaded.set(name, found);
      const oldest = loaded.keys().next();
      if (loaded.size > CAPACITY && !oldest.done) {
        const evicted = loaded.get(oldest.value) as Promise<Executable>;
        loaded.delete(oldest.value);
        void release(evicted);
      }
      return found;
    },
    async dispose() {
      const all = [...loaded.values()];
      loaded.clear();
      await Promise.all(all.map(release));
    },
  };
}
