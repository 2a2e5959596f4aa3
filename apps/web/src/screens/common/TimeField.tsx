/** A time that is typed, in the unit that a person chose. Arrows go to the next picture, or hundredth of a second. */
import { useDocument } from "../../app/use-session.js";
import { usePreferences, useStudio } from "../../app/use-studio.js";
import { text } from "../../strings/text.js";
import { parseTime, steppedTime, writtenTime } from "../../timeline/timecode.js";
import { SpinField } from "./SpinField.js";

/** The field. */
export function TimeField({
  onTime,
  ...field
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
  return (
    <SpinField
      {...field}
      inputMode={unit === "timecode" ? "text" : "decimal"}
      title={text(`time.unit.${unit}`)}
      write={(seconds) => writtenTime(seconds, frameRate, unit)}
      parse={(typed) => parseTime(typed, frameRate, unit)}
      step={(from, by) => steppedTime(from, by, frameRate, unit)}
      onValue={onTime}
      onUnknown={(given) => announce(text("time.unknown", { given }))}
    />
  );
}
