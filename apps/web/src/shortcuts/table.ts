/** Every action that has a key, and its usual keys; the one table that the dispatcher, the sheet and the settings read. */
import type { StringKey } from "../strings/text.js";

/** An action, as it stands in the table. */
export interface Action {
  /** What it is called. */
  readonly label: StringKey;
  /** Usual keys, as `keyOf` writes them; `Mod` is Ctrl, and Command on a Mac. */
  readonly keys: readonly string[];
}

const action = <Label extends StringKey>(label: Label, ...keys: readonly string[]): Action => ({ label, keys });

/** The table, in the order in which it is shown. */
export const ACTIONS = {
  play: action("key.play", "Space"),
  shuttleBack: action("key.shuttleBack", "J"),
  shuttleStop: action("key.shuttleStop", "K"),
  shuttleOn: action("key.shuttleOn", "L"),
  frameBack: action("key.frameBack", "ArrowLeft"),
  frameOn: action("key.frameOn", "ArrowRight"),
  framesBack: action("key.framesBack", "Shift+ArrowLeft"),
  framesOn: action("key.framesOn", "Shift+ArrowRight"),
  previousPoint: action("key.previousPoint", "ArrowUp"),
  nextPoint: action("key.nextPoint", "ArrowDown"),
  toStart: action("key.toStart", "Home", "Enter"),
  toEnd: action("key.toEnd", "End"),
  rangeIn: action("key.rangeIn", "I"),
  rangeOut: action("key.rangeOut", "O"),
  rangeClear: action("key.rangeClear", "Alt+X"),
  loop: action("key.loop", "/"),
  zoomOut: action("key.zoomOut", "-"),
  zoomIn: action("key.zoomIn", "=", "+"),
  zoomFit: action("key.zoomFit", "Shift+Z"),
  zoomSelection: action("key.zoomSelection", "Z"),
  addEvent: action("key.addEvent", "P"),
  removeEvent: action("key.removeEvent", "Delete", "Backspace"),
  eventKind: action("key.eventKind", "T"),
  nudgeBack: action("key.nudgeBack", ","),
  nudgeOn: action("key.nudgeOn", "."),
  nudgeBackFine: action("key.nudgeBackFine", "Alt+,"),
  nudgeOnFine: action("key.nudgeOnFine", "Alt+."),
  snap: action("key.snap", "N"),
  make: action("key.make", "G"),
  another: action("key.another", "R"),
  makeRange: action("key.makeRange", "Shift+G"),
  previousTake: action("key.previousTake", "["),
  nextTake: action("key.nextTake", "]"),
  original: action("key.original", "B"),
  mute: action("key.mute", "Mod+M"),
  undo: action("key.undo", "Mod+Z"),
  redo: action("key.redo", "Mod+Shift+Z", "Mod+Y"),
  save: action("key.save", "Mod+S"),
  models: action("key.models"),
  settings: action("key.settings"),
  palette: action("key.palette", "Mod+K"),
  sheet: action("key.sheet", "?"),
} as const satisfies Readonly<Record<string, Action>>;

/** Name of an action. */
export type ActionName = keyof typeof ACTIONS;

/** Those whose keys act where text is typed too: it has no use for them. */
export const EVERYWHERE: ReadonlySet<ActionName> = new Set<ActionName>(["save", "palette"]);

/** All names, in the order of the table. */
export const ACTION_NAMES = Object.keys(ACTIONS) as readonly ActionName[];

/** Keys of an action where some are chosen otherwise. */
export function keysOf(name: ActionName, chosen: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return (Object.hasOwn(chosen, name) ? chosen[name] : undefined) ?? ACTIONS[name].keys;
}

/** The action that a key means; where two have it, the one that was chosen for it, else the first of the table. */
export function actionOf(key: string, chosen: Readonly<Record<string, readonly string[]>>): ActionName | undefined {
  const having = ACTION_NAMES.filter((name) => keysOf(name, chosen).includes(key));
  return having.find((name) => Object.hasOwn(chosen, name)) ?? having[0];
}
