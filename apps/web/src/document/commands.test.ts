/** What each command changes, and that undo and redo bring back exactly what was there. */
import { expect, test } from "vitest";
import * as commands from "./commands.js";
import type { StudioDocument, TakeReference } from "./document.js";
import type { FoleyEvent } from "./imports.js";
import { newDocument } from "./new-document.js";
import { type Change, createDocumentStore, type JournalLine } from "./store.js";
import { takeReference } from "./take-reference.test-support.js";

const found: readonly FoleyEvent[] = [
  { time: 0.5, strength: 1, source: "encoder" },
  { time: 1.5, strength: 0.4, source: "encoder", place: { x: 0.2, y: 0.3 } },
];

const base: StudioDocument = (() => {
  const document = newDocument("clip");
  const layer = document.layers[0]!;
  return { ...document, layers: [{ ...layer, cues: [{ ...layer.cues[0]!, end: 4, seed: 7 }] }] };
})();
const CUE = base.layers[0]!.cues[0]!.id;
const cueOf = (document: StudioDocument) => document.layers[0]!.cues[0]!;

/** A take with an id, made from nothing in particular. */
const take = (id: string, draft = false): TakeReference =>
  takeReference({ id, digest: id.padEnd(64, "0"), onsets: [0.5], draft });

const changes: Readonly<Record<string, readonly Change[]>> = {
  rename: [commands.rename("steps")],
  prompt: [commands.setPrompt(CUE, "gravel")],
  "negative prompt": [commands.setNegativePrompt(CUE, "music")],
  seed: [commands.setSeed(CUE, 9), commands.setSeedLocked(CUE, true)],
  strength: [commands.setVideoStrength(CUE, 1.5)],
  steps: [commands.setSteps(CUE, 40)],
  original: [commands.setOriginal("mix"), commands.setOriginalGain(-6)],
  events: [
    commands.moveEvent(CUE, found, "found-1", 2),
    commands.addEvent(CUE, found, { time: 3 }),
    commands.setEventStrength(CUE, found, "found-0", 0.5),
    commands.setEventKind(CUE, found, "found-1", "door slam"),
    commands.removeEvent(CUE, found, "found-0"),
    commands.resetEvents(CUE),
  ],
  takes: [
    commands.addTake(CUE, take("a")),
    commands.addTake(CUE, take("b")),
    commands.chooseTake(CUE, "a"),
    commands.starTake(CUE, "a", true),
    commands.removeTake(CUE, "a"),
  ],
  source: [
    commands.setSource({
      name: "clip.mp4",
      size: 1,
      lastModified: 1,
      digest: "0".repeat(64),
      duration: 6,
      frameRate: 25,
      width: 2,
      height: 2,
      sound: false,
    }),
  ],
};

for (const [name, list] of Object.entries(changes))
  test(`${name}: undo and redo walk the same states`, () => {
    const lines: JournalLine[] = [];
    const store = createDocumentStore(base, { journal: (line) => lines.push(line) });
    const states = [store.getState().document];
    for (const one of list) {
      store.dispatch(one);
      states.push(store.getState().document);
    }
    expect(new Set(states).size).toBe(list.length + 1);
    for (const state of states.slice(0, -1).toReversed()) {
      store.undo();
      expect(store.getState().document).toEqual(state);
    }
    for (const state of states.slice(1)) {
      store.redo();
      expect(store.getState().document).toEqual(state);
    }
    expect(lines.map(({ type }) => type)).toEqual([
      ...list.map(() => "do"),
      ...list.map(() => "undo"),
      ...list.map(() => "redo"),
    ]);
  });

test("the first change of an event starts from what the picture says; later ones from the person's", () => {
  const store = createDocumentStore(base);
  store.dispatch(commands.moveEvent(CUE, found, "found-0", 2));
  expect(cueOf(store.getState().document).events).toEqual([
    { ...found[1], id: "found-1" },
    { id: "found-0", time: 2, strength: 1, source: "person" },
  ]);
  store.dispatch(commands.removeEvent(CUE, [], "found-1"));
  expect(cueOf(store.getState().document).events?.map(({ id }) => id)).toEqual(["found-0"]);
});

test("an event stays in its cue and within the strengths of a track; no number changes nothing", () => {
  const store = createDocumentStore(base);
  store.dispatch(commands.addEvent(CUE, [], { time: 99, strength: 7, id: "e" }));
  expect(cueOf(store.getState().document).events).toEqual([{ id: "e", time: 4, strength: 1, source: "person" }]);
  store.dispatch(commands.setEventStrength(CUE, [], "e", 0));
  expect(cueOf(store.getState().document).events?.[0]?.strength).toBeGreaterThan(0);
  const { past } = store.getState();
  store.dispatch(commands.moveEvent(CUE, [], "e", Number.NaN));
  store.dispatch(commands.moveEvent(CUE, [], "nobody", 1));
  store.dispatch(commands.setSeed(CUE, Number.NaN));
  store.dispatch(commands.setPrompt("no such cue", "x"));
  expect(store.getState().past).toBe(past);
});

test("a refined take replaces its draft, star and all, and is heard only if the draft was", () => {
  const store = createDocumentStore(base);
  store.dispatch(commands.addTake(CUE, take("old")));
  store.dispatch(commands.addTake(CUE, take("draft", true)));
  store.dispatch(commands.starTake(CUE, "draft", true));
  store.dispatch(commands.addTake(CUE, take("fine"), { replaces: "draft", nextSeed: 99 }));
  expect(cueOf(store.getState().document).takes.map(({ id, starred }) => [id, starred])).toEqual([
    ["old", false],
    ["fine", true],
  ]);
  expect(cueOf(store.getState().document)).toMatchObject({ chosen: "fine", seed: 99 });
  store.dispatch(commands.addTake(CUE, take("draft2", true)));
  store.dispatch(commands.chooseTake(CUE, "old"));
  store.dispatch(commands.setSeedLocked(CUE, true));
  store.dispatch(commands.addTake(CUE, take("fine2"), { replaces: "draft2", nextSeed: 100 }));
  expect(cueOf(store.getState().document)).toMatchObject({ chosen: "old", seed: 99 });
});

test("when the heard take is removed its neighbour is heard, and nothing when there is none", () => {
  const store = createDocumentStore(base);
  for (const id of ["a", "b"]) store.dispatch(commands.addTake(CUE, take(id)));
  store.dispatch(commands.removeTake(CUE, "b"));
  expect(cueOf(store.getState().document).chosen).toBe("a");
  store.dispatch(commands.removeTake(CUE, "a"));
  expect(cueOf(store.getState().document)).toMatchObject({ chosen: undefined, takes: [] });
});

test("the kind of an event is any word, and none when it is empty", () => {
  const store = createDocumentStore(base);
  store.dispatch(commands.setEventKind(CUE, found, "found-0", " splash"));
  expect(cueOf(store.getState().document).events?.[0]).toMatchObject({ kind: "splash", time: 0.5, source: "person" });
  store.dispatch(commands.setEventKind(CUE, found, "found-0", "  "));
  expect(cueOf(store.getState().document).events?.[0]).not.toHaveProperty("kind");
});
