/**
 * One process at a time per download, or per folder that is written. Node has no `flock`, so the lock is a file that only one process can
 * create. Its owner touches it while it works; one whose owner has ended, or that nobody touches any more, is taken over.
 *
 * For downloads it saves bandwidth and no more: content is checked against its digest before it counts, lock or no lock.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds between signs of life. */
const beat = 2_000;
/** Milliseconds without a sign of life after which the owner is taken for dead. */
const patience = 30_000;

/** Who holds a lock. */
export interface LockOwner {
  /** Process. */
  readonly pid: string;
  /** Machine. */
  readonly host: string;
}

/**
 * Does work while holding the lock. Waits for another owner, or gives up with the error that `held` makes of it as soon as that owner has
 * shown a sign of life, after some two seconds.
 *
 * @param path - of the lock file; its folder is made
 * @param held - makes the error. Default: wait
 * @throws the signal's reason when it is aborted while waiting
 */
export async function withLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  held?: (owner: LockOwner) => Error,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const mine = `${process.pid} ${hostname()} ${randomUUID()}`;
  let touched = Number.NaN;
  // Measured here, not by comparing clocks: the folder may lie on another machine.
  for (let since = performance.now(); !(await create(path, mine)); await wait(150)) {
    signal?.throwIfAborted();
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.NaN }));
    if (mtimeMs !== touched) {
      if (held && Number.isFinite(touched) && Number.isFinite(mtimeMs)) throw held(await ownerOf(path));
      [touched, since] = [mtimeMs, performance.now()];
    }
    if (performance.now() - since > patience || (await ownerEnded(path))) await takeAway(path);
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

async function ownerOf(path: string): Promise<LockOwner> {
  const [pid = "", host = ""] = (await readFile(path, "utf8").catch(() => "")).split(" ");
  return { pid, host };
}

/** Whether the owner was a process of this machine that is no more. */
async function ownerEnded(path: string): Promise<boolean> {
  const { pid, host } = await ownerOf(path);
  if (host !== hostname() || !/^[1-9]\d*$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0); // asks, does not kill
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Moves it aside first: of several that find it abandoned, one succeeds. */
async function takeAway(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}
