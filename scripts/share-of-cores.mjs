/**
 * As many test files run at a time as there are cores, so each believes that it has its share of them (`CORES_EACH`, of vitest.config.ts), and so do
 * the threads and processes that it starts. Networks that take all cores in each of the processes wait for each other's threads, and those that have
 * nothing to do turn round and round for a while before they sleep: on two cores the same tests cost two fifths more.
 */
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

const each = Number(process.env.CORES_EACH);
if (each > 0) {
  os.availableParallelism = () => each;
  syncBuiltinESMExports();
}
