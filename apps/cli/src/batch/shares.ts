/** How far a whole batch is: takes that are done, and the shares of those that are being made. */
import type { ProgressListener } from "@foley-control/core";
import type { Io } from "../io.js";
import { type Progress, patiently } from "../terminal/progress.js";
import { createShare } from "../terminal/share.js";

/** A take that is being made. */
interface Piece extends Disposable {
  /** Takes its events. */
  readonly listen: ProgressListener;
}

/**
 * Counts the takes of a batch on a display.
 *
 * @returns to be called when a take begins; what it gives is disposed of when the take is done or has failed
 */
export function createShares(display: Progress, count: number, io: Io, quiet: boolean): (name: string) => Piece {
  const active = new Map<symbol, number>();
  let [begun, finished] = [0, 0];
  const say = patiently(io, quiet, (text: string) => {
    const share = [...active.values()].reduce((sum, one) => sum + one, finished) / count;
    display.say(text, share, { timeLeft: true });
  });
  return (name) => {
    const own = Symbol(name);
    const share = createShare();
    const number = ++begun;
    active.set(own, 0);
    return {
      listen(event) {
        if (event.type === "warning") return;
        const { label, detail, share: now } = share.hear(event);
        active.set(own, now);
        say(`${number}/${count} ${name}: ${label}${detail === "" ? "" : ` ${detail}`}`);
      },
      [Symbol.dispose]() {
        if (active.delete(own)) finished++;
      },
    };
  };
}
