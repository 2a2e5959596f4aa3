/** `ffmpeg` and `ffprobe` as child processes: found on the PATH, fed and read as streams, always ended with the work. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { FoleyError } from "@foley-control/core";

let found: Promise<boolean> | undefined;

/** True when both `ffmpeg` and `ffprobe` can be started; asked once per process. */
export function findFfmpeg(): Promise<boolean> {
  found ??= Promise.all(["ffmpeg", "ffprobe"].map(starts)).then((all) => all.every(Boolean));
  return found;
}

function starts(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, ["-version"], { stdio: "ignore" });
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}

/** A running program and its end. */
export interface RunningProgram {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves when the program has ended well; rejects with a FoleyError `bad-file` that carries the program's last words. */
  readonly ended: Promise<void>;
  /** Ends the program now. */
  kill(): void;
}

/** Starts `ffmpeg` or `ffprobe`. The program is killed when `signal` aborts. */
export function startProgram(
  program: "ffmpeg" | "ffprobe",
  parameters: readonly string[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): RunningProgram {
  options.signal?.throwIfAborted();
  const quiet =
    program === "ffmpeg" ? ["-hide_banner", "-nostdin", "-loglevel", "error"] : ["-hide_banner", "-loglevel", "error"];
  const child = spawn(program, [...quiet, ...parameters], { stdio: ["pipe", "pipe", "pipe"] });
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  options.signal?.addEventListener("abort", kill, { once: true });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-2000);
  });
  child.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new FoleyError("missing-dependency", `"${program}" could not be started.`, { hint: "Put it on the PATH.", cause })),
    );
    child.once("close", (code) => {
      options.signal?.removeEventListener("abort", kill);
      if (code === 0) resolve();
      else if (options.signal?.aborted) reject(options.signal.reason);
      else reject(new FoleyError("bad-file", `${program} ended with ${code ?? "a signal"}: ${lastLine(words)}`));
    });
  });
  ended.catch(() => undefined);
  return { child, ended, kill };
}

function lastLine(words: string): string {
  return words.trim().split("\n").at(-1)?.trim() || "no message";
}
