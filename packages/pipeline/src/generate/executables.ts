/**
 * Loaded graphs, kept by name; a graph is loaded once however often it is asked for. What is not in use is let go, least recently
 * used first, when there are too many or their weights are too large to keep: a release of 5 GB never stands in memory as a whole.
 */
import type { Executable, Graph, LoadOptions, ParameterSource, Runtime, RuntimeCapabilities } from "@foley-control/core";
import { loadInStages } from "@foley-control/runtime";

/** Graphs kept at once: those of three clip lengths, and those that fit every length. */
const CAPACITY = 16;

/**
 * Bytes of weights kept for the next clip, on a CPU: less than any network that makes a release large, so that a transformer is gone
 * while the codec decodes. Weights in files are mapped, and mapping them again takes a fraction of a second; devices with memory of
 * their own, where loading is slow, keep everything.
 */
const KEPT_BYTES = 2 ** 30;

/** Bytes of weights kept on a device while nobody uses them. */
export const keptBytesOn = (device: RuntimeCapabilities["device"]): number =>
  device === "cpu" || device === "wasm" ? KEPT_BYTES : Number.POSITIVE_INFINITY;

/** A loaded graph that stays until it is given back. */
export interface Lease extends Disposable {
  /** The graph, ready to run. */
  readonly executable: Executable;
}

/** Options of {@link Executables.lease}. */
export interface LeaseOptions extends Pick<LoadOptions, "keepFloat32"> {
  /** The graph runs once or a few times per clip: a large one may be run in stages, which are loaded each time. Default false. */
  readonly rare?: boolean;
}

/** A cache of executables over one runtime. */
export interface Executables {
  /** The executable of that name, loaded when it is not there. */
  lease(name: string, build: () => Graph, weights: ParameterSource, options?: LeaseOptions): Promise<Lease>;
  /** Loads it for later; as much stays as the cache keeps. */
  warm(...leased: Parameters<Executables["lease"]>): Promise<void>;
  /** Releases all. */
  dispose(): Promise<void>;
}

interface Entry {
  readonly loading: Promise<Executable>;
  users: number;
  /** Of its weights, known once it is loaded. */
  bytes: number;
}

/** Limits of {@link createExecutables}. */
export interface ExecutablesLimits {
  /** Bytes of weights that stay loaded while nobody uses them. Default: 1 GiB on a CPU, no limit elsewhere. */
  readonly keptBytes?: number;
  /** Bytes of weights per stage of a `rare` graph, where there is a limit. Default: that of `loadInStages`. */
  readonly stageBytes?: number;
}

/** Makes a cache. */
export function createExecutables(runtime: Runtime, limits: ExecutablesLimits = {}): Executables {
  const entries = new Map<string, Entry>();
  let limit: Promise<number> | undefined;
  const limitOf = async (): Promise<number> => {
    try {
      return keptBytesOn((await runtime.capabilities()).device);
    } catch (error) {
      limit = undefined; // a device that is missing now may be asked for again
      throw error;
    }
  };
  const drop = async (name: string, { loading }: Entry): Promise<void> => {
    entries.delete(name);
    await loading.then((executable) => executable.dispose()).catch(() => undefined);
  };
  const makeRoom = (bytes: number): void => {
    let total = [...entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [name, entry] of entries) {
      if (total <= bytes && entries.size <= CAPACITY) break;
      if (entry.users > 0) continue;
      total -= entry.bytes;
      void drop(name, entry);
    }
  };
  const cache: Executables = {
    async lease(name, build, weights, { rare = false, keepFloat32 } = {}) {
      const kept = limits.keptBytes ?? (await (limit ??= limitOf()));
      const load = async (): Promise<Executable> =>
        rare && Number.isFinite(kept)
          ? loadInStages(runtime, build(), weights, { keepFloat32, stageBytes: limits.stageBytes })
          : runtime.load(build(), weights, { keepFloat32 });
      const entry = entries.get(name) ?? { loading: load(), users: 0, bytes: 0 };
      entry.users++;
      entries.delete(name); // the most recently used one is last
      entries.set(name, entry);
      try {
        const executable = await entry.loading;
        entry.bytes = executable.weightBytes ?? 0;
        makeRoom(kept);
        let held = true;
        return {
          executable,
          [Symbol.dispose]() {
            if (held) entry.users--;
            held = false;
            makeRoom(kept);
          },
        };
      } catch (error) {
        // A failed load is not kept: the next call tries again.
        entry.users--;
        if (entries.get(name) === entry) entries.delete(name);
        throw error;
      }
    },
    async warm(...leased) {
      using _lease = await cache.lease(...leased);
    },
    async dispose() {
      await Promise.all([...entries].map(([name, entry]) => drop(name, entry)));
    },
  };
  return cache;
}

/** Two leases, or neither: when one fails, the other is given back. */
export async function leaseAll(asked: readonly [Promise<Lease>, Promise<Lease>]): Promise<readonly [Lease, Lease]> {
  try {
    return await Promise.all(asked);
  } catch (error) {
    for (const lease of await Promise.allSettled(asked)) if (lease.status === "fulfilled") lease.value[Symbol.dispose]();
    throw error;
  }
}
