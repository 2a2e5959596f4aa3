/** Work that goes on while its last result is being used: one result ahead, so that memory stays what it is. */

/**
 * What a generator gives, with the next one made meanwhile. Who leaves the loop stops the work, and waits until it has stopped.
 *
 * @param begin - begins the work, which obeys the signal
 * @param signal - stops it too
 */
export async function* oneAhead<T, R>(
  begin: (signal: AbortSignal) => AsyncGenerator<T, R, undefined>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, R, undefined> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  const work = begin(controller.signal);
  let next = work.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return value;
      next = work.next();
      next.catch(() => undefined); // awaited above or below
      yield value;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    controller.abort();
    await next.catch(() => undefined);
  }
}
