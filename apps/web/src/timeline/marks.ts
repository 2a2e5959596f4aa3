/**
 * A button for each event, over the canvas: what a keyboard and a screen reader take hold of. One of them is a tab stop; arrows go to the next in
 * time. Only those near the view are in the page.
 */
import type { EventMark } from "../document/document.js";
import { text } from "../strings/text.js";
import { EVENT_REACH, type Row } from "./layout.js";
import type { Lens, LensPair } from "./lens.js";
import { shownTime, type TimeUnit } from "./timecode.js";
import { type TimelineView, xOf } from "./view.js";

/** What the buttons show. */
export interface MarksState {
  readonly events: readonly EventMark[];
  readonly lens: Lens;
  readonly selected: string | undefined;
  readonly frameRate: number;
  readonly unit: TimeUnit;
  readonly view: TimelineView;
  readonly row: Row | undefined;
}

/** What the buttons do. */
export interface MarksHandlers {
  select(id: string): void;
  /** A step of its strength, up or down; `held` while the key repeats. */
  strengthen(id: string, by: number, held: boolean): void;
}

/** How an event is called by who cannot see it. */
export function eventLabel(
  event: EventMark,
  number: number,
  pair: LensPair | undefined,
  { frameRate, unit, sounds }: Pick<MarksState, "frameRate" | "unit"> & { readonly sounds: boolean },
): string {
  const name = text("timeline.event", {
    number,
    time: shownTime(event.time, frameRate, unit),
    strength: Math.round(event.strength * 100),
  });
  const kind = event.kind === undefined ? "" : `, ${event.kind}`;
  if (!sounds || pair === undefined) return name + kind;
  const ms = Math.abs(Math.round((pair.lag ?? 0) * 1000));
  return `${name}${kind}, ${text(`timeline.${pair.state}`, { ms })}`;
}

/** The buttons. */
export interface Marks {
  update(state: MarksState): void;
}

/** Strength of a step by key. */
const STEP = 0.05;

/** Puts the buttons into an element. */
export function createMarks(container: HTMLElement, { select, strengthen }: MarksHandlers): Marks {
  container.setAttribute("role", "toolbar");
  container.setAttribute("aria-label", text("timeline.events"));
  const buttons = new Map<string, HTMLButtonElement>();
  let state: MarksState | undefined;

  const go = (id: string | undefined): void => {
    if (id === undefined) return;
    select(id);
    // Choosing it may have moved the view, which puts its button into the page.
    buttons.get(id)?.focus();
  };
  container.addEventListener("keydown", (event) => {
    const id = (event.target as HTMLElement).dataset["event"];
    const events = state?.events ?? [];
    const index = events.findIndex((one) => one.id === id);
    if (id === undefined || index < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: events.length - 1 }[event.key];
    if (to !== undefined) go(events[to]?.id);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown")
      strengthen(id, event.key === "ArrowUp" ? STEP : -STEP, event.repeat);
    else return;
    event.preventDefault();
  });
  container.addEventListener("click", ({ target, detail }) => {
    const id = (target as HTMLElement).dataset["event"];
    // The pointer chooses when it is pressed; this is for keys and screen readers.
    if (id !== undefined && detail === 0) select(id);
  });
  const buttonOf = (id: string): HTMLButtonElement => {
    let button = buttons.get(id);
    if (button === undefined) {
      button = document.createElement("button");
      button.type = "button";
      button.dataset["event"] = id;
      buttons.set(id, button);
      container.append(button);
    }
    return button;
  };
  return {
    update(next) {
      state = next;
      const { events, lens, selected, frameRate, unit, view, row } = next;
      const sounds = lens.sounding + lens.extra.length > 0;
      const shown = new Set<string>();
      const stop = events.some(({ id }) => id === selected) ? selected : events.find(({ time }) => xOf(view, time) >= 0)?.id;
      let lost = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["event"] : undefined;
      for (const [index, event] of events.entries()) {
        const x = xOf(view, event.time);
        if ((x < -view.width || x > 2 * view.width) && event.id !== stop) continue;
        shown.add(event.id);
        if (event.id === lost) lost = undefined;
        const button = buttonOf(event.id);
        setOnce(button, "aria-label", eventLabel(event, index + 1, lens.pairs[index], { frameRate, unit, sounds }));
        setOnce(button, "aria-pressed", String(event.id === selected));
        setOnce(button, "tabindex", event.id === stop ? "0" : "-1");
        button.style.transform = `translate(${(x - EVENT_REACH).toFixed(1)}px, ${row?.top ?? 0}px)`;
      }
      for (const [id, button] of buttons)
        if (!shown.has(id)) {
          buttons.delete(id);
          button.remove();
        }
      // Who removes the event that has the focus goes on with its neighbour.
      if (lost !== undefined && stop !== undefined) buttons.get(stop)?.focus();
    },
  };
}

function setOnce(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
