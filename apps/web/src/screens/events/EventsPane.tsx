/** The events of the cue as a table: all that can be done with them by mouse in the timeline is done here by keys and numbers. */
import { useMemo, useRef } from "react";
import { useStore } from "zustand";
import { currentCue } from "../../app/actions.js";
import { useDocument, useSession, useView } from "../../app/use-session.js";
import { addEvent, moveEvent, removeEvent, resetEvents, setEventStrength } from "../../document/commands.js";
import type { Cue, EventMark } from "../../document/document.js";
import { findCue, newId } from "../../document/new-document.js";
import { text } from "../../strings/text.js";
import type { LensPair } from "../../timeline/lens.js";
import { createModels } from "../../timeline/model.js";
import { signed } from "../../timeline/timecode.js";
import { Icon } from "../common/Icon.js";
import { NumberField } from "../common/NumberField.js";
import { TimeField } from "../common/TimeField.js";
import { useInSight } from "../common/use-in-sight.js";
import { useKeyTitle } from "../common/use-key-title.js";
import styles from "./EventsPane.module.css";
import { SelectedEvent } from "./SelectedEvent.js";

/** Events that are shown at once; more would make the page slow, and the timeline shows them all. */
const MOST_SHOWN = 300;

/** The table. */
export function EventsPane() {
  const session = useSession();
  const { project, player, view } = session;
  const selection = useView((state) => state.selection);
  const cue = useDocument((document) => (selection && findCue(document, selection.cue)) ?? currentCue(session));
  const found = useView((state) => state.found);
  const readOnly = useStore(project.store, (state) => state.readOnly);
  const frameRate = useDocument(({ source }) => source?.frameRate) ?? 25;
  const modelOf = useMemo(createModels, []);
  const addTitle = useKeyTitle(text("events.add"), "addEvent");
  if (cue === undefined) return null;
  const { events, lens } = modelOf(cue, found, frameRate);
  const add = (): void => {
    const id = newId("event");
    project.store.dispatch(addEvent(cue.id, found, { time: player.now(), id }));
    view.setState({ selection: { type: "event", cue: cue.id, event: id } });
  };
  return (
    <section className={styles["pane"]} aria-labelledby="events-title">
      <header>
        <h2 id="events-title">{text("events.title")}</h2>
        <button type="button" title={addTitle} disabled={readOnly} onClick={add}>
          {text("events.add")}
        </button>
      </header>
      {events.length === 0 ? (
        <p>{text(found === undefined && session.clip !== undefined ? "events.looking" : "events.none")}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{text("events.time")}</th>
              <th scope="col">{text("events.strength")}</th>
              <th scope="col">{text("events.sync")}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {events.slice(0, MOST_SHOWN).map((event, index) => (
              <Row
                key={event.id}
                {...{ cue, event, readOnly, frameRate }}
                number={index + 1}
                pair={lens.pairs[index]}
                selected={selection?.type === "event" && selection.event === event.id}
              />
            ))}
          </tbody>
        </table>
      )}
      {events.length > MOST_SHOWN && <p>{text("events.more", { count: events.length - MOST_SHOWN })}</p>}
      <SelectedEvent {...{ cue, readOnly }} />
      {(found !== undefined || cue.events !== undefined) && (
        <button
          type="button"
          className={styles["reset"]}
          disabled={readOnly || cue.events === undefined}
          onClick={() => project.store.dispatch(resetEvents(cue.id))}
        >
          {text("events.reset")}
        </button>
      )}
    </section>
  );
}

function Row({
  cue,
  event,
  number,
  pair,
  selected,
  readOnly,
  frameRate,
}: {
  readonly cue: Cue;
  readonly event: EventMark;
  readonly number: number;
  readonly pair: LensPair | undefined;
  readonly selected: boolean;
  readonly readOnly: boolean;
  readonly frameRate: number;
}) {
  const { project, player, view } = useSession();
  const { found } = view.getState();
  const { id, time, strength } = event;
  const select = (): void => view.setState({ selection: { type: "event", cue: cue.id, event: id } });
  const row = useRef<HTMLTableRowElement>(null);
  useInSight(row, selected);
  return (
    <tr ref={row} aria-selected={selected} data-selected={selected} onFocus={select}>
      <td className={styles["number"]}>{number}</td>
      <td>
        <TimeField
          label={text("events.timeOf", { number })}
          {...{ value: time, readOnly }}
          onTime={(seconds) => project.store.dispatch(moveEvent(cue.id, found, id, seconds))}
        />
        {event.kind !== undefined && <small>{event.kind}</small>}
      </td>
      <td>
        <NumberField
          label={text("events.strengthOf", { number })}
          {...{ value: strength, digits: 2, step: 0.05, readOnly }}
          onNumber={(value) => project.store.dispatch(setEventStrength(cue.id, found, id, value))}
        />
      </td>
      <td>
        {pair?.lag === undefined ? (
          "–"
        ) : (
          <>
            {text("events.late", { late: signed(pair.lag * 1000, 0) })}
            <small>{text("events.lateFrames", { late: signed(pair.lag * frameRate, 1) })}</small>
          </>
        )}
      </td>
      <td>
        <button type="button" aria-label={text("events.goTo", { number })} onClick={() => player.seek(time)}>
          <Icon name="go" />
        </button>
        <button
          type="button"
          disabled={readOnly}
          aria-label={text("events.remove", { number })}
          onClick={() => {
            view.setState({ selection: { type: "cue", cue: cue.id } });
            project.store.dispatch(removeEvent(cue.id, found, id));
          }}
        >
          <Icon name="remove" />
        </button>
      </td>
    </tr>
  );
}
