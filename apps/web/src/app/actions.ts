/** What keys do with an open project, wherever they are pressed: playing, moving in time, events, takes, undo. What only the timeline knows it handles itself. */
import { addEvent, chooseTake, eventsOf, moveEvent, removeEvent, setSeed } from "../document/commands.js";
import type { Cue } from "../document/document.js";
import { findCue, newId, randomSeed } from "../document/new-document.js";
import type { Gesture } from "../document/store.js";
import type { Handler } from "../shortcuts/dispatcher.js";
import type { ActionName } from "../shortcuts/table.js";
import { pointsOf } from "./points.js";
import type { Session } from "./session.js";

/** Fastest that J and L go. */
const FASTEST = 8;
/** Seconds of a fine step. */
const FINE = 0.01;
/** Pictures of a long step. */
const MANY = 10;
/** Seconds within which two times are one. */
const SAME = 1e-4;

/** The cue that is worked on: that of the selection, else the first. */
export function currentCue({ project, view }: Pick<Session, "project" | "view">): Cue | undefined {
  const { document } = project.store.getState();
  const { selection } = view.getState();
  return (selection && findCue(document, selection.cue)) ?? document.layers[0]?.cues[0];
}

/** Handlers of all actions that a session has. `onRelease` calls once, when the key that is held is let go. */
export function actionsOf(
  session: Session,
  onRelease: (then: () => void) => void = (then) => window.addEventListener("keyup", then, { once: true }),
): Readonly<Partial<Record<ActionName, Handler>>> {
  const { project, player, view } = session;
  const { store } = project;
  const frame = (): number => 1 / (session.clip?.info.frameRate ?? store.getState().document.source?.frameRate ?? 25);
  const duration = (): number => session.clip?.info.duration ?? store.getState().document.source?.duration ?? 0;
  const go = (seconds: number): void => player.seek(Math.min(duration(), Math.max(0, seconds)));
  /** Steps land on pictures, wherever one came from. */
  const step = (frames: number): void => {
    player.pause();
    go((Math.round(player.now() / frame()) + frames) * frame());
  };
  const shuttle =
    (sign: 1 | -1): Handler =>
    ({ held, repeated }) => {
      if (held.has("K")) return step(sign);
      if (repeated) return;
      const { playing, rate } = player.state;
      const faster = playing && Math.sign(rate) === sign ? Math.min(FASTEST, Math.abs(rate) * 2) : 1;
      player.shuttle(sign * faster);
    };
  const jump = (sign: 1 | -1): void => {
    const now = player.now();
    const points = pointsOf(store.getState().document, view.getState().found, duration());
    const next = sign > 0 ? points.find((point) => point > now + SAME) : points.findLast((point) => point < now - SAME);
    if (next !== undefined) go(next);
  };
  const mark = (edge: "start" | "end"): void => {
    const now = player.now();
    const { start, end } = view.getState().range ?? { start: 0, end: duration() };
    const range =
      edge === "start" ? { start: now, end: end > now ? end : duration() } : { start: start < now ? start : 0, end: now };
    view.setState({ range });
  };
  const selectedEvent = (): { readonly cue: Cue; readonly id: string; readonly time: number } | undefined => {
    const { selection, found } = view.getState();
    if (selection?.type !== "event") return undefined;
    const cue = findCue(store.getState().document, selection.cue);
    const event = cue && eventsOf(cue, found).find(({ id }) => id === selection.event);
    return cue && event && { cue, id: event.id, time: event.time };
  };
  // A held key is one entry of the undo list: the gesture lasts until the key is let go.
  let nudging: { readonly gesture: Gesture; readonly id: string } | undefined;
  const nudge =
    (by: () => number): Handler =>
    ({ repeated, byKey }) => {
      const event = selectedEvent();
      if (event === undefined) return false;
      if (!repeated || nudging?.id !== event.id) {
        const gesture = store.begin();
        nudging = { gesture, id: event.id };
        if (byKey) onRelease(() => gesture.commit());
      }
      nudging.gesture.preview(moveEvent(event.cue.id, view.getState().found, event.id, event.time + by()));
      if (!byKey) nudging.gesture.commit();
      return undefined;
    };
  const take = (by: 1 | -1): void => {
    const cue = currentCue(session);
    const next = cue?.takes[cue.takes.findIndex(({ id }) => id === cue.chosen) + by];
    if (cue && next) store.dispatch(chooseTake(cue.id, next.id));
  };
  const make = (another: boolean): void => {
    const cue = currentCue(session);
    if (cue === undefined) return;
    if (another && !cue.seedLocked) store.dispatch(setSeed(cue.id, randomSeed()));
    void session.make(cue.id);
  };

  return {
    play: () => (player.state.playing ? player.pause() : void player.play()),
    shuttleBack: shuttle(-1),
    shuttleOn: shuttle(1),
    shuttleStop: () => player.pause(),
    frameBack: () => step(-1),
    frameOn: () => step(1),
    framesBack: () => step(-MANY),
    framesOn: () => step(MANY),
    previousPoint: () => jump(-1),
    nextPoint: () => jump(1),
    toStart: () => go(0),
    toEnd: () => go(duration()),
    rangeIn: () => mark("start"),
    rangeOut: () => mark("end"),
    rangeClear: () => view.setState({ range: undefined, looping: false }),
    loop: () => {
      const { looping, range } = view.getState();
      view.setState({ looping: !looping, range: range ?? { start: 0, end: duration() } });
    },
    addEvent: () => {
      const cue = currentCue(session);
      if (cue === undefined) return;
      const id = newId("event");
      store.dispatch(addEvent(cue.id, view.getState().found, { time: player.now(), id }));
      view.setState({ selection: { type: "event", cue: cue.id, event: id } });
    },
    removeEvent: () => {
      const event = selectedEvent();
      if (event === undefined) return false;
      store.dispatch(removeEvent(event.cue.id, view.getState().found, event.id));
      view.setState({ selection: { type: "cue", cue: event.cue.id } });
      return undefined;
    },
    nudgeBack: nudge(() => -frame()),
    nudgeOn: nudge(frame),
    nudgeBackFine: nudge(() => -FINE),
    nudgeOnFine: nudge(() => FINE),
    snap: () => view.setState(({ snap }) => ({ snap: !snap })),
    make: () => make(false),
    another: () => make(true),
    makeRange: () => {
      const cue = currentCue(session);
      if (cue) void session.makeRange(cue.id);
    },
    previousTake: () => take(-1),
    nextTake: () => take(1),
    original: () => view.setState(({ listenToOriginal }) => ({ listenToOriginal: !listenToOriginal })),
    mute: () => view.setState(({ muted }) => ({ muted: !muted })),
    undo: () => store.undo(),
    redo: () => store.redo(),
  };
}
