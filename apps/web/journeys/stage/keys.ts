/** Keys as Playwright names them, as actions of WebDriver. */

/** https://w3c.github.io/webdriver/#keyboard-actions */
const codes: Readonly<Record<string, string>> = {
  Backspace: "\uE003",
  Tab: "\uE004",
  Enter: "\uE007",
  Shift: "\uE008",
  Control: "\uE009",
  Alt: "\uE00A",
  Escape: "\uE00C",
  Space: " ",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  Delete: "\uE017",
  ContextMenu: "\uE05D",
};

/** Something a keyboard does. */
export interface KeyAction {
  readonly type: "keyDown" | "keyUp";
  readonly value: string;
}

/** `"Control+Shift+z"` as keys that go down and come up again. */
export function pressed(key: string): readonly KeyAction[] {
  const names = key.length > 1 ? key.split("+").map((name, i, all) => (name === "" && i === all.length - 1 ? "+" : name)) : [key];
  const values = names.filter((name, i) => name !== "+" || i === names.length - 1).map((name) => codes[name] ?? name);
  return [
    ...values.map((value) => ({ type: "keyDown", value }) as const),
    ...values.toReversed().map((value) => ({ type: "keyUp", value }) as const),
  ];
}

/** A text, key by key. */
export function typed(text: string): readonly KeyAction[] {
  return [...text].flatMap((letter) => pressed(letter));
}
