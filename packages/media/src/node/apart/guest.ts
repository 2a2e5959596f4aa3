/**
 * The process that reads and decodes one file at a time for the program that started it. Whatever a damaged file does to it, it does
 * to this process alone: it may crash, and it is ended when it gets nowhere or fills the memory.
 */
import { Worker } from "node:worker_threads";
import { FoleyError } from "@foley-control/core";
import { CustomSource } from "mediabunny";
import { Peer } from "../../apart/peer.js";
import { serveFile, watchPackets } from "../../apart/serve-file.js";
import { type FileData, openHere, pathData } from "../open-here.js";
import type { OpenRequest } from "./guests.js";
import { DEFAULT_LIMITS, limitsFor } from "./limits.js";
import { SLOT, SLOTS, WATCH_MARK } from "./slots.js";

/** Bytes that count as one step forward when they are read for the first time. */
const BLOCK = 65_536;

const shared = new SharedArrayBuffer(4 * SLOTS);
const slots = new Int32Array(shared);
const add = (slot: number, change: number): number => Atomics.add(slots, slot, change);
const moved = (): void => void add(SLOT.moves, 1);

const watch = new Worker(new URL(process.argv[2] as string), {
  workerData: { shared, parent: process.ppid, SLOT, WATCH_MARK },
});
watch.unref();

let opening = false;
// Opening looks at few packets; where each of them takes seconds to find, it gets nowhere all the same.
const packets = watchPackets(() => void (opening || moved()));
/** Blocks that were read since the last question. */
const seen = new Set<number>();
let limits = DEFAULT_LIMITS;
let before = 0;
let size = 0;
/** Whether the file has made anything fail. */
let failed = false;

function allow(allowed: typeof limits): void {
  Atomics.store(slots, SLOT.megabytes, Math.min(2 ** 31 - 1, Math.ceil(before + allowed.megabytes)));
  Atomics.store(slots, SLOT.workMilliseconds, Math.min(2 ** 31 - 1, Math.ceil(allowed.workSeconds * 1000)));
  Atomics.store(slots, SLOT.idleMilliseconds, Math.min(2 ** 31 - 1, Math.ceil(allowed.idleSeconds * 1000)));
}

const peer: Peer = new Peer(
  // A copy is made anyway: processes share no memory. A program that is gone wants no answer.
  { post: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => undefined)) },
  serveFile<OpenRequest>({
    async open(request, signal) {
      const { name, backend, path, onError } = request;
      limits = request.limits;
      before = process.memoryUsage.rss() / 1e6;
      size = request.size ?? 0;
      Atomics.store(slots, SLOT.strayFailures, 0);
      failed = false;
      allow(limitsFor(limits, size));
      const data = async (): Promise<FileData> => {
        const found = path === undefined ? memoryData(size) : await pathData(path, name);
        size = found.size;
        allow(limitsFor(limits, size));
        found.source.on("read", ({ start, end }) => {
          for (let block = Math.floor(start / BLOCK); block * BLOCK < end; block++) if (!seen.has(block)) moved();
          for (let block = Math.floor(start / BLOCK); block * BLOCK < end; block++) seen.add(block);
        });
        return found;
      };
      const copy = async (): Promise<string> => path ?? (await peer.call<string>("copy", undefined));
      opening = true;
      try {
        return await openHere({ name, backend, data, path: copy }, { onError, signal });
      } finally {
        opening = false;
      }
    },
    samples: (key, channel, start, end) => peer.call("samples", { key, channel, start, end }),
    write: (key, data, position) => peer.call("write", { key, data, position }),
    healthy: () => !failed && Atomics.load(slots, SLOT.strayFailures) === 0,
    expects: (file, seconds) => allow(limitsFor(limits, size, file.info, seconds)),
  }),
  {
    serves(change) {
      seen.clear();
      packets.reset();
      add(SLOT.serving, change);
      Atomics.notify(slots, SLOT.serving);
    },
    failed(error, method) {
      // What refuses a file is our own code; what fails while decoding is native, and nobody knows in which state that is then.
      failed ||= !FoleyError.isInstance(error) || (error.code === "bad-file" && method !== "open");
    },
    waits: (change) => void add(SLOT.waiting, change),
    moved,
  },
);

/** Bytes that the program holds in memory, read through it piece by piece. */
function memoryData(size: number): FileData {
  const read = (start: number, end: number): Promise<Uint8Array> => peer.call("read", { start, end });
  return { source: new CustomSource({ getSize: () => size, read, prefetchProfile: "fileSystem" }), read, size };
}

// Beside a clean error, libraries leave rejections behind that nobody waits for. The error is what is reported; should one have been
// waited for after all, the watch sees that nothing moves.
process.on("unhandledRejection", () => void add(SLOT.strayFailures, 1));
// Ctrl-C and its like reach every process of a terminal. This one ends with the program that it works for.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit());
process.on("message", (message) => peer.receive(message));
// Not before the watch looks on: a thread does not start while the one that started it is busy for ever.
watch.once("message", () => process.send?.({ type: "ready" }));
