/** On a full disk finished windows give room to takes, the oldest first; then it is full. */
import { expect, test } from "vitest";
import { type Disk, isFull } from "./disk.js";
import { createMemoryDisk } from "./memory-disk.js";
import { givingRoom, WINDOWS } from "./room.js";
import { createTakeStore } from "./take-store.js";

/** A disk of so many bytes with windows of a hundred, the last the oldest. */
async function full(bytes: number) {
  const inner = createMemoryDisk({ capacity: () => bytes });
  const ages: Readonly<Record<string, number>> = { "c.window": 1, "b.window": 2, "a.window": 3 };
  for (const name of Object.keys(ages).toSorted()) await inner.write(`${WINDOWS}/${name}`, [new Uint8Array(100)]);
  const list: Disk["list"] = async (folder) =>
    (await inner.list(folder)).map((entry) => ({ ...entry, changedAt: ages[entry.name] ?? 0 }));
  return { inner, disk: givingRoom({ ...inner, list }), names: () => [...inner.files.keys()].toSorted() };
}

test("no more windows go than are needed, the oldest first, and what was written is whole", async () => {
  const { disk, inner, names } = await full(350);
  await disk.write("take", [new Uint8Array(50).fill(1)]);
  expect(names()).toContain(`${WINDOWS}/c.window`);
  expect(await disk.append("take", 50, new Uint8Array(60).fill(2))).toBe(110);
  expect(names()).toEqual([`${WINDOWS}/a.window`, `${WINDOWS}/b.window`, "take"]);
  await disk.patch("take", 110, new Uint8Array(60).fill(3));
  expect(names()).toEqual([`${WINDOWS}/a.window`, "take"]);
  expect([...(inner.files.get("take") ?? [])]).toEqual([...Array(50).fill(1), ...Array(60).fill(2), ...Array(60).fill(3)]);
});

test("without windows a full disk is full, and other errors take none away", async () => {
  const { disk, inner, names } = await full(320);
  await expect(disk.write("take", [new Uint8Array(321)])).rejects.toSatisfy(isFull);
  expect(names()).toEqual(["take"]);
  await inner.remove("take");
  await inner.write(`${WINDOWS}/d.window`, [new Uint8Array(10)]);
  await expect(disk.move("none", "take")).rejects.toThrow(/There is no none/);
  expect(names()).toEqual([`${WINDOWS}/d.window`]);
});

test("a long take that would not fit beside the windows is written to its end", async () => {
  const { disk, inner, names } = await full(360);
  const writer = await createTakeStore(disk, "takes").begin({ sampleRate: 10, channels: 1, samples: 60 });
  for (let i = 0; i < 6; i++) await writer.append([new Float32Array(10).fill(i)]);
  const digest = await writer.end();
  expect(names()).toEqual([`${WINDOWS}/a.window`, `takes/${digest}.f32`]);
  expect(inner.files.get(`takes/${digest}.f32`)).toHaveLength(16 + 4 * 60);
});
