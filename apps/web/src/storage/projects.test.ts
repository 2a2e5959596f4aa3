/** Projects on a disk in memory: what was changed is there again, after a proper end, a crash at any byte, and a full disk. */
import { FoleyError } from "@foley-control/core";
import { expect, test, vi } from "vitest";
import { addTake, setPrompt, setSeed } from "../document/commands.js";
import { newDocument } from "../document/new-document.js";
import { takeReference } from "../document/take-reference.test-support.js";
import { createProjects } from "./create-projects.js";
import { isFull } from "./disk.js";
import type { Handles } from "./handles.js";
import { createMemoryDisk } from "./memory-disk.js";
import type { OpenProject } from "./projects.js";
import { writeTake } from "./write-take.test-support.js";

const noHandles: Omit<Handles, "keys"> = {
  get: async () => undefined,
  set: async () => undefined,
  remove: async () => undefined,
};
const CUE = "cue-1";

function studio(disk = createMemoryDisk()) {
  const open = new Set<string>();
  const projects = createProjects(disk, {
    lasting: true,
    handles: noHandles,
    storage: undefined,
    now: () => 5,
    lock: async (id) => {
      const held = !open.has(id);
      if (held) open.add(id);
      return { held, free: new Promise(() => undefined), release: () => held && open.delete(id) };
    },
  });
  /** The page is gone without a word. */
  const crash = (): void => open.clear();
  return { disk, projects, crash };
}

const promptOf = ({ store }: OpenProject) => store.getState().document.layers[0]?.cues[0]?.prompt;
const journalOf = (disk: ReturnType<typeof createMemoryDisk>) =>
  [...disk.files.keys()].find((path) => path.endsWith("journal.ndjson"))!;

test("a project that was closed is as it was, with its undo list, and is in the list of projects", async () => {
  const { projects } = studio();
  const project = await projects.create(newDocument("clip"));
  project.store.dispatch(setPrompt(CUE, "gravel"));
  project.store.dispatch(setSeed(CUE, 5));
  project.store.undo();
  project.showAs("data:image/jpeg;base64,AA");
  const before = project.store.getState();
  await project.close();
  const again = await projects.open(project.id);
  expect(again.store.getState()).toEqual(before);
  again.store.redo();
  again.store.undo();
  again.store.undo();
  expect(promptOf(again)).toBe("");
  expect(await projects.list()).toMatchObject([
    { id: project.id, name: "clip", changedAt: 5, picture: "data:image/jpeg;base64,AA" },
  ]);
});

test("a crash loses no change that was made, wherever it tore the journal it keeps what came before", async () => {
  const { disk, projects, crash } = studio();
  const project = await projects.create(newDocument("clip"));
  const words = ["a", "ab", "abc", "abcd"];
  for (const word of words) project.store.dispatch(setPrompt(CUE, word));
  project.store.undo();
  await project.flush();
  crash();
  const path = journalOf(disk);
  const whole = disk.files.get(path)!;
  const copy = new Map(disk.files);
  const seen = new Set<string | undefined>();
  for (let length = 0; length <= whole.length; length += 7) {
    disk.files.clear();
    for (const [name, bytes] of copy) disk.files.set(name, name === path ? whole.slice(0, length) : bytes);
    const recovered = await projects.open(project.id);
    seen.add(promptOf(recovered));
    // It goes on: what comes after recovery outlives a second crash.
    recovered.store.dispatch(setSeed(CUE, 77));
    await recovered.flush();
    crash();
    const third = await projects.open(project.id);
    expect(third.store.getState().document.layers[0]?.cues[0]).toMatchObject({ prompt: promptOf(recovered), seed: 77 });
    crash();
  }
  expect([...seen]).toEqual(["", ...words]);
  disk.files.clear();
  for (const [name, bytes] of copy) disk.files.set(name, bytes);
  expect(promptOf(await projects.open(project.id))).toBe("abc");
});

test("one of two snapshots is whole, whichever a crash tore; two torn ones are a sentence", async () => {
  const { disk, projects, crash } = studio();
  const project = await projects.create(newDocument("clip"));
  project.store.dispatch(setPrompt(CUE, "gravel"));
  await project.close();
  const [path, bytes] = [...disk.files].find(([name]) => name.endsWith("project.json"))!;
  disk.files.set(path.replace("project.json", "project.next.json"), bytes);
  disk.files.set(path, bytes.slice(0, 40));
  const opened = await projects.open(project.id);
  expect(promptOf(opened)).toBe("gravel");
  crash();
  for (const name of [path, path.replace("project.json", "project.next.json")]) disk.files.set(name, bytes.slice(0, 40));
  await expect(projects.open(project.id)).rejects.toThrow(/cannot be read/);
  await expect(projects.open("nobody")).rejects.toSatisfy(FoleyError.isInstance);
});

test("what was being typed when the page died is there, and one undo takes it back; what was left off is not", async () => {
  vi.useFakeTimers();
  try {
    const { projects, crash } = studio();
    const project = await projects.create(newDocument("clip"));
    const typing = project.store.begin();
    typing.preview(setPrompt(CUE, "foots"));
    typing.preview(setPrompt(CUE, "footsteps"));
    await vi.advanceTimersByTimeAsync(1000);
    await project.flush();
    crash();
    const recovered = await projects.open(project.id);
    expect(promptOf(recovered)).toBe("footsteps");
    recovered.store.dispatch(setSeed(CUE, 1));
    await recovered.flush();
    crash();
    const again = await projects.open(project.id);
    expect(promptOf(again)).toBe("footsteps");
    again.store.undo();
    again.store.undo();
    expect(promptOf(again)).toBe("");
    const left = again.store.begin();
    left.preview(setPrompt(CUE, "no"));
    await vi.advanceTimersByTimeAsync(1000);
    left.cancel();
    await again.flush();
    crash();
    expect(promptOf(await projects.open(project.id))).toBe("");
  } finally {
    vi.useRealTimers();
  }
});

test("after many changes the journal becomes a snapshot and starts anew", async () => {
  const { disk, projects, crash } = studio();
  const project = await projects.create(newDocument("clip"));
  for (let n = 0; n < 450; n++) {
    project.store.dispatch(setSeed(CUE, n));
    if (n % 50 === 0) await project.flush();
  }
  await project.flush();
  expect(disk.files.get(journalOf(disk))!.length).toBeLessThan(60_000);
  crash();
  expect((await projects.open(project.id)).store.getState().document.layers[0]?.cues[0]?.seed).toBe(449);
});

test("a full disk is said, nothing is lost, and all is stored when there is space again", async () => {
  vi.useFakeTimers();
  try {
    let capacity = Number.POSITIVE_INFINITY;
    const { disk, projects, crash } = studio(createMemoryDisk({ capacity: () => capacity }));
    const project = await projects.create(newDocument("clip"));
    project.store.dispatch(setPrompt(CUE, "one"));
    await project.flush();
    capacity = [...disk.files.values()].reduce((sum, { length }) => sum + length, 0) + 20;
    project.store.dispatch(setPrompt(CUE, "two, which is longer than what is left"));
    await expect(project.flush()).rejects.toSatisfy(isFull);
    expect(project.saving.getState()).toMatchObject({ phase: "failed", error: expect.toSatisfy(isFull) });
    const digest = await writeTake(project.takes, [new Float32Array([1, 2, 3])], 48_000);
    expect(project.saving.getState().unsavedTakes).toBe(1);
    expect(await project.takes.read(digest, 1, 3)).toEqual([new Float32Array([2, 3])]);
    capacity = Number.POSITIVE_INFINITY;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(project.saving.getState().phase).toBe("saved");
    project.store.dispatch(addTake(CUE, takeReference({ digest: digest })));
    await project.flush();
    expect(project.saving.getState()).toEqual({ phase: "saved", error: undefined, unsavedTakes: 0 });
    crash();
    const again = await projects.open(project.id);
    expect(promptOf(again)).toBe("two, which is longer than what is left");
    expect(await again.takes.read(digest, 0, 9)).toEqual([new Float32Array([1, 2, 3])]);
  } finally {
    vi.useRealTimers();
  }
});

test("a take is heard and read while it is written, is left out when it is not wanted, and what was left half-written goes", async () => {
  const { disk, projects, crash } = studio();
  const project = await projects.create(newDocument("clip"));
  const takes = () => [...disk.files.keys()].filter((path) => path.includes("/takes/"));
  const writer = await project.takes.begin({ sampleRate: 8, channels: 2, samples: 6 });
  await writer.append([new Float32Array([1, 2]), new Float32Array([-1, -2])]);
  expect(writer.ready).toBe(2);
  expect(await writer.read(1, 4)).toEqual([new Float32Array([2, 0, 0]), new Float32Array([-2, 0, 0])]);
  await expect(writer.end()).rejects.toThrow(/not there any more|not whole/);
  await writer.append([new Float32Array([3, 4, 5, 6, 7]), new Float32Array([-3, -4, -5, -6, -7])]);
  const digest = await writer.end();
  expect(takes()).toEqual([expect.stringContaining(`${digest}.f32`)]);
  expect(await project.takes.read(digest, 0, 6)).toEqual([
    new Float32Array([1, 2, 3, 4, 5, 6]),
    new Float32Array([-1, -2, -3, -4, -5, -6]),
  ]);
  const unwanted = await project.takes.begin({ sampleRate: 8, channels: 1, samples: 6 });
  await unwanted.discard();
  expect(takes()).toHaveLength(1);
  await project.takes.begin({ sampleRate: 8, channels: 1, samples: 6 });
  await project.unfinished.set(CUE);
  crash();
  const again = await projects.open(project.id);
  expect(takes()).toEqual([]);
  expect(await again.unfinished.get()).toBe(CUE);
  await again.unfinished.set(undefined);
  expect(await again.unfinished.get()).toBeUndefined();
});

test("a long take that does not fit on the disk is not held in memory: it fails and says that there is no space", async () => {
  const { projects } = studio(createMemoryDisk({ capacity: () => 1e6 }));
  const project = await projects.create(newDocument("clip"));
  const writer = await project.takes.begin({ sampleRate: 48_000, channels: 1, samples: 17e6 });
  await expect(writer.append([new Float32Array(1e6)])).rejects.toSatisfy(isFull);
});

test("takes that neither document nor undo names go when a project is opened; those that undo brings back stay", async () => {
  const { disk, projects } = studio();
  const project = await projects.create(newDocument("clip"));
  const named = await writeTake(project.takes, [new Float32Array(8), new Float32Array(8).fill(0.5)], 44_100);
  const nobodys = await writeTake(project.takes, [new Float32Array(9)], 44_100);
  project.store.dispatch(addTake(CUE, takeReference({ digest: named })));
  project.store.undo();
  await project.close();
  const again = await projects.open(project.id);
  await expect(again.takes.read(nobodys, 0, 1)).rejects.toThrow(/not there any more/);
  expect(await again.takes.read(named, 6, 100)).toEqual([new Float32Array(2), new Float32Array(2).fill(0.5)]);
  disk.files.set(`projects/${project.id}/takes/${named}.f32`, new Uint8Array(20));
  await again.close();
  const third = await projects.open(project.id);
  await expect(third.takes.read(named, 0, 8)).rejects.toThrow(/not whole/);
});

test("a second tab looks on and writes nothing; a project that is open is not removed", async () => {
  const { disk, projects } = studio();
  const first = await projects.create(newDocument("clip"));
  const second = await projects.open(first.id);
  expect(second.store.getState().readOnly).toBe(true);
  const before = new Map(disk.files);
  second.store.dispatch(setPrompt(CUE, "x"));
  await second.close();
  expect(disk.files).toEqual(before);
  await expect(projects.remove(first.id)).rejects.toThrow(/another tab/);
  await first.close();
  await projects.remove(first.id);
  expect(disk.files.size).toBe(0);
});
