// A thread of the process that reads media. It looks on from beside, since a thread that loops can look at nothing, and ends the
// process when the work gets nowhere, when it fills the memory, or when nobody is left who could want the answer. Plain JavaScript:
// it starts at once, from a checkout too.
import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

/** Milliseconds between two looks. */
const STEP = 25;
/** Milliseconds between two looks while there is nothing to do. */
const REST = 1000;
/** Milliseconds without progress after a failure that nothing has waited for: what waits, waits for it. */
const AFTER_STRAY_FAILURE = 2000;
/** Share of the time that a process works which does nothing. */
const NOTHING = 0.05;

const { shared, parent, SLOT, PROGRAMS, WATCH_MARK } = workerData;
const slots = new Int32Array(shared);
const asleep = new Int32Array(new SharedArrayBuffer(4));

/** @param {string} why */
function end(why) {
  try {
    writeSync(2, `\n${WATCH_MARK}${why}\n`);
  } catch {
    // Nobody is left to read it.
  }
  for (let i = 0; i < PROGRAMS; i++) {
    const program = Atomics.load(slots, SLOT.programs + i);
    try {
      if (program > 0) process.kill(process.platform === "win32" ? program : -program, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
  process.kill(process.pid, "SIGKILL");
}

/** Processor milliseconds of all threads so far. */
function work() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

parentPort?.postMessage("watching");
let moves = -1;
let worked = 0;
let looks = 0;
for (;;) {
  Atomics.wait(slots, SLOT.serving, 0, REST);
  if (process.ppid !== parent) end("orphan");
  if (Atomics.load(slots, SLOT.serving) === 0) {
    moves = -1;
    continue;
  }
  Atomics.wait(asleep, 0, 0, STEP);
  if (process.memoryUsage.rss() / 1e6 > Atomics.load(slots, SLOT.megabytes)) end("memory");
  const now = Atomics.load(slots, SLOT.moves);
  if (now !== moves) {
    moves = now;
    worked = work();
    looks = 0;
    continue;
  }
  // Counted in looks, not by a clock: a process that is stopped for the night has not been idle.
  looks++;
  const passed = looks * STEP;
  const busy = work() - worked;
  const limit = Atomics.load(slots, SLOT.workMilliseconds);
  // Many threads use up processor time quickly and still get somewhere: half of the limit must have passed as well.
  if (busy > limit && passed > limit / 2) end("work");
  const patience = Atomics.load(slots, SLOT.strayFailures) > 0 ? AFTER_STRAY_FAILURE : Atomics.load(slots, SLOT.idleMilliseconds);
  if (Atomics.load(slots, SLOT.waiting) === 0 && passed > patience && busy < passed * NOTHING) end("idle");
}
