/** A number that is typed, with a point or a comma. */
import { decimal, parseDecimal } from "../../strings/numbers.js";
import { SpinField } from "./SpinField.js";

/** The field. */
export function NumberField({
  digits,
  step,
  min = 0,
  onNumber,
  ...field
}: {
  readonly label: string;
  readonly value: number;
  readonly digits: number;
  readonly step: number;
  readonly min?: number;
  readonly readOnly: boolean;
  readonly onNumber: (value: number) => void;
}) {
  return (
    <SpinField
      {...field}
      {...{ min }}
      // Keyboards of numbers have no minus on some phones.
      inputMode={min < 0 ? "text" : digits > 0 ? "decimal" : "numeric"}
      write={(value) => decimal(value, digits)}
      parse={parseDecimal}
      step={(from, by) => from + by * step}
      onValue={onNumber}
    />
  );
}
