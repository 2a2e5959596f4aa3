/** The event that is selected, as numbers. */
import { useSession, useView } from "../../app/use-session.js";
import { eventsOf, moveEvent, removeEvent, setEventStrength } from "../../document/commands.js";
import type { Cue } from "../../document/document.js";
import { text } from "../../strings/text.js";
import { NumberField } from "../common/NumberField.js";
import { RangeField } from "../common/RangeField.js";
import styles from "./Inspector.module.css";

/** Time, strength and kind of the selected event; nothing where none is selected. */
export function SelectedEvent({ cue, readOnly }: { readonly cue: Cue; readonly readOnly: boolean }) {
  const { project, view } = useSession();
  const selection = useView((state) => state.selection);
  const found = useView((state) => state.found);
  if (selection?.type !== "event") return null;
  const events = eventsOf(cue, found);
  const index = events.findIndex(({ id }) => id === selection.event);
  const event = events[index];
  if (event === undefined) return null;
  return (
    <fieldset className={styles["event"]}>
      <legend>{text("inspector.event", { number: index + 1 })}</legend>
      <div className={styles["row"]}>
        <span aria-hidden="true">{text("inspector.eventTime")}</span>
        <NumberField
          label={text("inspector.eventTime")}
          {...{ value: event.time, digits: 3, step: 0.01, readOnly }}
          onNumber={(seconds) => project.store.dispatch(moveEvent(cue.id, found, event.id, seconds))}
        />
      </div>
      <RangeField
        label={text("inspector.eventStrength")}
        {...{ value: event.strength, range: [0.01, 1], step: 0.01, digits: 2, readOnly }}
        make={(value) => setEventStrength(cue.id, found, event.id, value)}
      />
      <p className={styles["quiet"]}>
        {text("inspector.eventSource", {
          kind: event.kind ?? text("inspector.eventKindUnknown"),
          source: text(`inspector.eventSource.${event.source}`),
        })}
      </p>
      <button
        type="button"
        disabled={readOnly}
        onClick={() => {
          view.setState({ selection: { type: "cue", cue: cue.id } });
          project.store.dispatch(removeEvent(cue.id, found, event.id));
        }}
      >
        {text("inspector.eventRemove")}
      </button>
    </fieldset>
  );
}
