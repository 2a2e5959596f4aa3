/** Signals and pipes, with real ones: what stops the program, and what does not. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-process-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const script = fileURLToPath(new URL("./process-io.test-support.ts", import.meta.url));
const argv = (file: string, ...more: string[]): string[] => [
  "--conditions=@foley-control/source",
  "--import",
  "tsx",
  script,
  file,
  ...more,
];

/** Starts the work; `began` resolves with its first words. */
function work(name: string, ...more: string[]) {
  const file = join(folder, name);
  const child = spawn(process.execPath, argv(file, ...more), { stdio: ["ignore", "pipe", "pipe"] });
  const began = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  child.stderr.resume();
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  );
  return { file, child, began, ended };
}

describe.skipIf(process.platform === "win32")("a reader that goes away", () => {
  it.each(["stdout", "stderr", "both"] as const)("%s: the work is done all the same", async (which) => {
    const { file, child, began, ended } = work(`closed-${which}`);
    await began;
    child.stdout.resume();
    for (const stream of ["stdout", "stderr"] as const) if (which === stream || which === "both") child[stream].destroy();
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(existsSync(file)).toBe(true);
  });
  it.skipIf(!existsSync("/dev/full"))(
    "a full disk behind the standard output: the work is done, and the exit code says 1",
    () => {
      const file = join(folder, "full");
      const { status, stderr } = spawnSync("sh", ["-c", 'exec "$0" "$@" > /dev/full', process.execPath, ...argv(file)], {
        encoding: "utf8",
      });
      expect([status, stderr.trimEnd().split("\n").at(-1)]).toEqual([
        1,
        "foley: The standard output cannot be written: the disk is full.",
      ]);
      expect(existsSync(file)).toBe(true);
    },
  );
});

describe.skipIf(process.platform === "win32")("signals", () => {
  const quiet = (child: ChildProcess): void => {
    child.stdout?.resume();
  };
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s stops the work, which cleans up", async (signal) => {
    const { file, child, began, ended } = work(signal);
    await began;
    quiet(child);
    child.kill(signal);
    expect(await ended).toEqual({ code: 130, signal: null });
    expect([existsSync(file), existsSync(`${file}.ended`)]).toEqual([false, true]);
  });
  it("the second Ctrl-C ends it at once, as a shell knows it: nothing native is taken down, which could crash", async () => {
    const { file, child, began, ended } = work("twice", "obstinate");
    await began;
    quiet(child);
    child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const at = performance.now();
    child.kill("SIGINT");
    // A shell says 130 for it.
    expect(await ended).toEqual({ code: null, signal: "SIGINT" });
    expect(performance.now() - at).toBeLessThan(5000);
    expect([existsSync(file), existsSync(`${file}.ended`)]).toEqual([false, false]);
  });
});
