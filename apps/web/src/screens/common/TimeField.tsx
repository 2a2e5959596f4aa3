/** A time that is typed, in the unit that a person chose; it counts when one is done with it. Arrows go to the next picture, or hundredth of a second. */
import { type KeyboardEvent, useState } from "react";
import { useDocument } from "../../app/use-session.js";
import { usePreferences, useStudio } from "../../app/use-studio.js";
import { text } from "../../strings/text.js";
import { parseTime, steppedTime, writtenTime } from "../../timeline/timecode.js";

/** Steps of an arrow with Shift. */
const MANY = 10;

/** The field. */
export function TimeField({
  label,
  value,
  readOnly,
  onTime,
}: {
  readonly label: string;
  /** Seconds. */
  readonly value: number;
  readonly readOnly: boolean;
  readonly onTime: (seconds: number) => void;
}) {
  const { announce } = useStudio();
  const unit = usePreferences(({ units }) => units);
  const frameRate = useDocument(({ source }) => source?.frameRate) ?? 25;
  const [typed, setTyped] = useState<string>();
  const parsed = typed === undefined ? value : parseTime(typed, frameRate, unit);
  const done = (): void => {
    setTyped(undefined);
    if (typed === undefined || typed.trim() === "") return;
    if (parsed === undefined) announce(text("time.unknown", { given: typed }));
    else onTime(parsed);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter") done();
    if (event.key === "Escape") setTyped(undefined);
    if (by === undefined || readOnly) return;
    event.preventDefault();
    setTyped(writtenTime(steppedTime(parsed ?? value, event.shiftKey ? by * MANY : by, frameRate, unit), frameRate, unit));
  };
  const shown = typed ?? writtenTime(value, frameRate, unit);
  return (
    <input
      type="text"
      inputMode={unit === "timecode" ? "text" : "decimal"}
      role="spinbutton"
      aria-label={label}
      aria-valuemin={0}
      aria-valuenow={Number((parsed ?? value).toFixed(4))}
      aria-valuetext={shown}
      aria-invalid={parsed === undefined}
      title={text(`time.unit.${unit}`)}
      value={shown}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={done}
      {...{ readOnly, onKeyDown }}
    />
  );
}
