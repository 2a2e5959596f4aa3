/** A number that counts when one is done with it, by Enter or by leaving; Escape puts back what was there. Arrows step. */
import { type KeyboardEvent, useState } from "react";
import { decimal, parseDecimal } from "../../strings/numbers.js";

/** The field: not a browser's own, which writes numbers in the browser's language, whatever that of the page is. */
export function NumberField({
  label,
  value,
  digits,
  step,
  min = 0,
  readOnly,
  onNumber,
}: {
  readonly label: string;
  readonly value: number;
  readonly digits: number;
  readonly step: number;
  readonly min?: number;
  readonly readOnly: boolean;
  readonly onNumber: (value: number) => void;
}) {
  const [typed, setTyped] = useState<string>();
  const parsed = typed === undefined ? value : parseDecimal(typed);
  const done = (): void => {
    if (typed !== undefined && parsed !== undefined) onNumber(parsed);
    setTyped(undefined);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowUp: step, ArrowDown: -step }[event.key];
    if (event.key === "Enter") done();
    if (event.key === "Escape") setTyped(undefined);
    if (by === undefined || readOnly) return;
    event.preventDefault();
    setTyped(decimal(Math.max(min, (parsed ?? value) + by), digits));
  };
  const shown = typed ?? decimal(value, digits);
  return (
    <input
      type="text"
      inputMode={min < 0 ? "text" : digits > 0 ? "decimal" : "numeric"}
      role="spinbutton"
      aria-label={label}
      aria-valuemin={min}
      aria-valuenow={parsed ?? value}
      aria-valuetext={shown}
      aria-invalid={parsed === undefined}
      value={shown}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={done}
      {...{ readOnly, onKeyDown }}
    />
  );
}
