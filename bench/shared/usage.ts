/** The largest memory and the processor time of this process, and of those in which it reads clips; of those only Linux tells. */
import { readFileSync } from "node:fs";

/** What processes took. */
export interface Usage {
  readonly megabytes: number;
  readonly cpuSeconds: number;
}

/** All of them together; of memory, as far as they are still there. */
export function usage(): Usage {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  // Where Linux counts by process: the largest size that `getrusage` tells is that of whoever started this one, where that was larger.
  const { megabytes } = process.platform === "linux" ? usageOf("self") : { megabytes: maxRSS / 1000 };
  const own = { megabytes, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 + endedSeconds() };
  const all = [own, ...children().map(usageOf)];
  const sum = (part: keyof Usage): number => all.reduce((total, one) => total + one[part], 0);
  return { megabytes: sum("megabytes"), cpuSeconds: sum("cpuSeconds") };
}

const children = (): readonly string[] =>
  process.platform === "linux"
    ? readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")
        .trim()
        .split(" ")
        .filter((pid) => pid !== "")
    : [];

/** Processor time of those that have ended: without it a work during which one ends takes less than no time. */
function endedSeconds(): number {
  if (process.platform !== "linux") return 0;
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** The same of another process: proc(5). */
function usageOf(pid: string): Usage {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0;
  // After the name in brackets: the 12th and 13th are ticks of a hundredth of a second in user and in system mode.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return { megabytes: Number(peak) / 1000, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}
