/**
 * The process that takes one input after the other and says on descriptor 3 what came of each; `run.ts` watches it, and starts another
 * where it ends. Written at once, line by line, so that the last line is true when the process is no more.
 */
import { writeSync } from "node:fs";
import { FoleyError } from "@foley-control/core";
import { MAXIMUM_MEMORY, type Outcome } from "./part.js";
import { PARTS, type PartName } from "./parts.js";

/** What the worker says: an input begins; it is over. */
export type WorkerLine =
  | { readonly begins: number; readonly kind: string; readonly size: number }
  | {
      readonly ends: number;
      readonly outcome: Outcome;
      readonly detail?: string | undefined;
      readonly processorMs: number;
      readonly megabytes: number;
    };

const say = (line: WorkerLine): void => void writeSync(3, `${JSON.stringify(line)}\n`);

const [name, seed, from, to] = process.argv.slice(2) as [PartName | "faults", string, string, string];
const part = name === "faults" ? (await import("./faults.test-support.js")).faults : await PARTS[name]();
/** What would have ended the process of a caller. */
let rejected: string | undefined;
for (const event of ["unhandledRejection", "uncaughtException"] as const)
  process.on(event, (error: unknown) => {
    if (event === "uncaughtException" || part.protectedAs === undefined) rejected ??= told(error);
  });

for (let index = Number(from); index < Number(to); index++) {
  const { kind, size, run } = await part.make(Number(seed), index);
  say({ begins: index, kind, size });
  const before = { memory: process.memoryUsage.rss(), peak: peak(), processor: process.cpuUsage() };
  const { outcome, detail } = await outcomeOf(run);
  // What was rejected meanwhile is told now.
  await new Promise((resolve) => setImmediate(resolve));
  const { user, system } = process.cpuUsage(before.processor);
  const taken = peak() > before.peak ? peak() - before.memory - size : 0;
  const large = taken > MAXIMUM_MEMORY && { outcome: "large" as const, detail: `${Math.round(taken / 2 ** 20)} MB (${outcome})` };
  const ended = rejected !== undefined && { outcome: "ended" as const, detail: rejected };
  const megabytes = Math.max(0, Math.round(taken / 2 ** 20));
  say({ ends: index, ...(ended || large || { outcome, detail }), processorMs: (user + system) / 1000, megabytes });
  rejected = undefined;
}
process.exit(0);

async function outcomeOf(run: () => Promise<void>): Promise<{ readonly outcome: Outcome; readonly detail?: string }> {
  try {
    await run();
    return { outcome: "accepted" };
  } catch (error) {
    if (!FoleyError.isInstance(error)) return { outcome: "other", detail: told(error) };
    // A message is read by a person.
    if (error.message.length > 4000) return { outcome: "other", detail: `a message of ${error.message.length} characters` };
    return { outcome: "refused", detail: error.message };
  }
}

function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).slice(0, 2000) : String(error).slice(0, 2000);
}
