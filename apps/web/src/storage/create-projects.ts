/** All projects of a disk. */
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import { readBundle, writeBundle } from "./bundle.js";
import type { Disk } from "./disk.js";
import { type Handles, openHandles } from "./handles.js";
import { lockProject, type ProjectLock } from "./locks.js";
import { openProject } from "./open-project.js";
import { loadSummary, PROJECTS, pathsOf, saveSnapshot } from "./project-files.js";
import type { ProjectSummary, Projects } from "./projects.js";

/** What projects stand on; tests bring their own. */
export interface ProjectsOptions {
  /** Whether the disk outlives the page. */
  readonly lasting: boolean;
  readonly handles?: Omit<Handles, "keys">;
  readonly lock?: (id: string) => Promise<ProjectLock>;
  readonly storage?: Pick<StorageManager, "estimate" | "persist" | "persisted"> | undefined;
  readonly now?: () => number;
}

/** Makes them. */
export function createProjects(
  disk: Disk,
  {
    lasting,
    handles = openHandles(),
    lock = lockProject,
    storage = globalThis.navigator?.storage,
    now = Date.now,
  }: ProjectsOptions,
): Projects {
  const open = async (id: string): ReturnType<Projects["open"]> => {
    const own = await lock(id);
    try {
      return await openProject(id, { disk, handles, lock: own, now });
    } catch (error) {
      own.release();
      throw error;
    }
  };
  const summaryOf = async (id: string): Promise<ProjectSummary | undefined> => {
    const summary = await loadSummary(disk, id);
    if (summary === undefined) return undefined;
    const { folder, takes } = pathsOf(id);
    const files = [...(await disk.list(folder)), ...(await disk.list(takes))];
    return {
      id,
      ...summary,
      changedAt: Math.max(summary.changedAt, ...files.map(({ changedAt }) => changedAt)),
      bytes: files.reduce((sum, { size }) => sum + size, 0),
    };
  };
  return {
    lasting,
    async list() {
      const found = await Promise.all((await disk.list(PROJECTS)).map(({ name }) => summaryOf(name)));
      return found.filter((one) => one !== undefined).toSorted((a, b) => b.changedAt - a.changedAt);
    },
    async create(document) {
      const id = crypto.randomUUID();
      try {
        await saveSnapshot(
          disk,
          id,
          { sequence: 0, document, past: [], future: [] },
          { name: document.name, changedAt: now(), picture: undefined },
        );
      } catch (error) {
        await disk.remove(pathsOf(id).folder).catch(() => undefined);
        throw error;
      }
      return open(id);
    },
    open,
    async remove(id) {
      const own = await lock(id);
      try {
        if (!own.held) throw new ToldError("access-denied", text("storage.inUse"), { hint: text("storage.inUseHint") });
        await disk.remove(pathsOf(id).folder);
        await handles.remove(id);
      } finally {
        own.release();
      }
    },
    bundle: (id) => writeBundle(disk, id),
    unbundle: (file) => readBundle(disk, file, now()),
    persist: async () => (await storage?.persist?.().catch(() => false)) ?? false,
    async space() {
      const { usage = 0, quota = 0 } = (await storage?.estimate?.().catch(() => undefined)) ?? {};
      return { used: usage, quota, persistent: (await storage?.persisted?.().catch(() => false)) ?? false };
    },
  };
}
