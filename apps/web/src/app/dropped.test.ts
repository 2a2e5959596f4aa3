/** What is in a dropped folder, and that it says when it is not all of it; what is chosen. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { chooseVideo, filesOf, MOST_FILES } from "./dropped.js";

interface Entry {
  readonly isDirectory: boolean;
}

const file = (name: string, fails = false): Entry =>
  ({
    isDirectory: false,
    fullPath: `/folder/${name}`,
    file: (done: (file: File) => void, failed: (error: Error) => void) =>
      fails ? failed(new Error("It is locked.")) : done(new File([], name)),
  }) as Entry;

/** A folder that gives a hundred at a time, as browsers do. */
const folder = (entries: readonly Entry[]): Entry =>
  ({
    isDirectory: true,
    createReader() {
      let at = 0;
      return { readEntries: (done: (some: readonly Entry[]) => void) => done(entries.slice(at, (at += 100))) };
    },
  }) as Entry;

const many = (count: number, name = "clip"): readonly Entry[] =>
  Array.from({ length: count }, (_, i) => file(`${name}-${i}.mp4`));

const dropped = (...entries: readonly Entry[]) =>
  filesOf({
    items: entries.map((entry) => ({ kind: "file", getAsFile: () => null, webkitGetAsEntry: () => entry })),
  } as unknown as DataTransfer);

test("a folder of as many files as are taken is whole; of one with more the first are taken, and it is said", async () => {
  const whole = await dropped(folder(many(MOST_FILES)));
  expect([whole.files.length, whole.cut]).toEqual([MOST_FILES, false]);
  const cut = await dropped(folder(many(MOST_FILES + 1)));
  expect([cut.files.length, cut.cut, cut.files.at(-1)?.file.name]).toEqual([MOST_FILES, true, `clip-${MOST_FILES - 1}.mp4`]);
});

test("files of folders within count too, and what cannot be read does not", async () => {
  const within = await dropped(folder([folder(many(300, "a")), folder(many(201, "b"))]));
  expect([within.files.length, within.cut]).toEqual([MOST_FILES, true]);
  const locked = await dropped(folder([file("locked.mp4", true), ...many(MOST_FILES)]));
  expect([locked.files.length, locked.cut]).toEqual([MOST_FILES, false]);
  const two = await dropped(folder(many(3, "a")), folder(many(MOST_FILES + 1, "b")));
  expect([two.files.length, two.cut]).toEqual([MOST_FILES + 3, true]);
});

test("a file of a folder keeps its path, and the folder its handle, by which a model is read in place", async () => {
  const handle = { kind: "directory", name: "folder" };
  const item = { kind: "file", getAsFile: () => null, webkitGetAsEntry: () => folder([file("model_config.json")]) };
  const one = { ...item, getAsFileSystemHandle: async () => handle };
  const drop = await filesOf({ items: [one] } as unknown as DataTransfer);
  expect(drop.files.map(({ path }) => path)).toEqual(["folder/model_config.json"]);
  expect(drop.folder).toBe(handle);
  expect((await filesOf({ items: [one, one] } as unknown as DataTransfer)).folder).toBeUndefined();
});

test("the field that asks for a file is kept until it has answered, however much memory is cleared away meanwhile", async () => {
  setFlagsFromString("--expose-gc");
  const clear = runInNewContext("gc") as () => void;
  const fields: WeakRef<EventTarget>[] = [];
  const createElement = (): EventTarget => {
    const field = Object.assign(new EventTarget(), { click: () => undefined, files: [new File([], "clip.mp4")] });
    fields.push(new WeakRef(field));
    return field;
  };
  vi.stubGlobal("document", { createElement });
  const chosen = chooseVideo();
  vi.unstubAllGlobals();
  // What is held by a reference that was just made stays until the present task has ended.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve));
    clear();
  }
  fields[0]?.deref()?.dispatchEvent(new Event("change"));
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, 100));
  expect((await Promise.race([chosen, late]))?.map(({ file }) => file.name)).toEqual(["clip.mp4"]);
});
