/** A process that has work to do: it talks on both streams all the while, and its file is there when the work is done. */
import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { processIo } from "./process-io.js";

const [file = "", obstinate] = process.argv.slice(2);
const io = processIo();
process.on("exit", () => writeFileSync(`${file}.ended`, ""));
for (let step = 0; step < 30; step++) {
  io.out(`step ${step} ${"of the work ".repeat(2000)}\n`);
  io.err(`step ${step} ${"of the work ".repeat(2000)}\n`);
  // Work that ends when it is told to, or native work, which does not.
  await wait(obstinate ? 1000 : 15);
  if (io.signal.aborted && !obstinate) break;
}
if (!io.signal.aborted) writeFileSync(file, "done");
process.exitCode = io.exitCode(io.signal.aborted ? 130 : 0);
