/** Starts workers that read media, see `serve-worker.ts`. */
import { FoleyError } from "@foley-control/core";
import { crashed, endedBy, type Guest, type GuestRequest, livingGuest } from "../apart/guest.js";
import { type GuestPool, guestPool } from "../apart/guest-pool.js";
import type { SourceName } from "../read/problems.js";
import { type Allowance, LOOK, type Ready, type Sign } from "./sign.js";
import { Watch } from "./watch.js";

/** What a worker is asked to open. */
export interface OpenRequest extends GuestRequest {
  /** What it reads by itself; `undefined` for data in memory, which is then asked for. */
  readonly blob: Blob | undefined;
}

/** Seconds within which a worker must have started, its script downloaded. */
const START = 30;

/** Workers, of which one is kept: its script may not be had a second time where a page has no network. */
export const workersOf = (make: () => Worker): GuestPool => guestPool({ start: () => startGuest(make), most: 1 });

/** Those of this page that read. Written out, because that is how bundlers find the script. */
export const readers = workersOf(
  () => new Worker(new URL("./media-worker.js", import.meta.url), { type: "module", name: "foley-control-media" }),
);

/** Those that write. */
export const writers = workersOf(
  () => new Worker(new URL("./media-writer-worker.js", import.meta.url), { type: "module", name: "foley-control-media" }),
);

async function startGuest(make: () => Worker): Promise<Guest> {
  if (typeof Worker === "undefined") throw new FoleyError("unsupported", "There are no workers here.");
  const worker = make();
  const end = (how: (name: SourceName) => Error): Error => {
    watch.stop();
    worker.terminate();
    return die(how);
  };
  const watch = new Watch({
    look: () => worker.postMessage(LOOK),
    end: (why) => void end((name) => endedBy(name, why)),
  });
  const ended = (name: SourceName) => crashed(name, "it was ended");
  const { guest, die } = livingGuest({
    port: {
      post: (message, transfer) => {
        if (!guest.death) worker.postMessage(message, [...transfer]);
      },
      hold: (waiting) => watch.hold(waiting),
    },
    asks: ["read"],
    ended,
    end: () => void end(ended),
  });
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      reject(end((name) => crashed(name, what)));
    };
    const late = setTimeout(() => fail("its worker does not start"), START * 1000);
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      clearTimeout(late);
      fail(event.message || "its worker's script cannot be loaded");
    });
    worker.addEventListener("message", ({ data }: { readonly data: { readonly type: string } }) => {
      if (data.type === "sign" || data.type === "allow") watch.take(data as Sign | Allowance);
      else if (data.type === "ready") {
        clearTimeout(late);
        if ((data as Ready).decodes) resolve(guest);
        else fail("its worker has no WebCodecs");
      } else guest.peer.receive(data);
    });
  });
}
