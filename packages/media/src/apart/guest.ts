/** What reads a file for this program: a process in Node, a worker in a page. */
import { FoleyError } from "@foley-control/core";
import type { SourceName } from "../read/problems.js";
import type { OnError } from "../read/types.js";
import type { ApartLimits } from "./limits.js";
import { type Handler, Peer, type Port } from "./peer.js";
import { writingHandlers } from "./remote-file.js";

/** What every guest is told of the file that it is to open. */
export interface GuestRequest {
  readonly name: SourceName;
  /** Bytes of data in memory, which are asked for piece by piece; `undefined` where the guest reaches the data itself. */
  readonly size: number | undefined;
  readonly onError: OnError | undefined;
  readonly limits: ApartLimits;
}

/** The guest, as its owner sees it. */
export interface Guest {
  readonly peer: Peer;
  readonly writing: ReturnType<typeof writingHandlers>["open"];
  /** Why it is gone; `undefined` while it lives. */
  readonly death: Error | undefined;
  /** What answers the guest's own questions about the file that it has open. */
  host: { readonly name: SourceName; readonly handlers: Readonly<Record<string, Handler>> };
  /** Ends it now. */
  kill(): void;
}

/** What a world does for its guest. */
export interface GuestHost {
  /** The way to the guest. */
  readonly port: Port;
  /** Questions of the guest that whoever has opened a file answers. */
  readonly asks: readonly string[];
  /** Ends it; `die` has been told why. */
  end(): void;
  /** What is said when its owner ends it. */
  ended(name: SourceName): Error;
}

/** A guest that lives, and what says that it does no more. */
export function livingGuest({ port, asks, end, ended }: GuestHost): {
  readonly guest: Guest;
  die(how: (name: SourceName) => Error): Error;
} {
  const { handlers, open } = writingHandlers();
  let death: Error | undefined;
  const own = (method: string): Handler => {
    return (given, asked) => (guest.host.handlers[method] as Handler)(given, asked);
  };
  const peer = new Peer(port, { ...handlers, ...Object.fromEntries(asks.map((method) => [method, own(method)])) });
  const guest: Guest = {
    peer,
    writing: open,
    get death() {
      return death;
    },
    host: { name: "The data", handlers: {} },
    kill() {
      // Said at once: its end is heard of later, and what it has answered before may still be on its way.
      death ??= ended(guest.host.name);
      end();
    },
  };
  return {
    guest,
    die(how) {
      death ??= how(guest.host.name);
      peer.fail(death);
      return death;
    },
  };
}

/** Why a guest was ended by who looks on. */
export type Verdict = "work" | "memory" | "idle";

const reasons: Readonly<Record<Verdict, string>> = {
  work: "reading it takes work without end",
  memory: "reading it takes far more memory than such a file needs",
  idle: "its decoder came to a standstill",
};

/** The error of a file that has taken its guest with it. */
export const endedBy = (name: SourceName, why: Verdict): FoleyError => damagedBy(name, reasons[why]);

/** The error of a file for which the guest has ended by itself. */
export const crashed = (name: SourceName, how: string): FoleyError => damagedBy(name, `its decoder crashed (${how})`);

const damagedBy = (name: SourceName, what: string): FoleyError =>
  new FoleyError("bad-file", `${name} is damaged: ${what}.`, {
    hint: "Copy or download it again, or convert it with another program first.",
  });
