/**
 * Reads damaged weights files until told to stop; each must be read or refused, in time and in bounded memory:
 * `node --conditions=@foley-control/source --import tsx packages/weights/scripts/fuzz.ts [files] [seed]`.
 */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { damagedFile, readToTheEnd } from "./mutate.js";

/** Longest time for one file, in seconds. A file takes well under a millisecond; the rest is for a busy machine. */
const maximumSeconds = 10;
/** Most memory of the process, in bytes. */
const maximumMemory = 1 << 30;

interface Job {
  readonly files: number;
  readonly seed: number;
  /** Index of the file in work, files read, files refused. */
  readonly progress: Int32Array;
}

if (isMainThread) await watch();
else await work(workerData as Job);

async function work({ files, seed, progress }: Job): Promise<void> {
  for (let index = 0; index < files; index++) {
    progress[0] = index;
    const slot = (await readToTheEnd(damagedFile(seed, index))) === "read" ? 1 : 2;
    progress[slot] = (progress[slot] as number) + 1;
  }
}

async function watch(): Promise<void> {
  const [files = 100_000, seed = 1] = process.argv.slice(2).map(Number);
  const progress = new Int32Array(new SharedArrayBuffer(12));
  // A worker does not inherit what makes TypeScript run.
  const start = `import("tsx/esm/api").then(({ register }) => (register(), import(${JSON.stringify(import.meta.url)})))`;
  const worker = new Worker(start, {
    eval: true,
    workerData: { files, seed, progress } satisfies Job,
    resourceLimits: { maxOldGenerationSizeMb: 768 },
  });
  let largest = 0;
  let last = { index: -1, since: Date.now() };
  const stop = (why: string): void => {
    console.error(`File ${progress[0]} of seed ${seed} ${why}.`);
    process.exit(1);
  };
  const timer = setInterval(() => {
    const index = progress[0] as number;
    if (index !== last.index) last = { index, since: Date.now() };
    else if (Date.now() - last.since > maximumSeconds * 1000) stop(`takes more than ${maximumSeconds} s`);
    largest = Math.max(largest, process.memoryUsage.rss());
    if (largest > maximumMemory) stop(`and those before it took ${largest} bytes of memory`);
  }, 100);
  await new Promise<void>((resolve) => {
    worker.once("error", (error) => {
      console.error(error);
      stop("was neither read nor refused");
    });
    worker.once("exit", () => resolve());
  });
  clearInterval(timer);
  console.log(
    `${files} files of seed ${seed}: ${progress[1]} read, ${progress[2]} refused, at most ${(largest / 1e6).toFixed(0)} MB.`,
  );
}
