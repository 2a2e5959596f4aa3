/** The marks of the ruler: round distances in the unit that is shown, labels as close as they are readable. */
import { shownTime, type TimeUnit } from "./timecode.js";
import type { TimelineView } from "./view.js";

/** One mark. */
export interface RulerMark {
  readonly time: number;
  /** Only large marks have one. */
  readonly label: string | undefined;
}

/** Pixels that a label needs. */
const LABEL = 92;
const SECONDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
];
const FRAMES = [1, 2, 5, 10];

/** Distances that may lie between labels, seconds, rising: whole pictures up to a second, then round times. */
function distances(unit: TimeUnit, frameRate: number): readonly number[] {
  if (unit === "seconds") return SECONDS;
  if (unit === "frames")
    return [...FRAMES, ...[2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].map((value) => value * 10)].map(
      (frames) => frames / frameRate,
    );
  const second = Math.max(1, Math.round(frameRate)) / frameRate;
  return [
    ...FRAMES.filter((frames) => frames * 2 <= frameRate).map((frames) => frames / frameRate),
    ...SECONDS.filter((value) => value >= 1).map((value) => value * second),
  ];
}

/** The marks of a view. */
export function rulerMarks(view: TimelineView, frameRate: number, unit: TimeUnit): readonly RulerMark[] {
  const all = distances(unit, frameRate);
  const index = all.findIndex((distance) => distance * view.pixelsPerSecond >= LABEL);
  const large = all[index < 0 ? all.length - 1 : index] as number;
  // Small marks divide the large distance by the finest of 10, 5, 2 that leaves eight pixels.
  const parts =
    [10, 5, 2].find(
      (count) => (large / count) * view.pixelsPerSecond >= 8 && (unit === "seconds" || wholeFrames(large / count, frameRate)),
    ) ?? 1;
  const step = large / parts;
  const end = Math.min(view.duration, view.start + view.width / view.pixelsPerSecond);
  const marks: RulerMark[] = [];
  for (let i = Math.max(0, Math.ceil(view.start / step - parts)); i * step <= end + 1e-9; i++) {
    const time = i * step;
    marks.push({ time, label: i % parts === 0 ? shownTime(time, frameRate, unit) : undefined });
  }
  return marks;
}

const wholeFrames = (seconds: number, frameRate: number): boolean =>
  Math.abs(seconds * frameRate - Math.round(seconds * frameRate)) < 1e-6;
