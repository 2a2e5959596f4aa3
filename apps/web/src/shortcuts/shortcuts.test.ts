/** Keys of several keyboards, who they belong to, and what they do. */
import { expect, test } from "vitest";
import { createDispatcher, type KeyTarget } from "./dispatcher.js";
import { keyOf, type PressedKey, shownKey } from "./keys.js";
import { PRESET_NAMES, PRESETS, presetOf } from "./presets.js";
import { findWords } from "./search.js";
import { ACTION_NAMES, ACTIONS, actionOf, keysOf } from "./table.js";

const press = (key: string, given: Partial<PressedKey> & { graph?: boolean } = {}): PressedKey => ({
  ...{ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...given,
  getModifierState: (name) => name === "AltGraph" && given.graph === true,
});

test("keys are what they write: letters without case, signs without Shift, AltGr is no Ctrl, Alt on a Mac is the place", () => {
  expect(keyOf(press("z", { ctrlKey: true }))).toBe("Mod+Z");
  expect(keyOf(press("Z", { metaKey: true, shiftKey: true }))).toBe("Mod+Shift+Z");
  expect(keyOf(press("?", { shiftKey: true }))).toBe("?");
  expect(keyOf(press(" "))).toBe("Space");
  expect(keyOf(press("[", { ctrlKey: true, altKey: true, graph: true }))).toBe("[");
  expect(keyOf(press("≈", { altKey: true, code: "KeyX" }))).toBe("Alt+X");
  expect(keyOf(press("≤", { altKey: true, code: "Comma" }))).toBe("Alt+,");
  expect(keyOf(press("ArrowLeft", { shiftKey: true }))).toBe("Shift+ArrowLeft");
  expect(keyOf(press("Shift", { shiftKey: true }))).toBeUndefined();
  expect(shownKey("Mod+Shift+Z", { nameOf: (part) => (part === "Mod" ? "Strg" : part) })).toBe("Strg+Shift+Z");
  expect(shownKey("Mod++", { mac: true })).toBe("⌘++");
});

test("no two actions have one key, and every usual key is one that a keyboard can write", () => {
  const keys = ACTION_NAMES.flatMap((name) => ACTIONS[name].keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test("in no preset do two actions have one key, and each is known again", () => {
  for (const name of PRESET_NAMES) {
    const keys = ACTION_NAMES.flatMap((action) => keysOf(action, PRESETS[name]));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    expect(presetOf(PRESETS[name])).toBe(name);
  }
  expect(presetOf({ play: ["Q"] })).toBeUndefined();
});

test("what is looked for is found by words in any order, and what begins with them comes first", () => {
  const all = ["Event here", "Zoom in", "Remove the selected event", "Another take"];
  expect(findWords(all, (one) => one, "event")).toEqual(["Event here", "Remove the selected event"]);
  expect(findWords(all, (one) => one, "event rem")).toEqual(["Remove the selected event"]);
  expect(findWords(all, (one) => one, " ")).toEqual(all);
  expect(findWords(all, (one) => one, "xylophone")).toEqual([]);
});

test("the palette's key acts where one types, but not in a dialog; an action is done by name too", () => {
  const done: unknown[] = [];
  const dispatcher = createDispatcher(() => ({}));
  dispatcher.handle("palette", ({ byKey }) => void done.push(byKey));
  const down = (...matching: readonly string[]): void =>
    dispatcher.keyDown(
      { ...press("k", { ctrlKey: true }), repeat: false, defaultPrevented: false, preventDefault: () => undefined },
      { closest: (selector) => (matching.some((one) => selector.includes(one)) ? {} : null) },
    );
  down("textarea");
  down("textarea", "dialog");
  dispatcher.run("palette");
  dispatcher.run("play");
  expect(done).toEqual([true, false]);
  expect([dispatcher.can("palette"), dispatcher.can("play")]).toEqual([true, false]);
});

test("a key that a person chose is theirs, and no longer the other's", () => {
  const chosen = { make: ["K"] };
  expect(actionOf("K", chosen)).toBe("make");
  expect(actionOf("G", chosen)).toBeUndefined();
  expect(keysOf("play", chosen)).toEqual(["Space"]);
  expect(actionOf("constructor", chosen)).toBeUndefined();
});

test("letters act in timeline and picture only; Ctrl+Z everywhere but in fields; Space presses a button that has focus", () => {
  const done: string[] = [];
  const dispatcher = createDispatcher(() => ({}));
  for (const name of ["make", "undo", "play", "frameBack"] as const) dispatcher.handle(name, () => void done.push(name));
  const at = (...matching: readonly string[]): KeyTarget => ({
    closest: (selector) => (matching.some((one) => selector.includes(one)) ? {} : null),
  });
  const down = (key: PressedKey, target: KeyTarget | null): boolean => {
    let prevented = false;
    const event = { ...key, repeat: false, defaultPrevented: false, preventDefault: () => (prevented = true) };
    dispatcher.keyDown(event, target);
    return prevented;
  };
  const undo = press("z", { ctrlKey: true });
  expect(down(press("g"), at("[data-shortcuts]"))).toBe(true);
  expect(down(press("g"), at())).toBe(false);
  expect(down(press("g"), null)).toBe(false);
  expect(down(press("g"), at("[data-shortcuts]", "textarea"))).toBe(false);
  expect(down(undo, null)).toBe(true);
  expect(down(undo, at("textarea"))).toBe(false);
  expect(down(press(" "), at("[data-shortcuts]", "button"))).toBe(false);
  expect(down(press("ArrowLeft"), at("[data-shortcuts]", "button,"))).toBe(true);
  expect(down(press("k"), at("[data-shortcuts]"))).toBe(false);
  expect(done).toEqual(["make", "undo", "frameBack"]);
});

test("the latest who does an action does it, until it leaves; who says no leaves the key alone; held keys are known", () => {
  const done: unknown[] = [];
  const dispatcher = createDispatcher(() => ({}));
  dispatcher.handle("shuttleOn", ({ held }) => void done.push([...held]));
  const leave = dispatcher.handle("shuttleOn", () => false);
  let prevented = 0;
  const down = (key: string): void =>
    dispatcher.keyDown(
      { ...press(key), repeat: false, defaultPrevented: false, preventDefault: () => prevented++ },
      { closest: (selector) => (selector === "[data-shortcuts]" ? {} : null) },
    );
  down("l");
  expect(prevented).toBe(0);
  leave();
  dispatcher.keyUp(press("l"));
  down("k");
  down("l");
  expect(done).toEqual([["K", "L"]]);
});
