/** One side of a comparison: a process that answers lines with lines of JSON, and stays alive, so that both sides can take turns. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that was started. */
export interface Side<Line> {
  /** The next line that it says. */
  next(): Promise<Line>;
  /** Its answer to a line. */
  ask(line: string): Promise<Line>;
  /** Lets it end. */
  end(): void;
}

/** How Node runs this project's sources. */
export const FROM_SOURCES = ["--conditions=@foley-control/source", "--import", "tsx"] as const;

/** Starts a side; its errors are seen. */
export function side<Line>(command: string, args: readonly string[]): Side<Line> {
  const child: ChildProcess = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const next = async (): Promise<Line> => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${command} ${args.join(" ")} ended early.`);
    return JSON.parse(value) as Line;
  };
  return {
    next,
    ask: (line) => {
      child.stdin?.write(`${line}\n`);
      return next();
    },
    end: () => child.stdin?.end(),
  };
}

/** The middle of some numbers. */
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
