/** One tab changes a project, others look on: a lock of the browser, which it gives back by itself when a tab ends, however it ends. */

/** A project's lock, as one tab has it. */
export interface ProjectLock {
  /** Whether this tab may change the project. */
  readonly held: boolean;
  /** Resolves when no other tab has it any more, which never happens where this one has. This tab does not take it then: it opens the project anew. */
  readonly free: Promise<void>;
  /** Gives it back. */
  release(): void;
}

/** Milliseconds that a page which is just ending gets to give its locks back: a reload opens the project again at once. */
const PATIENCE = 700;

const nameOf = (id: string): string => `foley-project-${id}`;

/** Takes the lock of a project if no tab has it. Without locks in the browser every tab believes it is the only one. */
export async function lockProject(id: string, locks: LockManager | undefined = navigator.locks): Promise<ProjectLock> {
  const never = new Promise<void>(() => undefined);
  if (locks === undefined) return { held: true, free: never, release: () => undefined };
  const stop = new AbortController();
  const held = await new Promise<boolean>((resolve) => {
    const whole = new Promise<void>((done) => stop.signal.addEventListener("abort", () => done()));
    locks
      .request(nameOf(id), { signal: AbortSignal.timeout(PATIENCE) }, () => {
        resolve(true);
        return whole;
      })
      .catch(() => resolve(false));
  });
  const free = held
    ? never
    : locks
        .request(nameOf(id), { signal: stop.signal }, () => undefined)
        .then(
          () => undefined,
          () => never,
        );
  return { held, free, release: () => stop.abort() };
}
