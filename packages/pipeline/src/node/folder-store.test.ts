import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { folderStore, keptFolder } from "./folder-store.js";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-store-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));
const bytes = (value: number, length = 100): Uint8Array => new Uint8Array(length).fill(value);

it("keeps bytes by name, for its owner alone, and knows nothing else", async () => {
  const folder = join(base, "deep", "one");
  const store = folderStore({ folder });
  expect(await store.get("a")).toBeUndefined();
  await store.put("a", bytes(1));
  await store.put("a", bytes(2));
  expect(await folderStore({ folder }).get("a")).toEqual(Buffer.from(bytes(2)));
  expect(await readdir(folder)).toEqual(["a.window"]);
  if (process.platform !== "win32") expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

it("lets go what was not used for longest, and leaves alone what is not its own", async () => {
  const folder = join(base, "swept");
  const store = folderStore({ folder, limitBytes: 1000 });
  await mkdir(folder);
  await writeFile(join(folder, "notes.txt"), "x".repeat(5000));
  for (const [i, name] of ["a", "b", "c"].entries()) {
    await store.put(name, bytes(i, 300));
    await utimes(join(folder, `${name}.window`), 1000 + i, 1000 + i);
  }
  expect(await store.get("a")).toBeDefined();
  await store.put("d", bytes(4, 300));
  expect((await readdir(folder)).sort()).toEqual(["a.window", "c.window", "d.window", "notes.txt"]);
  await store.put("large", bytes(5, 1001));
  expect(await store.get("large")).toBeUndefined();
});

it("is shared by many that write and sweep at once: what is there is whole", async () => {
  const folder = join(base, "shared");
  const stores = Array.from({ length: 4 }, () => folderStore({ folder, limitBytes: 40_000 }));
  await Promise.all(
    stores.map(async (store, who) => {
      for (let i = 0; i < 15; i++) {
        await store.put(`w${i % 7}`, bytes(i % 7, 10_000));
        const found = await store.get(`w${(i + who) % 7}`);
        if (found) expect(found).toEqual(Buffer.from(bytes((i + who) % 7, 10_000)));
      }
    }),
  );
  const names = await readdir(folder);
  expect(names.length).toBeLessThanOrEqual(7);
  for (const name of names) expect((await readFile(join(folder, name))).length).toBe(10_000);
});

it("lies where the platform keeps what can be made again", () => {
  expect(keptFolder({ FOLEY_CACHE_DIR: "/own" })).toBe(join("/own", "windows"));
  expect(keptFolder({ XDG_CACHE_HOME: "/cache" })).toBe(join("/cache", "foley", "windows"));
  expect(keptFolder({}).startsWith(homedir())).toBe(true);
});
