/** Keys as text: `Mod+Shift+Z`, `Alt+,`, `?`. What a key writes counts, not where it lies, so a sign is found on every keyboard. */

/** What of a `KeyboardEvent` is read. */
export interface PressedKey {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  getModifierState(name: string): boolean;
}

const MODIFIERS: ReadonlySet<string> = new Set([
  "Control",
  "Shift",
  "Alt",
  "Meta",
  "AltGraph",
  "CapsLock",
  "Dead",
  "Process",
  "Unidentified",
]);

/** A pressed key as text; `undefined` for a modifier alone. */
export function keyOf(event: PressedKey): string | undefined {
  if (MODIFIERS.has(event.key)) return undefined;
  // AltGr writes signs such as [ on many keyboards, and looks like Ctrl+Alt.
  const writes = event.getModifierState("AltGraph");
  const modifier = !writes && (event.ctrlKey || event.metaKey);
  const alt = !writes && event.altKey;
  const key = plain(event, alt);
  // Shift is part of a sign that it writes.
  const shift = event.shiftKey && (key.length > 1 || /^[A-Z]$/.test(key));
  return [modifier && "Mod", alt && "Alt", shift && "Shift", key].filter(Boolean).join("+");
}

function plain({ key, code }: PressedKey, alt: boolean): string {
  if (key === " ") return "Space";
  // With Alt a Mac writes other signs; there the place of the key counts.
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (alt && letter) return letter;
  if (alt && PLACES[code]) return PLACES[code];
  return key.length === 1 ? key.toUpperCase() : key;
}

const PLACES: Readonly<Record<string, string>> = { Comma: ",", Period: ".", Slash: "/", Minus: "-", Equal: "=" };

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** A key as people read it. `nameOf` gives the words for `Mod`, `Shift`, `Space` and the like; without it they are as they are. */
export function shownKey(
  key: string,
  { mac = false, nameOf = (part) => part }: { readonly mac?: boolean; readonly nameOf?: (part: string) => string } = {},
): string {
  const last = key.endsWith("+") ? "+" : (key.split("+").at(-1) as string);
  const before = key
    .slice(0, key.length - last.length)
    .split("+")
    .filter(Boolean);
  const names = before.map((one) => (one === "Mod" && mac ? "⌘" : nameOf(one)));
  return [...names, NAMES[last] ?? nameOf(last)].join("+");
}
