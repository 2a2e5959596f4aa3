/** Plots as text: Observable Plot draws into a DOM that is made here, so that it is the same in Node and in browsers. */
import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escape } from "./escape.js";

/** Names of the axes of a plot, with units. */
export interface Axes {
  /** Below the plot. */
  readonly x: string;
  /** Left of the plot. */
  readonly y: string;
  /** How `y` grows. Default `"linear"`; `"log"` leaves out what is not above zero. */
  readonly yScale?: "linear" | "log";
}

/** Colours of series: Observable's ten, in their order, which can be told apart on white and on black. */
export const PALETTE = [
  "#4269d0",
  "#efb118",
  "#ff725c",
  "#6cc5b0",
  "#3ca951",
  "#ff8ab7",
  "#a463f2",
  "#97bbf5",
  "#9c6b4e",
  "#9498a0",
] as const;

/** Width of a plot in CSS pixels; it shrinks with the window. */
export const PLOT_WIDTH = 760;

/**
 * Draws a plot.
 *
 * @param about - what it shows, for those who do not see it
 * @param left - what was left out, in sentences; empty when nothing was
 */
export function draw(about: string, options: PlotOptions, left: readonly string[]): string {
  // A document each: what a plot adds to it goes with it.
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = plot({
    document: document as unknown as Document,
    width: PLOT_WIDTH,
    ariaLabel: about,
    ...options,
  });
  const note = left.length > 0 ? `<figcaption>${escape(left.join(" "))}</figcaption>` : "";
  return `<figure class="plot">${drawn.outerHTML}${note}</figure>`;
}

/** Says that there is nothing to draw, and why. */
export const empty = (left: readonly string[]): string =>
  `<p class="empty">${escape(["There is nothing to draw.", ...left].join(" "))}</p>`;

/** The sentence about what was left out of a series, if anything was. */
export const leftOut = (count: number, what: string, name: string, why: string): readonly string[] =>
  count === 0
    ? []
    : [`${count} ${what}${count === 1 ? "" : "s"} of “${name}” ${count === 1 ? "is" : "are"} ${why} and left out.`];

/** Room for the longest of some names left of a plot, in CSS pixels. */
export const roomFor = (names: readonly string[]): number =>
  Math.min(260, Math.max(48, 14 + 6.2 * names.reduce((most, name) => Math.max(most, shortened(name).length), 0)));

/** A name that fits left of a plot. */
export const shortened = (name: string): string => (name.length > 38 ? `${name.slice(0, 37)}…` : name);
