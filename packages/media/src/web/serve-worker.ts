/**
 * What a worker does that reads and decodes one file at a time for its page. Whatever a damaged file does to it, it does to this worker alone: it is
 * ended when it gets nowhere.
 */
import { BlobSource } from "mediabunny";
import { dataOfOwner, serveGuest } from "../apart/serve-guest.js";
import type { Writers } from "../read/open.js";
import { openWithLibrary } from "../read/open-with-library.js";
import type { OpenRequest } from "./guests.js";
import type { Allowance, Ready, Sign } from "./sign.js";

/** Milliseconds after which a worker that is busy says that it moves. */
const OFTEN = 200;

/** The scope of a worker, of which the compiler knows only that of a page. */
const scope = globalThis as unknown as {
  postMessage(message: object, transfer?: ArrayBuffer[]): void;
  addEventListener(type: string, listener: (event: { readonly data: unknown; preventDefault(): void }) => void): void;
};

/** Answers the page from now on. `writers` loads what writes. */
export function serveWorker(writers: () => Promise<Writers>): void {
  const state = { moves: 0, works: 0, serving: 0, waiting: 0, strayFailures: 0 };
  let said = 0;

  function say(): void {
    said = performance.now();
    scope.postMessage({ type: "sign", ...state } satisfies Sign);
  }

  /** A worker that is busy hears no question, and speaks all the same. */
  function sayAtTimes(): void {
    if (performance.now() - said > OFTEN) say();
  }

  /** How long it takes to fetch what writes is a matter of the network, not of the file. */
  async function fetched(): Promise<Writers> {
    state.waiting++;
    try {
      return await writers();
    } finally {
      state.waiting--;
    }
  }

  const peer = serveGuest<OpenRequest>({
    port: { post: (message, transfer) => scope.postMessage(message, [...transfer]) },
    watch: {
      serves(change) {
        state.serving += change;
        say();
      },
      waits: (change) => void (state.waiting += change),
      moved() {
        state.moves++;
        sayAtTimes();
      },
      worked() {
        state.works++;
        sayAtTimes();
      },
      begins: () => void (state.strayFailures = 0),
      allow: ({ workSeconds, idleSeconds }) => scope.postMessage({ type: "allow", workSeconds, idleSeconds } satisfies Allowance),
      strayFailures: () => state.strayFailures,
    },
    async open({ name, blob, size = 0, onError }, { signal, peer, counted }) {
      const read = async (start: number, end: number) => new Uint8Array(await (blob as Blob).slice(start, end).arrayBuffer());
      const data = blob ? { source: new BlobSource(blob), read, size: blob.size } : dataOfOwner(peer, size);
      return openWithLibrary({ ...counted(data), name, writers: fetched }, { onError, signal });
    },
    handlers: {
      async prepare() {
        await fetched();
      },
    },
  });

  // Beside a clean error, libraries leave rejections behind that nobody waits for. The error is what is reported.
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    state.strayFailures++;
  });
  scope.addEventListener("message", ({ data }) => {
    if ((data as { readonly type: string }).type === "look") say();
    else peer.receive(data);
  });
  scope.postMessage({
    type: "ready",
    decodes: typeof VideoDecoder !== "undefined" && typeof AudioDecoder !== "undefined",
  } satisfies Ready);
}
