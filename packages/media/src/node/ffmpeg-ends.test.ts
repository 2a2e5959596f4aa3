/** An `ffmpeg` that gets nowhere, of which there are none: scripts of that name, which no caller waits for longer than for a damaged file. */
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { caseFile } from "../../test/node-world.js";
import { openMedia } from "../node.js";
import { answers, startProgram } from "./ffmpeg-process.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-media-test-"));
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** A program of that name, which says its version, writes down its number and those of what it starts, and then does what the script says. */
async function program(name: string, script: string): Promise<void> {
  const begin = `#!/bin/sh\n[ "$2" = "" ] && exit 0\necho $$ >> ${folder}/pids\n`;
  await writeFile(join(folder, name), `${begin}${script}\n`);
  await chmod(join(folder, name), 0o755);
}

/** A script whose own child holds the pipes open. */
const sleeps = `sleep 600 &\necho $! >> ${"$"}(dirname "$0")/pids\nwait`;
const works = "while true; do :; done";

/** Whether nothing that was started is left, after a while. */
async function allGone(): Promise<boolean> {
  const pids = (await readFile(join(folder, "pids"), "utf8")).trim().split("\n").map(Number);
  const lives = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      // What has ended, and whose end nobody has asked for yet, has no memory.
      return /VmRSS/.test(readFileSync(`/proc/${pid}/status`, "latin1"));
    } catch {
      return false;
    }
  };
  for (let look = 0; look < 40 && pids.some(lives); look++) await later(50);
  return !pids.some(lives);
}

async function frames(isolation: "process" | "none", signal: AbortSignal): Promise<void> {
  using file = await openMedia(caseFile("two-sounds.mp4"), { backend: "ffmpeg", isolation });
  for await (const _ of file.frames({ fps: 8, size: [8, 8], signal }));
}

describe.skipIf(process.platform === "win32")("an ffmpeg", () => {
  it("that works without end is ended, and says so", async () => {
    await program("ffmpeg", works);
    const limits = { workSeconds: 0.5, idleSeconds: 60, mostRead: 0 };
    const { ended, child } = startProgram("ffmpeg", ["-i", "x"], { limits });
    child.stdin.end();
    await expect(ended).rejects.toMatchObject({
      code: "bad-file",
      message: /^ffmpeg got nowhere: it worked for 1 s and gave nothing/,
    });
    expect(await allGone()).toBe(true);
  });

  it("that stands still is ended, with what it has started", async () => {
    await program("ffmpeg", sleeps);
    const { ended, child } = startProgram("ffmpeg", ["-i", "x"], { limits: { workSeconds: 9, idleSeconds: 0.5, mostRead: 0 } });
    child.stdin.end();
    await expect(ended).rejects.toMatchObject({ message: /^ffmpeg got nowhere: it gave nothing for 1 s/ });
    expect(await allGone()).toBe(true);
  });

  it("that nobody takes anything from has all the time there is", async () => {
    await program("ffmpeg", "head -c 300000 /dev/zero");
    const { ended, child } = startProgram("ffmpeg", ["-i", "x"], { limits: { workSeconds: 0.2, idleSeconds: 0.5, mostRead: 0 } });
    child.stdin.end();
    await new Promise((resolve) => child.stdout.once("readable", resolve));
    await later(1500);
    let bytes = 0;
    for await (const chunk of child.stdout) bytes += (chunk as Uint8Array).length;
    await ended;
    expect(bytes).toBe(300_000);
  });

  it("that does not say its version is none", async () => {
    await writeFile(join(folder, "ffmpeg"), "#!/bin/sh\nsleep 600\n");
    await chmod(join(folder, "ffmpeg"), 0o755);
    expect(await answers("ffmpeg", { within: 300 })).toBe(false);
  });

  it.each(["none", "process"] as const)("is ended with its caller's signal (isolation: %s)", async (isolation) => {
    await program("ffmpeg", sleeps);
    await program("ffprobe", "exit 0");
    const stop = new AbortController();
    const reading = frames(isolation, stop.signal);
    reading.catch(() => undefined);
    for (let look = 0; look < 200 && !existsSync(join(folder, "pids")); look++) await later(50);
    await later(100);
    stop.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    expect(await allGone()).toBe(true);
  });
});
