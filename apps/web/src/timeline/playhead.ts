/** The playhead: a line over the canvas that moves without painting, and a slider for who steers by keys. */
import { text } from "../strings/text.js";
import { shownTime, type TimeUnit } from "./timecode.js";
import { type TimelineView, xOf } from "./view.js";

/** How a place of the playhead is told. */
export interface PlayheadOptions {
  readonly playing: boolean;
  readonly frameRate: number;
  readonly unit: TimeUnit;
}

/** The playhead. */
export interface Playhead {
  place(seconds: number, view: TimelineView, options: PlayheadOptions): void;
}

/** Seconds between two times that are told while it plays: a screen reader cannot say more. */
const TELL_EVERY = 1;
/** Seconds of a page key. */
const PAGE = 1;

/** Makes an element the playhead. */
export function createPlayhead(element: HTMLElement, seekBy: (seconds: number) => void): Playhead {
  element.setAttribute("role", "slider");
  element.setAttribute("aria-label", text("timeline.playhead"));
  element.setAttribute("aria-valuemin", "0");
  element.tabIndex = 0;
  element.addEventListener("keydown", (event) => {
    const by = { PageUp: PAGE, PageDown: -PAGE }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    seekBy(by);
  });
  let told = Number.NaN;
  return {
    place(seconds, view, { playing, frameRate, unit }) {
      element.style.transform = `translateX(${xOf(view, seconds).toFixed(1)}px)`;
      if (playing && Math.abs(seconds - told) < TELL_EVERY) return;
      told = seconds;
      element.setAttribute("aria-valuemax", view.duration.toFixed(3));
      element.setAttribute("aria-valuenow", seconds.toFixed(3));
      element.setAttribute("aria-valuetext", shownTime(seconds, frameRate, unit));
    },
  };
}
