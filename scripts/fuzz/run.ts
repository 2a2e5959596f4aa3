/** Runs inputs of a part in a process of their own, watches what they cost, and goes on with the next one where one ends the process. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { MAXIMUM_PROCESSOR_MS, MAXIMUM_WAIT_MS, type Outcome } from "./part.js";
import type { PartName } from "./parts.js";
import type { WorkerLine } from "./worker.js";

/** What is run. */
export interface FuzzRun {
  /** `faults`: what the watching is tested on. */
  readonly part: PartName | "faults";
  readonly seed: number;
  /** First input. */
  readonly from: number;
  /** Inputs at most. */
  readonly inputs: number;
  /** Seconds at most. */
  readonly seconds: number;
}

/** Something that must not happen. */
export interface FuzzFinding {
  readonly input: number;
  readonly kind: string;
  readonly outcome: Outcome;
  readonly detail: string;
}

/** Counts of one kind of input, and the most that one of them took. */
export type FuzzRow = Record<Outcome, number> & { processorMs: number; slowestMs: number; largestMegabytes: number };

/** What one input cost. */
interface Cost {
  readonly processorMs: number;
  readonly megabytes: number;
}

/** What came of a run. */
export interface FuzzReport {
  readonly run: FuzzRun;
  /** Number of the input that would have been next. */
  readonly next: number;
  readonly rows: ReadonlyMap<string, FuzzRow>;
  readonly findings: readonly FuzzFinding[];
}

const free: Cost = { processorMs: 0, megabytes: 0 };
const unseen: FuzzRow = {
  refused: 0,
  accepted: 0,
  other: 0,
  ended: 0,
  slow: 0,
  large: 0,
  processorMs: 0,
  slowestMs: 0,
  largestMegabytes: 0,
};
const worker = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Does a run. */
export async function fuzz(run: FuzzRun): Promise<FuzzReport> {
  const rows = new Map<string, FuzzRow>();
  const findings: FuzzFinding[] = [];
  const end = performance.now() + run.seconds * 1000;
  const count = (input: number, kind: string, outcome: Outcome, detail: string, cost: Cost = free): void => {
    const row = rows.get(kind) ?? { ...unseen };
    rows.set(kind, row);
    row[outcome]++;
    row.processorMs += cost.processorMs;
    row.slowestMs = Math.max(row.slowestMs, cost.processorMs);
    row.largestMegabytes = Math.max(row.largestMegabytes, cost.megabytes);
    if (outcome !== "accepted" && outcome !== "refused") findings.push({ input, kind, outcome, detail });
  };
  let next = run.from;
  const last = run.from + run.inputs;
  while (next < last && performance.now() < end) next = await runWorker(run, next, last, end, count);
  return { run, next, rows, findings };
}

/** One process, until it ends; the input after the last one that it took. */
async function runWorker(
  { part, seed }: FuzzRun,
  from: number,
  to: number,
  end: number,
  count: (input: number, kind: string, outcome: Outcome, detail: string, cost?: Cost) => void,
): Promise<number> {
  const child = spawn(
    process.execPath,
    ["--conditions=@foley-control/source", "--import", import.meta.resolve("tsx"), worker, part, `${seed}`, `${from}`, `${to}`],
    { stdio: ["ignore", "ignore", "pipe", "pipe"] },
  );
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  let open: { readonly index: number; readonly kind: string; readonly since: number; readonly processor: number } | undefined;
  let next = from;
  let stopped: "slow" | "done" | undefined;
  const stop = (why: "slow" | "done"): void => {
    stopped ??= why;
    child.kill("SIGKILL");
  };
  const lines = createInterface({ input: child.stdio[3] as Readable });
  lines.on("line", (text) => {
    const line = JSON.parse(text) as WorkerLine;
    if ("begins" in line)
      open = { index: line.begins, kind: line.kind, since: performance.now(), processor: processorMs(child.pid) };
    else {
      const slow = line.processorMs > MAXIMUM_PROCESSOR_MS;
      if (open) count(line.ends, open.kind, slow ? "slow" : line.outcome, line.detail ?? "", line);
      next = line.ends + 1;
      open = undefined;
      if (performance.now() > end || line.outcome === "large") stop("done");
    }
  });
  const timer = setInterval(() => {
    if (open === undefined) return;
    if (processorMs(child.pid) - open.processor > 2 * MAXIMUM_PROCESSOR_MS || performance.now() - open.since > MAXIMUM_WAIT_MS)
      stop("slow");
  }, 500);
  const code = await new Promise<string>((resolve) =>
    child.on("close", (exit, signal) => resolve(signal ?? `exit code ${exit}`)),
  );
  clearInterval(timer);
  // It was ended because the time is over: the input that it had begun meanwhile has done nothing.
  if (open !== undefined && stopped === "done") return open.index;
  if (open !== undefined) {
    count(open.index, open.kind, stopped === "slow" ? "slow" : "ended", stopped === "slow" ? "was stopped" : `${code}\n${said}`);
    return open.index + 1;
  }
  if (next === from && stopped === undefined) throw new Error(`The part "${part}" does not start: ${code}\n${said}`);
  return next;
}

/** Processor time that a process has used, where the system says so; else 0, and the wait alone is watched. */
function processorMs(pid: number | undefined): number {
  try {
    const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "latin1").split(/\) (?=\w )/);
    const [user, system] = fields.split(" ").slice(11, 13).map(Number);
    return ((user ?? 0) + (system ?? 0)) * 10;
  } catch {
    return 0;
  }
}
