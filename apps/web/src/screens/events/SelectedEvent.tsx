/** The event that is selected, as numbers and a word. */
import { useEffect, useId, useRef } from "react";
import { shortcuts } from "../../app/shortcuts.js";
import { useSession, useView } from "../../app/use-session.js";
import { eventsOf, moveEvent, removeEvent, setEventKind, setEventStrength } from "../../document/commands.js";
import type { Cue, EventMark } from "../../document/document.js";
import { text } from "../../strings/text.js";
import { RangeField } from "../common/RangeField.js";
import { TimeField } from "../common/TimeField.js";
import { useGestureField } from "../common/use-gesture-field.js";
import styles from "./EventsPane.module.css";

/** Words that are offered; any other may be written. */
const KINDS = ["hit", "step", "drop", "bounce", "scrape", "splash", "break", "close"] as const;

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
      <div className={styles["field"]}>
        <span aria-hidden="true">{text("inspector.eventTime")}</span>
        <TimeField
          label={text("inspector.eventTime")}
          {...{ value: event.time, readOnly }}
          onTime={(seconds) => project.store.dispatch(moveEvent(cue.id, found, event.id, seconds))}
        />
      </div>
      <Kind key={event.id} {...{ cue, event, events, readOnly }} />
      <div className={styles["wide"]}>
        <RangeField
          label={text("inspector.eventStrength")}
          {...{ value: event.strength, range: [0.01, 1], step: 0.01, digits: 2, readOnly }}
          make={(value) => setEventStrength(cue.id, found, event.id, value)}
        />
      </div>
      <div className={`${styles["wide"]} ${styles["last"]}`}>
        <p>{text(`inspector.eventSource.${event.source}`)}</p>
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
      </div>
    </fieldset>
  );
}

/** What happens there: a word of a menu, or any other. */
function Kind({
  cue,
  event,
  events,
  readOnly,
}: {
  readonly cue: Cue;
  readonly event: EventMark;
  readonly events: readonly EventMark[];
  readonly readOnly: boolean;
}) {
  const found = useView((state) => state.found);
  const field = useGestureField(event.kind ?? "", (kind) => setEventKind(cue.id, found, event.id, kind));
  const input = useRef<HTMLInputElement>(null);
  const [id, list] = [useId(), useId()];
  useEffect(
    () =>
      shortcuts.handle("eventKind", () => {
        input.current?.focus();
        input.current?.select();
      }),
    [],
  );
  const offered = new Set([...events.flatMap(({ kind }) => kind ?? []), ...KINDS]);
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{text("inspector.eventKind")}</label>
      <input ref={input} type="text" maxLength={60} {...{ id, list, readOnly }} {...field} />
      <datalist id={list}>
        {[...offered].map((kind) => (
          <option key={kind} value={kind} />
        ))}
      </datalist>
    </div>
  );
}
