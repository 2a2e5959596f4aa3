/**
 * The process that reads and decodes one file at a time for the program that started it. Whatever a damaged file does to it, it does
 * to this process alone: it may crash, and it is ended when it gets nowhere or fills the memory.
 */
import { Worker } from "node:worker_threads";
import { dataOfOwner, serveGuest } from "../../apart/serve-guest.js";
import { observePrograms } from "../ffmpeg-process.js";
import { openHere, pathData } from "../open-here.js";
import { writeToPartialFile } from "../sink.js";
import type { OpenRequest } from "./guests.js";
import { END_SIGNAL, PROGRAMS, SLOT, SLOTS, WATCH_MARK } from "./slots.js";

const shared = new SharedArrayBuffer(4 * SLOTS);
const slots = new Int32Array(shared);
const add = (slot: number, change: number): number => Atomics.add(slots, slot, change);
const set = (slot: number, value: number): number => Atomics.store(slots, slot, Math.min(2 ** 31 - 1, Math.ceil(value)));

const watch = new Worker(new URL(process.argv[2] as string), {
  workerData: { shared, parent: process.ppid, SLOT, PROGRAMS, WATCH_MARK },
});
watch.unref();

// Who ends this process ends what works for it.
observePrograms((pids) => {
  for (let i = 0; i < PROGRAMS; i++) Atomics.store(slots, SLOT.programs + i, pids[i] ?? 0);
});

/** Megabytes that the process held before the file was opened. */
let before = 0;

const peer = serveGuest<OpenRequest>({
  // A copy is made anyway: processes share no memory. A program that is gone wants no answer.
  port: { post: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => undefined)) },
  watch: {
    serves(change) {
      add(SLOT.serving, change);
      Atomics.notify(slots, SLOT.serving);
    },
    waits: (change) => void add(SLOT.waiting, change),
    moved: () => void add(SLOT.moves, 1),
    begins() {
      before = process.memoryUsage.rss() / 1e6;
      set(SLOT.strayFailures, 0);
    },
    allow({ megabytes, workSeconds, idleSeconds }) {
      set(SLOT.megabytes, before + megabytes);
      set(SLOT.workMilliseconds, workSeconds * 1000);
      set(SLOT.idleMilliseconds, idleSeconds * 1000);
    },
    strayFailures: () => Atomics.load(slots, SLOT.strayFailures),
  },
  open({ name, backend, path, size = 0, onError }, { signal, peer, counted }) {
    const data = async () => counted(path === undefined ? dataOfOwner(peer, size) : await pathData(path, name));
    const copy = async (): Promise<string> => path ?? (await peer.call<string>("copy", undefined));
    return openHere({ name, backend, data, path: copy }, { onError, signal });
  },
  writeTo: writeToPartialFile,
});

// Beside a clean error, libraries leave rejections behind that nobody waits for. The error is what is reported; should one have been
// waited for after all, the watch sees that nothing moves.
process.on("unhandledRejection", () => void add(SLOT.strayFailures, 1));
// Ctrl-C and its like reach every process of a terminal. This one ends with the program that it works for.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit());
if (process.platform !== "win32") process.on(END_SIGNAL, () => process.exit());
process.on("message", (message) => peer.receive(message));
// Not before the watch looks on: a thread does not start while the one that started it is busy for ever.
watch.once("message", () => process.send?.({ type: "ready" }));
