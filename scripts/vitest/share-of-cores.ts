/**
 * As many test files run at a time as there are cores, so each believes that it has its share of them (`CORES_EACH`, of vitest.config.ts).
 * Networks that take all cores in each of the processes wait for each other's threads: on two cores the same tests cost two fifths more.
 */
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

os.availableParallelism = () => Number(process.env["CORES_EACH"]);
syncBuiltinESMExports();
