/** `ffmpeg` and `ffprobe` as child processes: found on the PATH, fed and read as streams, always ended with the work, and when they get nowhere. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { FoleyError } from "@foley-control/core";
import { type ProgramLimits, READING_LIMITS, watchProgram } from "./program-watch.js";

/** Milliseconds within which a program says its version. */
const ANSWERS_WITHIN = 10_000;

let found: Promise<boolean> | undefined;

/** True when both `ffmpeg` and `ffprobe` can be started; asked once per process. */
export function findFfmpeg(): Promise<boolean> {
  found ??= Promise.all((["ffmpeg", "ffprobe"] as const).map((program) => answers(program))).then((all) => all.every(Boolean));
  return found;
}

/** Whether a program of this name can be started and says which it is. */
export function answers(program: string, { within = ANSWERS_WITHIN } = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, ["-version"], { stdio: "ignore", detached });
    const late = setTimeout(() => {
      end(child);
      resolve(false);
    }, within);
    const said = (answer: boolean): void => {
      clearTimeout(late);
      resolve(answer);
    };
    child.once("error", () => said(false));
    child.once("close", (code) => said(code === 0));
  });
}

/** A group of its own, so that what a script of that name has started ends with it. */
const detached = process.platform !== "win32";

const running = new Set<ChildProcess>();
let observer: (pids: readonly number[]) => void = () => undefined;

/** Tells, now and after every change, which programs run: for who must end them when this process cannot. */
export function observePrograms(tell: (pids: readonly number[]) => void): void {
  observer = tell;
  tellRunning();
}

const tellRunning = (): void => observer([...running].flatMap(({ pid }) => pid ?? []));
process.on("exit", () => {
  for (const child of running) end(child);
});

function end(child: ChildProcess): void {
  try {
    if (detached && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}

/** A running program and its end. */
export interface RunningProgram {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves when the program has ended well; rejects with a FoleyError `bad-file` that carries the program's last words. */
  readonly ended: Promise<void>;
  /** Ends the program now. */
  kill(): void;
}

/** What a program is started with. */
export interface StartOptions {
  readonly signal?: AbortSignal | undefined;
  /** After how much work or waiting that brings nothing it is ended. Default: those of reading. */
  readonly limits?: ProgramLimits | undefined;
}

/** Starts `ffmpeg` or `ffprobe`. The program is killed when `signal` aborts, and when it gets nowhere. */
export function startProgram(
  program: "ffmpeg" | "ffprobe",
  parameters: readonly string[],
  { signal, limits = READING_LIMITS }: StartOptions = {},
): RunningProgram {
  signal?.throwIfAborted();
  const quiet =
    program === "ffmpeg" ? ["-hide_banner", "-nostdin", "-loglevel", "error"] : ["-hide_banner", "-loglevel", "error"];
  const child = spawn(program, [...quiet, ...parameters], { stdio: ["pipe", "pipe", "pipe"], detached });
  running.add(child);
  tellRunning();
  /** Why it was ended from here. */
  let why: unknown;
  const kill = (reason?: unknown): void => {
    why ??= reason;
    end(child);
    // Whoever else has inherited them: nothing more is read, nobody waits.
    child.stdout.destroy();
    child.stderr.destroy();
    child.stdin.destroy();
  };
  const onAbort = (): void => kill(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const unwatch = watchProgram(child, limits, (how) =>
    kill(new FoleyError("bad-file", `${program} got nowhere: ${how}.`, { hint: "Copy or convert the file again." })),
  );
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-2000);
  });
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on("error", () => undefined);
  const ended = new Promise<void>((resolve, reject) => {
    const over = (): void => {
      unwatch();
      running.delete(child);
      tellRunning();
      signal?.removeEventListener("abort", onAbort);
    };
    child.once("error", (cause) => {
      over();
      reject(new FoleyError("missing-dependency", `"${program}" could not be started.`, { hint: "Put it on the PATH.", cause }));
    });
    child.once("close", (code) => {
      over();
      if (code === 0) resolve();
      else reject(why ?? new FoleyError("bad-file", `${program} ended with ${code ?? "a signal"}: ${lastLine(words)}`));
    });
  });
  ended.catch(() => undefined);
  return { child, ended, kill: () => kill() };
}

/** What a program writes, to its end; one that was ended has written all that it will. */
export async function* outputOf({ child }: RunningProgram): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array;
  } catch (error) {
    if (!child.stdout.destroyed) throw error;
  }
}

function lastLine(words: string): string {
  return words.trim().split("\n").at(-1)?.trim() || "no message";
}
