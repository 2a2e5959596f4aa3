/** Journals of objects: whatever a kill left, what is whole is read, and the file is mended by the one who goes on. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonLines } from "./node.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-json-lines-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const row = (name: string): string => JSON.stringify({ name, list: [{ name: 1 }], text: "ä" });

test.each<[what: string, content: string, whole: readonly string[], torn: readonly string[]]>([
  ["whole", `${row("a")}\n${row("b")}\n`, ["a", "b"], []],
  ["torn at its end", `${row("a")}\n${row("b").slice(0, 12)}`, ["a"], ['{"name":"b",']],
  ["torn at its very end", `${row("a")}\n${row("b")}`, ["a"], [row("b")]],
  ["gone on after a torn line", `${row("a").slice(0, 11)}${row("b")}\n${row("c")}\n`, ["b", "c"], ['{"name":"a"']],
  ["torn with a line end", `${row("a").slice(0, 15)}\n${row("b")}\n`, ["b"], [row("a").slice(0, 15)]],
  ["empty blocks after a loss of power", `${row("a")}\n\0\0\0\0${row("b")}\n`, ["a", "b"], ["\0\0\0\0"]],
  ["nothing but empty blocks", "\0".repeat(4096), [], ["\0".repeat(4096)]],
])("a journal that is %s", async (_what, content, whole, torn) => {
  const path = join(folder, "journal");
  await writeFile(path, content);
  const read = async (repair: boolean): Promise<[string[], string[]]> => {
    const [names, heard]: [string[], string[]] = [[], []];
    for await (const { value } of jsonLines(path, { head: '{"name":', repair, onTorn: (text) => heard.push(text) }))
      names.push((value as { name: string }).name);
    return [names, heard];
  };
  expect(await read(false)).toEqual([whole, torn]);
  expect(await readFile(path, "utf8")).toBe(content);
  expect(await read(true)).toEqual([whole, torn]);
  expect(await readFile(path, "utf8")).toBe(whole.map((name) => `${row(name)}\n`).join(""));
  expect(await read(true)).toEqual([whole, []]);
});

test("who is told of a torn line may refuse, and nothing is changed", async () => {
  const path = join(folder, "other");
  await writeFile(path, "name,caption\n");
  const onTorn = (text: string): never => {
    throw new Error(`not ours: ${text}`);
  };
  await expect(jsonLines(path, { head: '{"name":', repair: true, onTorn }).next()).rejects.toThrow("not ours: name,caption");
  expect(await readFile(path, "utf8")).toBe("name,caption\n");
});
