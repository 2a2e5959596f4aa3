/**
 * Reports as one HTML file: tables, plots, onset overlays and players, with nothing to load from elsewhere.
 * @module
 */
export { escape } from "./escape.js";
export { type Histogram, histogram } from "./histogram.js";
export { type Line, lines } from "./lines.js";
export { type OnsetOverlay, type OnsetRow, onsets } from "./onsets.js";
export { type Page, page, type Section } from "./page.js";
export { type Player, player } from "./player.js";
export type { Axes } from "./plot.js";
export { type Cell, numberText, table } from "./table.js";
