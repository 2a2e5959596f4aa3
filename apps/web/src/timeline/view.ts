/** Which stretch of time the timeline shows, and the ways to another. Pure; x is in CSS pixels from the left edge. */

/** The stretch that is shown. */
export interface TimelineView {
  /** Seconds at the left edge. */
  readonly start: number;
  readonly pixelsPerSecond: number;
  /** CSS pixels. */
  readonly width: number;
  /** Seconds there are. */
  readonly duration: number;
}

/** Closest zoom: a millisecond is five pixels. */
export const CLOSEST = 5000;
/** Pixels beside the clip when all of it is shown. */
export const MARGIN = 12;

/** Zoom at which all of it is seen. */
export const fitScale = ({ width, duration }: Pick<TimelineView, "width" | "duration">): number =>
  Math.max(1, width - 2 * MARGIN) / Math.max(0.1, duration);

/** Where a time is drawn. */
export const xOf = ({ start, pixelsPerSecond }: TimelineView, seconds: number): number => (seconds - start) * pixelsPerSecond;

/** The time at a place. */
export const timeAt = ({ start, pixelsPerSecond }: TimelineView, x: number): number => start + x / pixelsPerSecond;

/** The same, within its limits: never further out than all of it, never beyond its ends by more than the margin. */
export function limited(view: TimelineView): TimelineView {
  const pixelsPerSecond = Math.min(Math.max(view.pixelsPerSecond, fitScale(view)), Math.max(CLOSEST, fitScale(view)));
  const margin = MARGIN / pixelsPerSecond;
  const latest = view.duration + margin - view.width / pixelsPerSecond;
  return { ...view, pixelsPerSecond, start: Math.max(-margin, Math.min(view.start, latest)) };
}

/** All of it. */
export const fitted = (view: TimelineView): TimelineView => limited({ ...view, start: 0, pixelsPerSecond: 0 });

/** Closer by a factor, with the time at `x` staying there. */
export function zoomed(view: TimelineView, factor: number, x: number): TimelineView {
  const { pixelsPerSecond } = limited({ ...view, pixelsPerSecond: view.pixelsPerSecond * factor });
  return limited({ ...view, pixelsPerSecond, start: timeAt(view, x) - x / pixelsPerSecond });
}

/** Moved by pixels; positive shows what is later. */
export const panned = (view: TimelineView, pixels: number): TimelineView =>
  limited({ ...view, start: view.start + pixels / view.pixelsPerSecond });

/** A stretch over the whole width. */
export const shows = (view: TimelineView, start: number, end: number): TimelineView => {
  const pixelsPerSecond = (view.width - 2 * MARGIN) / Math.max(0.01, end - start);
  const closest = limited({ ...view, pixelsPerSecond });
  return limited({ ...closest, start: (start + end - view.width / closest.pixelsPerSecond) / 2 });
};

/** Turned like a page when a time has run out of sight; else the same. */
export function following(view: TimelineView, seconds: number): TimelineView {
  const x = xOf(view, seconds);
  if (x >= 0 && x <= view.width - MARGIN) return view;
  return limited({ ...view, start: seconds - 0.1 * (view.width / view.pixelsPerSecond) });
}
