/** What an encoder says over time, and the events that were picked from it: as an SVG, and as a page with a table. */

import type { FoundEvents } from "@foley-control/pipeline/node";
import { escape, page, table } from "@foley-control/report";

const WIDTH = 960;
const HEIGHT = 260;
const MARGIN = { left: 44, right: 12, top: 14, bottom: 34 } as const;
/** Logits beyond say nothing more. */
const FLOOR = 6;
/** Points of the curve at most: of what falls together the highest stays. */
const POINTS = 1600;

/** A picture of the curve, its threshold, and a stem as high as its strength for every event. */
export function eventsSvg({ events, curve, threshold }: FoundEvents): string {
  const { start, frameRate, logits } = curve;
  const seconds = Math.max(logits.length, 1) / frameRate;
  const [inner, height] = [WIDTH - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom];
  const x = (time: number): string => (MARGIN.left + (inner * (time - start)) / seconds).toFixed(1);
  const low = threshold - FLOOR;
  const y = (logit: number): string =>
    (MARGIN.top + height * (1 - (Math.min(threshold + FLOOR, Math.max(low, logit)) - low) / (2 * FLOOR))).toFixed(1);
  const bottom = HEIGHT - MARGIN.bottom;
  const each = Math.max(1, Math.ceil(logits.length / POINTS));
  const points = Array.from({ length: Math.ceil(logits.length / each) }, (_, i) => {
    const highest = logits.subarray(i * each, (i + 1) * each).reduce((most, logit) => Math.max(most, logit), -Infinity);
    return `${x(start + ((i + 0.5) * each) / frameRate)},${y(highest)}`;
  });
  const stems = events.map(({ time, strength, kind }) => {
    const top = (bottom - height * strength).toFixed(1);
    const title = escape(`${time.toFixed(3)} s, strength ${strength.toFixed(2)}${kind === undefined ? "" : `, ${kind}`}`);
    return `<g><title>${title}</title><path d="M${x(time)} ${bottom}V${top}" stroke="#d1495b" stroke-width="2"/><circle cx="${x(time)}" cy="${top}" r="4" fill="#d1495b"/></g>`;
  });
  const unit = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 3600].find((step) => seconds / step <= 12) ?? 7200;
  const ticks = Array.from({ length: Math.floor((start + seconds) / unit) + 1 }, (_, i) => i * unit)
    .filter((time) => time >= start)
    .map((time) => `<text x="${x(time)}" y="${bottom + 18}" text-anchor="middle">${Number(time.toFixed(2))} s</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#777" role="img" aria-label="${events.length} events over ${seconds.toFixed(1)} s">
<path d="M${MARGIN.left} ${bottom}H${WIDTH - MARGIN.right}" stroke="#777"/>
<path d="M${MARGIN.left} ${y(threshold)}H${WIDTH - MARGIN.right}" stroke="#777" stroke-dasharray="4 4"><title>threshold</title></path>
<text x="${MARGIN.left - 6}" y="${y(threshold)}" text-anchor="end">${Number(threshold.toFixed(2))}</text>
<text x="${MARGIN.left - 6}" y="${MARGIN.top + 8}" text-anchor="end">logit</text>
<polyline points="${points.join(" ")}" fill="none" stroke="#4269d0" stroke-width="1.4"/>
${[...stems, ...ticks].join("\n")}
</svg>
`;
}

/** The same as a page that needs nothing from anywhere. */
export function eventsPage(found: FoundEvents, clip: string): string {
  const { events, threshold, encoder } = found;
  const rows = events.map(({ time, strength, place, kind }) => [
    Number(time.toFixed(3)),
    Number(strength.toFixed(2)),
    place && Number(place.x.toFixed(2)),
    place && Number(place.y.toFixed(2)),
    kind,
  ]);
  return page({
    title: `Events in ${clip}`,
    lead: `${events.length} events, found by ${encoder} from a logit of ${Number(threshold.toFixed(3))} on.`,
    sections: [
      {
        heading: "Over time",
        note: "The curve says how likely a contact is; a stem is an event, as high as it is strong.",
        body: `<figure class="plot">${eventsSvg(found)}</figure>`,
      },
      { heading: "One by one", body: table(["time (s)", "strength", "x", "y", "kind"], rows) },
    ],
  });
}
