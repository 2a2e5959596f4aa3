/** One gesture is one entry, whatever was shown while it lasted. */
import { expect, test } from "vitest";
import { moveEvent, setPrompt } from "./commands.js";
import { newDocument } from "./new-document.js";
import { createDocumentStore, type JournalLine } from "./store.js";

const base = newDocument("clip");
const CUE = base.layers[0]!.cues[0]!.id;
const promptOf = (store: ReturnType<typeof createDocumentStore>) => store.getState().document.layers[0]!.cues[0]!.prompt;

test("typing from focus to blur is one entry, and one line of the journal", () => {
  const lines: JournalLine[] = [];
  const store = createDocumentStore(base, { journal: (line) => lines.push(line) });
  const typing = store.begin();
  for (const words of ["g", "gr", "gravel"]) {
    typing.preview(setPrompt(CUE, words));
    expect(promptOf(store)).toBe(words);
  }
  expect(store.getState().past).toHaveLength(0);
  expect(store.getState().pending?.forward.at(-1)?.value).toBe("gravel");
  typing.commit();
  expect(store.getState()).toMatchObject({ past: [{ label: "change.prompt" }], pending: undefined });
  expect(lines).toHaveLength(1);
  store.undo();
  expect(store.getState().document).toEqual(base);
});

test("a gesture that is left off puts everything back and writes nothing; one without a change is no entry", () => {
  const lines: JournalLine[] = [];
  const store = createDocumentStore(base, { journal: (line) => lines.push(line) });
  const gesture = store.begin();
  gesture.preview(setPrompt(CUE, "x"));
  gesture.cancel();
  expect(store.getState()).toMatchObject({ document: base, past: [], pending: undefined });
  store.begin().commit();
  const same = store.begin();
  same.preview(setPrompt(CUE, "y"));
  same.preview(setPrompt(CUE, ""));
  same.commit();
  expect(store.getState()).toMatchObject({ past: [], pending: undefined });
  expect(lines).toEqual([]);
});

test("a change during a gesture makes the gesture an entry first; undo takes back one of them", () => {
  const store = createDocumentStore(base);
  const gesture = store.begin();
  gesture.preview(setPrompt(CUE, "typed"));
  store.dispatch(moveEvent(CUE, [{ time: 0, strength: 1, source: "encoder" }], "found-0", 0));
  expect(store.getState().past.map(({ label }) => label)).toEqual(["change.prompt", "change.eventMove"]);
  gesture.preview(setPrompt(CUE, "late"));
  store.undo();
  expect(promptOf(store)).toBe("typed");
});

test("a change after undo begins a new future; at most 500 entries are kept; a read-only document stays", () => {
  const store = createDocumentStore(base);
  store.dispatch(setPrompt(CUE, "a"));
  store.undo();
  store.dispatch(setPrompt(CUE, "b"));
  store.redo();
  expect(promptOf(store)).toBe("b");
  for (let n = 0; n < 600; n++) store.dispatch(setPrompt(CUE, `${n}`));
  expect(store.getState().past).toHaveLength(500);
  const locked = createDocumentStore(base, { readOnly: true });
  locked.dispatch(setPrompt(CUE, "a"));
  locked.begin().preview(setPrompt(CUE, "a"));
  expect(locked.getState().document).toBe(base);
});
