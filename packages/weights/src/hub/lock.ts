/**
 * One process at a time per download. Node has no `flock`, so the lock is a file that only one process can create; its owner touches it
 * while it works, and one that has not been touched for long is taken over.
 *
 * It saves bandwidth and no more: content is checked against its digest before it counts, lock or no lock.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds between signs of life. */
const beat = 2_000;
/** Milliseconds without a sign of life after which the owner is taken for dead. */
const patience = 30_000;

/**
 * Does work while holding the lock; waits for another owner.
 *
 * @param path - of the lock file
 * @throws the signal's reason when it is aborted while waiting
 */
export async function withLock<T>(path: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const mine = `${process.pid} ${randomUUID()}`;
  while (!(await create(path, mine))) {
    signal?.throwIfAborted();
    if (await abandoned(path)) await takeAway(path);
    else await wait(100 + 100 * Math.random());
  }
  const timer = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), beat);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // Not ours any more if this process slept so long that another took over.
    if ((await readFile(path, "utf8").catch(() => "")) === mine) await rm(path, { force: true });
  }
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function abandoned(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
  return Date.now() - mtimeMs > patience;
}

/** Moves it aside first: of several that find it abandoned, one succeeds. */
async function takeAway(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}
