/** Guests: started when one is needed, kept for the next file while they are in good health, ended by their owner. */
import type { Guest } from "./guest.js";

/** Milliseconds that a guest is given to close its file. */
const CLOSING = 2000;

/** How a pool comes by its guests, and how long it keeps them. */
export interface PoolOptions {
  /** Starts one; rejects where none can be had. */
  readonly start: () => Promise<Guest>;
  /** Guests without a file that are kept, at most. */
  readonly most: number;
  /** Milliseconds that they are kept; `undefined` for as long as the program runs. */
  readonly keptFor?: number | undefined;
}

/** Where guests come from. */
export interface GuestPool {
  /** A guest without a file; `undefined` where none can be started. */
  take(): Promise<Guest | undefined>;
  /** Lets a guest close its file, and keeps it for the next one when it is in good health. */
  release(guest: Guest): void;
  /** Starts a guest ahead, where none waits for a file; resolves when it is there. */
  prepare(): Promise<void>;
}

interface Kept {
  readonly guest: Promise<Guest | undefined>;
  readonly timer: Timer | undefined;
}

type Timer = ReturnType<typeof setTimeout>;

/** A timer that keeps no program alive. */
function later(action: () => void, milliseconds: number): Timer {
  const timer = setTimeout(action, milliseconds);
  if (typeof timer === "object") (timer as { unref?(): void }).unref?.();
  return timer;
}

/** Makes a pool. */
export function guestPool({ start, most, keptFor }: PoolOptions): GuestPool {
  const kept: Kept[] = [];
  let impossible = false;
  const started = async (): Promise<Guest | undefined> => {
    const guest = await start().catch(() => undefined);
    impossible = guest === undefined;
    return guest;
  };
  /** Ends one that is still kept; one that has been taken again has a file. */
  const forget = (one: Kept): void => {
    const at = kept.indexOf(one);
    if (at < 0) return;
    kept.splice(at, 1);
    clearTimeout(one.timer);
    void one.guest.then((guest) => guest?.kill());
  };
  const keep = (guest: Promise<Guest | undefined>): Kept => {
    const one: Kept = { guest, timer: keptFor === undefined ? undefined : later(() => forget(one), keptFor) };
    kept.push(one);
    if (kept.length > most) forget(kept[0] as Kept);
    return one;
  };
  return {
    async take() {
      for (;;) {
        const next = kept.pop();
        if (!next) break;
        clearTimeout(next.timer);
        const guest = await next.guest;
        if (guest && !guest.death) return guest;
      }
      return impossible ? undefined : started();
    },
    release(guest) {
      if (guest.death) return;
      const late = later(() => guest.kill(), CLOSING);
      const free = guest.peer.call<boolean>("close", undefined).catch(() => false);
      const one = keep(
        free.then((healthy) => {
          clearTimeout(late);
          if (healthy) return guest;
          guest.kill();
          return undefined;
        }),
      );
      void one.guest.then((healthy) => healthy ?? forget(one));
    },
    async prepare() {
      if (kept.length === 0 && !impossible) await keep(started()).guest;
    },
  };
}
