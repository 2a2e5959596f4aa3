/**
 * When each step runs: in the order of the list, as soon as what it reads is done and there is room. No step waits for others that it has nothing to
 * do with, since on few cores most of a check's time is waiting: for a registry, a browser, one long file at the end.
 */
import type { Step } from "./step.js";

/** What decides when a step runs. */
export type Scheduled = Pick<Step, "name" | "after" | "room">;

/**
 * Runs steps, so many at a time as `most` says; results in the order of the list. What a step comes after counts where it is in the list: of some
 * steps alone, each begins at once.
 */
export async function inSchedule<One extends Scheduled, Result>(
  steps: readonly One[],
  run: (step: One) => Promise<Result>,
  most: number,
): Promise<readonly Result[]> {
  const results: Result[] = new Array(steps.length);
  const undone = new Set(steps.map(({ name }) => name));
  const waiting = new Set(steps);
  const running = new Map<One, Promise<void>>();
  const roomOf = ({ room }: Scheduled): number => (room === "all" ? most : room === "most" ? Math.max(1, most - 1) : 1);
  for (;;) {
    let free = most - [...running.keys()].reduce((sum, step) => sum + roomOf(step), 0);
    for (const step of waiting) {
      if (step.after?.some((name) => undone.has(name))) continue;
      // What has no room yet is not overtaken by what needs less: it would wait until the end.
      if (roomOf(step) > free) break;
      free -= roomOf(step);
      waiting.delete(step);
      const done = run(step).then((result) => {
        results[steps.indexOf(step)] = result;
        undone.delete(step.name);
        running.delete(step);
      });
      running.set(step, done);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (waiting.size > 0) throw new Error(`Steps wait for each other: ${[...waiting].map(({ name }) => name).join(", ")}.`);
  return results;
}
