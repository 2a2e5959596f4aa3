/**
 * A program that works for us is ended when it gets nowhere. Steps forward are what it writes, what it takes, and what it reads of its file;
 * in between it may work, or do nothing, for a while, and no longer. Its own clock counts where the system tells it.
 */
import type { ChildProcessByStdio } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/** How long a program may go without a step forward. */
export interface ProgramLimits {
  /** Processor seconds, of all its threads together. */
  readonly workSeconds: number;
  /** Seconds in which it does not even work; on systems that tell no processor time, seconds. */
  readonly idleSeconds: number;
  /** Most bytes that it may read while that counts as a step forward; what goes round in circles reads for ever. */
  readonly mostRead: number;
}

/** Limits of a program that decodes. */
export const READING_LIMITS: ProgramLimits = { workSeconds: 9, idleSeconds: 60, mostRead: 0 };
/** Limits of a program that encodes: it looks ahead, and writes a group of pictures at a time. */
export const WRITING_LIMITS: ProgramLimits = { workSeconds: 300, idleSeconds: 60, mostRead: 0 };

/** Milliseconds between two looks. */
const STEP = 250;
/** Share of the time that a process works which does nothing. */
const NOTHING = 0.05;
/** Bytes read that count as a step forward. */
const BLOCK = 65_536;

/** Looks on until the returned function is called, and says when the program has got nowhere. */
export function watchProgram(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  { workSeconds, idleSeconds, mostRead }: ProgramLimits,
  nowhere: (how: string) => void,
): () => void {
  const { stdin, stdout } = child as unknown as { readonly stdin: Socket; readonly stdout: Socket };
  let passedBytes = -1;
  let worked = 0;
  let looks = 0;
  let read = 0;
  const timer = setInterval(() => {
    const { processor, readBytes } = usageOf(child.pid);
    const bytes = stdout.bytesRead + stdin.bytesWritten - stdin.writableLength;
    const reads = readBytes - read > BLOCK && readBytes < mostRead;
    // What it has written and nobody has taken, and what nobody has given it yet: it waits for us.
    const waits = stdout.readableLength > 0 || (stdin.writable && stdin.writableLength === 0);
    if (bytes !== passedBytes || reads || waits) {
      passedBytes = bytes;
      read = Math.max(read, readBytes);
      worked = processor ?? 0;
      looks = 0;
      return;
    }
    // Counted in looks, not by a clock: a machine that sleeps has not been idle.
    const passed = (++looks * STEP) / 1000;
    const busy = processor === undefined ? 0 : processor - worked;
    if (busy > workSeconds && passed > workSeconds / 2) nowhere(`it worked for ${Math.round(busy)} s and gave nothing`);
    else if (passed > idleSeconds && busy < passed * NOTHING) nowhere(`it gave nothing for ${Math.round(passed)} s`);
  }, STEP);
  timer.unref();
  return () => clearInterval(timer);
}

/** Processor seconds and bytes read so far, where the system says so. */
function usageOf(pid: number | undefined): { readonly processor: number | undefined; readonly readBytes: number } {
  try {
    const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "latin1").split(/\) (?=\w )/);
    const [user, system] = fields.split(" ").slice(11, 13).map(Number);
    const io = readFileSync(`/proc/${pid}/io`, "latin1");
    return { processor: ((user ?? 0) + (system ?? 0)) / 100, readBytes: Number(/rchar: (\d+)/.exec(io)?.[1] ?? 0) };
  } catch {
    return { processor: undefined, readBytes: 0 };
  }
}
