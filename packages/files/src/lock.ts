/**
 * One process at a time per download, or per folder that is written. Node has no `flock`, so the lock is a file that only one process can
 * create. Its owner touches it while it works; one whose owner has ended, or that nobody touches any more, is taken over.
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { FoleyError } from "@foley-control/core";
import { makeBeside } from "./make-beside.js";
import { hasEnded } from "./owner.js";
import { isSystemError, notWritable } from "./problems.js";

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

/** Options of {@link withLock}. */
export interface LockOptions {
  /** Stops the waiting; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the error that is thrown as soon as another owner has shown a sign of life, after some two seconds. Default: wait. */
  readonly held?: ((owner: LockOwner) => Error) | undefined;
}

/**
 * Does work while holding a lock; waits for another owner, or gives up.
 *
 * @param path - of the lock file; its folder is made
 * @throws the reason of the signal when it is aborted while waiting; the error of `held`; what the system says of a lock file that
 * cannot be made
 */
export async function withLock<T>(path: string, work: () => Promise<T>, { signal, held }: LockOptions = {}): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const mine = `${process.pid} ${hostname()} ${randomUUID()}`;
  let touched = Number.NaN;
  // Measured here, not by comparing clocks: the folder may lie on another machine.
  for (let since = performance.now(); !(await create(path, mine)); await wait(150)) {
    signal?.throwIfAborted();
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.NaN }));
    const content = await contentOf(path);
    const [pid = "", host = ""] = content.split(" ");
    if (mtimeMs !== touched) {
      if (held && Number.isFinite(touched) && Number.isFinite(mtimeMs)) throw held({ pid, host });
      [touched, since] = [mtimeMs, performance.now()];
    }
    if (performance.now() - since > patience || hasEnded(pid, host)) await takeAway(path, content);
  }
  const timer = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), beat);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // Not ours any more if this process slept so long that another took over.
    if ((await contentOf(path)) === mine) await rm(path, { force: true });
  }
}

/** Options of {@link withFolderLock}. */
export interface FolderLockOptions {
  /** What else writes such folders, as in "is being written by another training". Default "run". */
  readonly by?: string | undefined;
  /** Stops the waiting; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does work that writes a folder, which is made when it is missing; `.lock` in it keeps others out.
 *
 * @throws FoleyError `not-writable` when the folder cannot be made, or another process writes it
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>, options: FolderLockOptions = {}): Promise<T> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw notWritable(`The folder ${folder}`, cause);
  });
  const lock = join(folder, ".lock");
  return withLock(lock, work, {
    signal: options.signal,
    held: ({ pid, host }) =>
      new FoleyError(
        "not-writable",
        `The folder ${folder} is being written by another ${options.by ?? "run"} (process ${pid} on ${host}).`,
        { hint: "Wait until it ends, or choose another folder." },
      ),
  }).catch((cause: unknown) => {
    throw isSystemError(cause) && cause.path === lock ? notWritable(`The folder ${folder}`, cause) : cause;
  });
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

const contentOf = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");

/** Moves an abandoned lock aside: of several that find it, one succeeds. What another has made in its place meanwhile is put back. */
async function takeAway(path: string, content: string): Promise<void> {
  await makeBeside(path, async (aside) => {
    await rename(path, aside).catch(() => undefined);
    const moved = await contentOf(aside);
    if (moved !== "" && moved !== content) await link(aside, path).catch(() => undefined);
  });
}
