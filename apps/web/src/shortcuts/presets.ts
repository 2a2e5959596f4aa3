/**
 * Keys as other programs have them, for hands that know these: what is not named is as it is here. Keys with which browsers zoom or go back stay
 * theirs. After the programs' published lists of keys.
 */
import { ACTION_NAMES, type ActionName, keysOf } from "./table.js";

/** Keys of some actions. */
type Keys = Readonly<Partial<Record<ActionName, readonly string[]>>>;

/** The presets, by name. */
export const PRESETS = {
  studio: {},
  premiere: {
    rangeClear: ["Mod+Shift+X"],
    zoomFit: ["\\"],
    addEvent: ["M"],
    snap: ["S"],
  },
  resolve: {
    addEvent: ["M"],
    loop: ["Mod+/"],
    redo: ["Mod+Shift+Z"],
  },
  reaper: {
    toStart: ["Home", "W"],
    loop: ["R"],
    addEvent: ["M"],
    snap: ["Alt+S"],
    another: ["Alt+R"],
    previousTake: ["Shift+T"],
    nextTake: ["T"],
    eventKind: ["Alt+T"],
    previousPoint: ["ArrowUp", "["],
    nextPoint: ["ArrowDown", "]"],
    redo: ["Mod+Shift+Z"],
  },
} as const satisfies Readonly<Record<string, Keys>>;

/** Name of a preset. */
export type PresetName = keyof typeof PRESETS;

/** All names, in the order in which they are offered. */
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/** The preset that chosen keys are; `undefined` where somebody chose their own. */
export function presetOf(chosen: Readonly<Record<string, readonly string[]>>): PresetName | undefined {
  const same = (preset: Keys): boolean =>
    ACTION_NAMES.every(
      (name) => keysOf(name, chosen).join(" ") === keysOf(name, preset as Record<string, readonly string[]>).join(" "),
    );
  return PRESET_NAMES.find((name) => same(PRESETS[name]));
}
