import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openJournal } from "./journal.js";

const folder = mkdtempSync(join(tmpdir(), "foley-journal-"));
const path = join(folder, "new", "journal.jsonl");
afterEach(() => rmSync(join(folder, "new"), { recursive: true, force: true }));

test("goes on where it was, knows only its own findings, and survives a line that was cut off", () => {
  const first = openJournal(path, "a");
  expect(first.get("x")).toBeUndefined();
  first.add("x", { onsets: [1, 2] });
  openJournal(path, "b").add("x", 3);
  appendFileSync(path, '{"of":"a","name":"y","fou');
  const again = openJournal(path, "a");
  expect(again.get("x")).toEqual({ onsets: [1, 2] });
  expect(again.get("y")).toBeUndefined();
  again.add("y", 4);
  expect(openJournal(path, "a").get("y")).toBe(4);
  expect(openJournal(path, "b").get("x")).toBe(3);
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(5);
});
