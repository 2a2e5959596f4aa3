/** What a process and those that it started take at one time: pages that they share are counted once. Only Linux tells. */
import { readFileSync } from "node:fs";

/** Between two looks, milliseconds. A look goes through all pages, for 10 ms and more. */
const EVERY = 250;

/** Looks at them until it is asked for the largest sum, MB; `undefined` where it cannot be told. */
export function watchTree(pid: number): () => number | undefined {
  let most: number | undefined;
  const timer = setInterval(() => {
    const now = proportionalKilobytes(pid);
    if (now > 0) most = Math.max(most ?? 0, now / 1000);
  }, EVERY);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** Its share of all pages, and that of those below it: proc(5), `Pss`. */
function proportionalKilobytes(pid: number): number {
  try {
    const own = Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    const below = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
    return below.reduce((sum, child) => sum + proportionalKilobytes(Number(child)), own);
  } catch {
    // It has ended meanwhile, or the system has no such files.
    return 0;
  }
}
