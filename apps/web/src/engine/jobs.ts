/** One job at a time, and waiting that can be given up. */

/** Rejects as soon as `signal` says so; what is waited for goes on. */
export function abortable<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    waited.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** A queue: each job begins when the one before it has ended; one that is aborted while it waits never begins. */
export function turns(): <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (signal, work) => {
    const before = last;
    const run = async () => {
      signal.throwIfAborted();
      return work();
    };
    const own = before.then(run, run);
    last = own.catch(() => undefined);
    return abortable(own, signal);
  };
}
