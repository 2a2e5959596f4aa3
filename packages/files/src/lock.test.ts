import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withFolderLock, withLock } from "./node.js";

let base = "";
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-lock-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));

const dead = () => `${spawnSync(process.execPath, ["--version"]).pid} ${hostname()} x`;

test("one after the other, whatever becomes of the work", async () => {
  const lock = join(base, "folder", "lock");
  let [inside, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++inside);
    await wait(20);
    inside--;
    throw new Error("work");
  };
  const all = await Promise.allSettled(Array.from({ length: 4 }, () => withLock(lock, work)));
  expect(all.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
  expect(most).toBe(1);
  expect(await readdir(join(base, "folder"))).toEqual([]);
});

test("several that find an abandoned lock take it over one after the other", async () => {
  const lock = join(base, "abandoned");
  await writeFile(lock, dead());
  let [inside, most] = [0, 0];
  await Promise.all(
    Array.from({ length: 5 }, () =>
      withLock(lock, async () => {
        most = Math.max(most, ++inside);
        await wait(30);
        inside--;
      }),
    ),
  );
  expect(most).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test("a living owner is waited for, by those who do not give up", async () => {
  const lock = join(base, "held");
  await writeFile(lock, `${process.pid} ${hostname()} x`);
  await expect(withLock(lock, async () => 1, { signal: AbortSignal.timeout(200) })).rejects.toThrow(/timeout/);
  expect(await readFile(lock, "utf8")).toMatch(/ x$/);
  setTimeout(() => void rm(lock), 200);
  expect(await withLock(lock, async () => 1)).toBe(1);
});

test("a folder: refused while another writes it, taken over from the dead", async () => {
  const folder = join(base, "run");
  await mkdir(folder);
  const lock = join(folder, ".lock");
  await writeFile(lock, `${process.pid} ${hostname()} x`);
  const alive = setInterval(() => void utimes(lock, new Date(), new Date()), 100);
  const refused = withFolderLock(folder, async () => 1, { by: "training" }).finally(() => clearInterval(alive));
  await expect(refused).rejects.toMatchObject({
    code: "not-writable",
    message: expect.stringMatching(`run is being written by another training \\(process ${process.pid} on `),
  });
  await writeFile(lock, dead());
  expect(await withFolderLock(folder, async () => (await readFile(lock, "utf8")).split(" ")[0])).toBe(String(process.pid));
  expect(await readdir(folder)).toEqual([]);
  await writeFile(join(base, "file"), "");
  await expect(withFolderLock(join(base, "file", "below"), async () => 1)).rejects.toMatchObject({ code: "not-writable" });
});
