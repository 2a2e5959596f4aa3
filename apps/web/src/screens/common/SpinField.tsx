/**
 * A number that is typed and counts when one is done with it, by Enter or by leaving; Escape puts back what was there, arrows step, with Shift ten
 * times as far. Not a browser's own field: that writes in the language of the browser, whatever that of the page is.
 */
import { type InputHTMLAttributes, type KeyboardEvent, useState } from "react";

/** Steps of an arrow with Shift. */
const MANY = 10;

/** The field. */
export function SpinField({
  label,
  value,
  min = 0,
  readOnly,
  inputMode,
  title,
  write,
  parse,
  step,
  onValue,
  onUnknown,
}: Pick<InputHTMLAttributes<HTMLInputElement>, "inputMode" | "title"> & {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly readOnly: boolean;
  /** A value as it stands in the field. */
  readonly write: (value: number) => string;
  /** What was typed; `undefined` when it is none. */
  readonly parse: (typed: string) => number | undefined;
  /** The value that so many steps lead to. */
  readonly step: (from: number, by: number) => number;
  readonly onValue: (value: number) => void;
  /** Hears what was typed and is no value. */
  readonly onUnknown?: (typed: string) => void;
}) {
  const [typed, setTyped] = useState<string>();
  const parsed = typed === undefined ? value : parse(typed);
  const done = (): void => {
    setTyped(undefined);
    if (typed === undefined || typed.trim() === "") return;
    if (parsed === undefined) onUnknown?.(typed);
    else onValue(parsed);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter") done();
    if (event.key === "Escape") setTyped(undefined);
    if (by === undefined || readOnly) return;
    event.preventDefault();
    setTyped(write(Math.max(min, step(parsed ?? value, event.shiftKey ? by * MANY : by))));
  };
  const shown = typed ?? write(value);
  return (
    <input
      type="text"
      role="spinbutton"
      aria-label={label}
      aria-valuemin={min}
      aria-valuenow={Number((parsed ?? value).toFixed(4))}
      aria-valuetext={shown}
      aria-invalid={parsed === undefined}
      value={shown}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={done}
      {...{ inputMode, title, readOnly, onKeyDown }}
    />
  );
}
