/** Pointer and wheel on the timeline: scrubbing, dragging events, panning with the middle button, zooming at the pointer, pinching. */
import { addEvent, moveEvent, setEventStrength } from "../document/commands.js";
import type { EventMark } from "../document/document.js";
import type { FoleyEvent } from "../document/imports.js";
import { newId } from "../document/new-document.js";
import type { DocumentStore, Gesture } from "../document/store.js";
import { eventAt, type Row, rowAt } from "./layout.js";
import { type SnapPlace, snapped } from "./snapping.js";
import { panned, type TimelineView, timeAt, zoomed } from "./view.js";

/** What the pointer works on. */
export interface PointerHost {
  readonly store: DocumentStore;
  view(): TimelineView;
  setView(view: TimelineView): void;
  rows(): readonly Row[];
  events(): readonly EventMark[];
  cue(): string | undefined;
  found(): readonly FoleyEvent[] | undefined;
  /** Whether times land on things. */
  snaps(): boolean;
  /** What there is to land on, without one event. */
  places(without: string | undefined): readonly SnapPlace[];
  frameRate(): number;
  select(id: string | undefined): void;
  seek(seconds: number): void;
  /** Begins to scrub: what plays waits; gives back what ends it. */
  scrub(): () => void;
  /** Shows where a dragged thing has landed. */
  guide(seconds: number | undefined): void;
}

/** Pixels of movement from which a press is a drag. */
const DRAG = 4;
/** Pixels of a drag over the whole range of strengths. */
const STRENGTH_PIXELS = 80;
/** Wheel distance that doubles the zoom. */
const WHEEL_DOUBLE = 240;

interface Drag {
  move(x: number, y: number, event: PointerEvent): void;
  end(cancelled: boolean): void;
}

/** Listens on an element until `signal` says that it is over. */
export function listenToPointer(element: HTMLElement, host: PointerHost, signal: AbortSignal): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let drag: Drag | undefined;
  const place = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): { x: number; y: number } => {
    const box = element.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  };
  const stop = (cancelled: boolean): void => {
    drag?.end(cancelled);
    drag = undefined;
  };

  element.addEventListener(
    "pointerdown",
    (event) => {
      const at = place(event);
      pointers.set(event.pointerId, at);
      if (pointers.size === 2) {
        stop(true);
        drag = pinch(host, pointers);
        return;
      }
      if (event.button === 1) drag = pan(host, at.x);
      else if (event.button === 0) {
        const hit = eventAt(host.rows(), host.view(), host.events(), at);
        drag = hit ? dragEvent(host, hit, at) : scrub(host, at.x);
      } else return;
      if (event.button === 1) event.preventDefault();
      element.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      if (!pointers.has(event.pointerId)) return;
      const at = place(event);
      pointers.set(event.pointerId, at);
      drag?.move(at.x, at.y, event);
    },
    { signal },
  );
  const up = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId)) return;
    stop(event.type === "pointercancel");
  };
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  globalThis.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || drag === undefined) return;
      event.preventDefault();
      stop(true);
    },
    { signal, capture: true },
  );
  element.addEventListener(
    "dblclick",
    (event) => {
      const at = place(event);
      const cue = host.cue();
      if (rowAt(host.rows(), at.y)?.name !== "events" || cue === undefined) return;
      if (eventAt(host.rows(), host.view(), host.events(), at)) return;
      const id = newId("event");
      host.store.dispatch(
        addEvent(cue, host.found(), { time: landed(host, timeAt(host.view(), at.x), undefined, event.altKey), id }),
      );
      host.select(id);
      host.guide(undefined);
    },
    { signal },
  );
  element.addEventListener(
    "wheel",
    (event) => {
      const view = host.view();
      const unit = event.deltaMode === 1 ? 16 : 1;
      const next =
        event.ctrlKey || event.metaKey
          ? zoomed(view, 2 ** ((-event.deltaY * unit) / WHEEL_DOUBLE), place(event).x)
          : panned(view, (Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY) * unit);
      // What cannot scroll any further lets the page scroll, but a zoom is never the page's.
      if (next.start === view.start && next.pixelsPerSecond === view.pixelsPerSecond && !event.ctrlKey) return;
      event.preventDefault();
      host.setView(next);
    },
    { signal, passive: false },
  );
}

/** Where a time lands, with the line that says so. */
function landed(host: PointerHost, time: number, without: string | undefined, suspended: boolean): number {
  if (!host.snaps() || suspended) {
    host.guide(undefined);
    return time;
  }
  const { pixelsPerSecond } = host.view();
  const landing = snapped(time, host.places(without), { pixelsPerSecond, frameRate: host.frameRate() });
  host.guide(landing.kind === undefined || landing.kind === "frame" ? undefined : landing.time);
  return landing.time;
}

function scrub(host: PointerHost, x: number): Drag {
  const end = host.scrub();
  host.select(undefined);
  const go = (to: number): void => host.seek(timeAt(host.view(), to));
  go(x);
  return { move: go, end };
}

function pan(host: PointerHost, x: number): Drag {
  const view = host.view();
  return { move: (to) => host.setView(panned(view, x - to)), end: () => undefined };
}

function pinch(host: PointerHost, pointers: ReadonlyMap<number, { readonly x: number }>): Drag {
  const spread = (): { readonly width: number; readonly middle: number } => {
    const [a = 0, b = 0] = [...pointers.values()].map(({ x }) => x);
    return { width: Math.max(8, Math.abs(a - b)), middle: (a + b) / 2 };
  };
  const view = host.view();
  const begun = spread();
  return {
    move() {
      const now = spread();
      host.setView(zoomed(panned(view, begun.middle - now.middle), now.width / begun.width, now.middle));
    },
    end: () => undefined,
  };
}

/** Sideways moves an event, up and down makes it stronger or weaker: whichever comes first. All of a drag is one entry of the undo list. */
function dragEvent(host: PointerHost, event: EventMark, from: { readonly x: number; readonly y: number }): Drag {
  const cue = host.cue();
  let gesture: Gesture | undefined;
  let way: "time" | "strength" | undefined;
  host.select(event.id);
  host.seek(event.time);
  return {
    move(x, y, { altKey }) {
      const [right, down] = [x - from.x, y - from.y];
      if (cue === undefined || (way === undefined && Math.max(Math.abs(right), Math.abs(down)) < DRAG)) return;
      way ??= Math.abs(right) >= Math.abs(down) ? "time" : "strength";
      gesture ??= host.store.begin();
      if (way === "strength") {
        gesture.preview(setEventStrength(cue, host.found(), event.id, event.strength - down / STRENGTH_PIXELS));
        return;
      }
      const time = landed(host, event.time + right / host.view().pixelsPerSecond, event.id, altKey);
      gesture.preview(moveEvent(cue, host.found(), event.id, time));
      host.seek(time);
    },
    end(cancelled) {
      host.guide(undefined);
      if (cancelled) gesture?.cancel();
      else gesture?.commit();
    },
  };
}
