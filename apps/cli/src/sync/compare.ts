/** Events against onsets: pairs, what is left over, and how it is shown. */
import { matchOnsets, type OnsetMatching } from "@foley-control/signal";
import { type Cell, type Colour, table } from "../terminal/style.js";

/** Events, onsets, and how they pair. */
export interface Comparison {
  readonly events: readonly number[];
  readonly onsets: readonly number[];
  readonly toleranceSeconds: number;
  readonly matching: OnsetMatching;
}

/** One film frame: at most this far apart counts as together, ms. */
const FRAME_MS = 1000 / 24;
/** ITU-R BT.1359-1: viewers notice sound that comes earlier than the first or later than the second, ms. */
const DETECTABLE_MS = { early: -45, late: 125 } as const;

/** Pairs onsets with events. */
export function compareOnsets(onsets: readonly number[], events: readonly number[], toleranceSeconds: number): Comparison {
  return { events, onsets, toleranceSeconds, matching: matchOnsets(onsets, events, toleranceSeconds) };
}

/** Colour of a lag (sound minus picture) in ms. */
export function lagColour(ms: number): Colour {
  if (Math.abs(ms) <= FRAME_MS) return "green";
  return ms >= DETECTABLE_MS.early && ms <= DETECTABLE_MS.late ? "yellow" : "red";
}

/** Milliseconds with a sign. */
const signed = (ms: number): string => `${ms < 0 ? "−" : "+"}${Math.abs(Math.round(ms))}`;

/** A table in order of time, and a line of totals. */
export function comparisonText(
  { events, onsets, toleranceSeconds, matching }: Comparison,
  paint: (text: string, colour: Colour) => string,
): string {
  const seconds = (time: number) => time.toFixed(3);
  const rows: { time: number; cells: readonly Cell[] }[] = matching.matches.map(({ detected, truth, lag }) => ({
    time: events[truth] as number,
    cells: [
      seconds(events[truth] as number),
      seconds(onsets[detected] as number),
      { text: `${signed(1000 * lag)} ms`, colour: lagColour(1000 * lag) },
    ],
  }));
  events.forEach((time, index) => {
    if (!matching.matches.some(({ truth }) => truth === index))
      rows.push({ time, cells: [seconds(time), "", { text: "no sound", colour: "red" }] });
  });
  onsets.forEach((time, index) => {
    if (!matching.matches.some(({ detected }) => detected === index))
      rows.push({ time, cells: ["", seconds(time), { text: "nothing seen", colour: "dim" }] });
  });
  rows.sort((a, b) => a.time - b.time);
  const shown = table(
    ["seen at (s)", "heard at (s)", "sound is"],
    rows.map(({ cells }) => cells),
    paint,
  );
  const { paired, truth, detected, f1, meanAbsoluteLag } = matching;
  const lag = paired > 0 ? `, ${Math.round(1000 * meanAbsoluteLag)} ms apart on average` : "";
  return `${shown}\n${paired} of ${truth} events have their sound within ${Math.round(1000 * toleranceSeconds)} ms${lag}; ${detected - paired} onsets without an event. F1 ${f1.toFixed(2)}\n`;
}

/** The same as data. */
export function comparisonJson({ events, onsets, toleranceSeconds, matching }: Comparison): Record<string, unknown> {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    toleranceMs: 1000 * toleranceSeconds,
    events,
    onsets,
    pairs: matching.matches.map(({ detected, truth, lag }) => ({
      event: events[truth],
      onset: onsets[detected],
      lagMs: 1000 * lag,
    })),
    precision: matching.precision,
    recall: matching.recall,
    f1: matching.f1,
    meanLagMs: finite(1000 * matching.meanLag),
    meanAbsoluteLagMs: finite(1000 * matching.meanAbsoluteLag),
  };
}
