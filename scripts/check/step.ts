/** One step of `npm test`: a name to call it by, what it checks, and counts of what it found. */

/** Numbers of checks that passed, failed, and were not run. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A step. It prints what it finds as it goes; a thrown error counts as one failure. */
export interface Step {
  /** For `--only` and `--skip`. */
  readonly name: string;
  /** One line for `--list`. */
  readonly about: string;
  /** Names of the steps whose results it reads. */
  readonly after?: readonly string[];
  /** `most` leaves room for one other step, as it starts many processes itself; `all` is alone, as it measures time. Others run side by side. */
  readonly room?: "most" | "all";
  run(): Promise<Counts> | Counts;
}

/** No checks yet. */
export const none: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Adds counts up. */
export function sum(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    none,
  );
}

/** The closing line, and the line a nested harness ends with. */
export function countsLine(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

/** Reads the last {@link countsLine} of an output; undefined when there is none. */
export function parseCountsLine(output: string): Counts | undefined {
  const found = [...output.matchAll(/(\d+) passed, (\d+) failed, (\d+) skipped/g)].at(-1);
  return found ? { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3]) } : undefined;
}

/** Prints one check and counts it. */
export function report(name: string, failures: readonly string[], seconds?: number): Counts {
  const time = seconds === undefined ? "" : `  ${seconds.toFixed(1)} s`;
  console.log(`  ${failures.length === 0 ? "ok    " : "FAILED"}  ${name}${time}`);
  for (const failure of failures) console.log(failure.replace(/^/gm, "          "));
  return failures.length === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 };
}
