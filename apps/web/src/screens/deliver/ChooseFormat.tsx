/** What the result is to be: each format with what it keeps and what it loses. */
import { useState } from "react";
import { useDocument } from "../../app/use-session.js";
import type { Clip } from "../../clip/clip.js";
import { type DeliverFormat, formatsOf } from "../../deliver/formats.js";
import { text } from "../../strings/text.js";
import styles from "./Deliver.module.css";

/** Formats to choose from, and the button that saves. */
export function ChooseFormat({
  clip,
  onSave,
}: {
  readonly clip: Clip | undefined;
  readonly onSave: (format: DeliverFormat) => void;
}) {
  const formats = formatsOf(clip && { name: clip.file.name, codec: clip.info.videoCodec });
  const [format, setFormat] = useState<DeliverFormat>(formats[0] as DeliverFormat);
  const use = useDocument((document) => document.original.use);
  const picks = "showSaveFilePicker" in globalThis;
  const sound = format === "wav" || format === "flac";
  return (
    <form
      className={styles["choose"]}
      onSubmit={(event) => {
        event.preventDefault();
        onSave(format);
      }}
    >
      {clip === undefined && (
        <p>
          {text("deliver.noVideo")} {text("deliver.noVideoHint")}
        </p>
      )}
      <fieldset>
        <legend>{text("deliver.format")}</legend>
        {formats.map((one, index) => (
          <label key={one}>
            <input type="radio" name="format" checked={format === one} onChange={() => setFormat(one)} />
            <span>
              <strong>{text(`deliver.format.${one}`)}</strong> {index === 0 && clip !== undefined && text("deliver.format.own")}
              <br />
              <span className={styles["quiet"]}>{text(`deliver.formatHint.${one}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {!sound && (
        <p>
          {text("deliver.picture")} {clip?.info.sound && text(`deliver.original.${use}`)}
        </p>
      )}
      <p className={styles["quiet"]}>{text(picks ? "deliver.way.picked" : "deliver.way.download")}</p>
      <button type="submit" data-main="">
        {text("deliver.save")}
      </button>
    </form>
  );
}
