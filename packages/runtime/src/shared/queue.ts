/** One task at a time: ONNX Runtime on the web is not re-entrant, and an abort must be seen right before a run starts. */
import type { FoleyError } from "@foley-control/core";

/** A queue of tasks. */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve();
  #closed: FoleyError | undefined;
  readonly #waiting = new Set<(error: FoleyError) => void>();

  /**
   * Runs a task after those before it.
   *
   * @param task - what to do
   * @param signal - aborts the wait; once the task has started it runs to its end
   * @throws `signal.reason`, or the error the queue was closed with
   */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise<T>((resolve, reject) => {
      let given = false; // up while waiting
      const giveUp = (error: unknown): void => {
        given = true;
        finish();
        reject(error);
      };
      const onAbort = (): void => giveUp(signal?.reason);
      const finish = (): void => {
        signal?.removeEventListener("abort", onAbort);
        this.#waiting.delete(giveUp);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(giveUp);
      this.#tail = this.#tail.then(async () => {
        if (given) return;
        finish();
        await task().then(resolve, reject);
      });
    });
  }

  /** Rejects what waits and everything that comes later. */
  close(error: FoleyError): void {
    this.#closed ??= error;
    for (const giveUp of [...this.#waiting]) giveUp(this.#closed);
  }
}
