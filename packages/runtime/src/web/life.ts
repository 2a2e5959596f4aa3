/**
 * Whether a worker still lives. A page is not told when its browser ends a worker, and would wait for an answer for ever; the browser does let go of
 * the locks that the worker held.
 */
import { FoleyError } from "@foley-control/core";
import type { EngineNews } from "../shared/protocol.js";

/** The part of `navigator.locks` that is used; absent in pages that are not secure. */
interface Locks {
  request(name: string, granted: () => Promise<void> | void): Promise<unknown>;
}

const locks = (): Locks | undefined => (globalThis.navigator as { readonly locks?: Locks } | undefined)?.locks;

/** In the worker: holds a lock of its own until it ends, and tells the page which. */
export function holdLifeLock(tell: (news: EngineNews) => void): void {
  const lock = `foley-control-runtime-${crypto.randomUUID()}`;
  void locks()?.request(lock, () => {
    tell({ type: "alive", lock });
    return new Promise<void>(() => undefined);
  });
}

/** In the page: calls back when the worker that holds the lock has ended. */
export function watchLifeLock(lock: string, onDeath: (error: FoleyError) => void): void {
  void locks()?.request(lock, () =>
    onDeath(
      new FoleyError("device-unavailable", "The runtime's worker has ended.", {
        hint: "The browser ended it, perhaps for want of memory. Make a new runtime.",
      }),
    ),
  );
}
