/** A number that counts when one is done with it, by Enter or by leaving; Escape puts back what was there. */
import { type KeyboardEvent, useState } from "react";

/** The field. */
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
  const done = (): void => {
    if (typed !== undefined && typed.trim() !== "" && Number.isFinite(Number(typed))) onNumber(Number(typed));
    setTyped(undefined);
  };
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === "Enter") done();
    if (key === "Escape") setTyped(undefined);
  };
  return (
    <input
      type="number"
      aria-label={label}
      value={typed ?? value.toFixed(digits)}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={done}
      {...{ step, min, readOnly, onKeyDown }}
    />
  );
}
