/** What may be read of a document: all that was written, and nothing that would break what uses it. */
import { FoleyError } from "@foley-control/core";
import { expect, test } from "vitest";
import { addTake, moveEvent } from "./commands.js";
import type { StudioDocument } from "./document.js";
import { newDocument } from "./new-document.js";
import { readDocument, readStored, takesOf } from "./read-document.js";
import { createDocumentStore } from "./store.js";
import { takeReference } from "./take-reference.test-support.js";

const digest = "ab".repeat(32);
const take = takeReference({ digest, channels: 2, loudness: -200 });
const base = newDocument("clip", {
  name: "clip.mp4",
  size: 1,
  lastModified: 1,
  digest,
  duration: 4,
  frameRate: 25,
  width: 2,
  height: 2,
  sound: true,
});

/** A copy of the document in which one value is another. */
function broken(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(full)) as Record<string, unknown>;
  const steps = path.split(".");
  let at: Record<string, unknown> = copy;
  for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>;
  at[steps.at(-1) as string] = value;
  return copy;
}

const store = createDocumentStore(base);
store.dispatch(moveEvent("cue-1", [{ time: 1, strength: 1, source: "encoder" }], "found-0", 2));
store.dispatch(addTake("cue-1", take));
const full: StudioDocument = store.getState().document;

test("what was written is read as it was", () => {
  const { document, past, future } = store.getState();
  const read = readStored(JSON.stringify({ sequence: 3, document, past, future }));
  expect(read.document).toEqual(document);
  expect(read.past).toHaveLength(2);
  const again = createDocumentStore(read.document, read);
  again.undo();
  again.undo();
  expect(again.getState().document).toEqual(base);
});

for (const [path, value] of [
  ["layers", {}],
  ["layers.0.cues.0.end", -1],
  ["layers.0.cues.0.end", "4"],
  ["layers.0.cues.0.start", 5],
  ["layers.0.cues.0.seed", 1.5],
  ["layers.0.cues.0.prompt", 7],
  ["layers.0.cues.0.takes.0.digest", "../../other"],
  ["layers.0.cues.0.takes.0.channels", 1e9],
  ["layers.0.cues.0.events.0.time", null],
  ["layers.0.cues.0.events.0.source", "me"],
  ["layers.0.cues.0.takes.1", { ...take }],
  ["original", null],
  ["original.use", "delete"],
  ["source.frameRate", 0],
  ["format", "1"],
] as const)
  test(`${path} = ${JSON.stringify(value)} is refused by a sentence`, () => {
    expect(() => readDocument(broken(path, value))).toThrow(expect.toSatisfy(FoleyError.isInstance));
    expect(() => readDocument(broken(path, value))).toThrow(/cannot be read: .+\. Nothing was changed/);
  });

test("a newer format is told from a damaged one, and nothing of it is looked at", () => {
  expect(() => readDocument({ format: 2, layers: "other" })).toThrow(/newer version \(format 2; this one reads up to 1\)/);
});

test("text, JSON of something else and patches that go anywhere are refused", () => {
  for (const contents of ["", "{", "[]", "null", "7", `{"sequence":1}`, "[".repeat(1e5)])
    expect(() => readStored(contents), contents.slice(0, 20)).toThrow(/cannot be read/);
  const patch = { op: "replace", path: ["__proto__", "x"], value: 1 };
  const hostile = { sequence: 0, document: base, past: [{ label: "x", forward: [patch], inverse: [] }], future: [] };
  expect(() => readStored(JSON.stringify(hostile))).toThrow(/no step of a path/);
});

test("takes that only undo names are named", () => {
  const { document, past, future } = store.getState();
  expect(takesOf({ document: base, past: [], future: [] })).toEqual(new Set());
  expect(takesOf({ document, past: [], future: [] })).toEqual(new Set([digest]));
  store.undo();
  const undone = store.getState();
  expect(takesOf(undone)).toEqual(new Set([digest]));
  expect(takesOf({ document: base, past, future })).toEqual(new Set([digest]));
});
