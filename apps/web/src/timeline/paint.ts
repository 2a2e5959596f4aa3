/**
 * Paints the timeline on a canvas, row by row, from plain data; the waveforms come as tiles. It reads nothing else and keeps nothing, so that it can
 * be watched on a recording canvas. What it draws is told by shape and words, not by colour alone.
 */
import type { Film, FilmSlot } from "./film.js";
import type { Row } from "./layout.js";
import { type Lens, shownLag } from "./lens.js";
import type { RulerMark } from "./ruler.js";
import { type TimelineView, xOf } from "./view.js";

/** What can be drawn on: a canvas, or one that records. */
export type PaintContext = Pick<
  CanvasRenderingContext2D,
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "font"
  | "textAlign"
  | "textBaseline"
  | "globalAlpha"
  | "fillRect"
  | "clearRect"
  | "fillText"
  | "strokeRect"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "closePath"
  | "stroke"
  | "fill"
  | "arc"
  | "drawImage"
  | "save"
  | "restore"
  | "rect"
  | "clip"
  | "setLineDash"
>;

/** Colours of the theme. */
export interface TimelineColours {
  readonly ground: string;
  readonly surface: string;
  readonly line: string;
  readonly text: string;
  readonly quiet: string;
  readonly accent: string;
  readonly event: string;
  readonly onset: string;
  readonly good: string;
  readonly bad: string;
}

/** An event as it is drawn. */
export interface PaintedEvent {
  readonly id: string;
  readonly time: number;
  readonly strength: number;
}

/** A tile of a waveform, and where its left edge lies. */
export interface PaintedTile {
  readonly image: CanvasImageSource;
  readonly start: number;
  /** CSS pixels. */
  readonly width: number;
}

/** All that is seen. */
export interface TimelineScene {
  readonly view: TimelineView;
  readonly rows: readonly Row[];
  readonly colours: TimelineColours;
  readonly frameRate: number;
  readonly marks: readonly RulerMark[];
  readonly slots: readonly FilmSlot[];
  readonly film: Pick<Film, "picture"> | undefined;
  readonly tiles: { readonly original: readonly PaintedTile[]; readonly take: readonly PaintedTile[] };
  readonly motion: { readonly values: Float32Array; readonly perSecond: number } | undefined;
  readonly events: readonly PaintedEvent[];
  readonly onsets: readonly number[];
  readonly lens: Lens;
  readonly selected: string | undefined;
  /** The stretch that is looped. */
  readonly range: { readonly start: number; readonly end: number } | undefined;
  /** Where a dragged thing has landed. */
  readonly guide: number | undefined;
}

/** Paints all of it. */
export function paintTimeline(context: PaintContext, scene: TimelineScene): void {
  const { view, rows, colours } = scene;
  const height = rows.reduce((most, row) => Math.max(most, row.top + row.height), 0);
  context.clearRect(0, 0, view.width, height);
  for (const row of rows) {
    context.fillStyle = row.name === "ruler" || row.name === "lens" ? colours.ground : colours.surface;
    context.fillRect(0, row.top, view.width, row.height);
    context.save();
    context.beginPath();
    context.rect(0, row.top, view.width, row.height);
    context.clip();
    painters[row.name](context, scene, row);
    context.restore();
  }
  // What lies behind the end of the clip is no part of it.
  const end = xOf(view, view.duration);
  context.globalAlpha = 0.5;
  context.fillStyle = colours.ground;
  context.fillRect(end, 0, Math.max(0, view.width - end), height);
  context.globalAlpha = 1;
  if (scene.range) outline(context, scene, xOf(view, scene.range.start), xOf(view, scene.range.end), height);
  if (scene.guide !== undefined) {
    context.strokeStyle = colours.accent;
    context.setLineDash([4, 3]);
    line(context, xOf(view, scene.guide), 0, xOf(view, scene.guide), height);
    context.setLineDash([]);
  }
}

/** Pixels of a letter of the ruler's labels. */
const LABEL_WIDTH = 6.7;

type RowPainter = (context: PaintContext, scene: TimelineScene, row: Row) => void;

const painters: Readonly<Record<Row["name"], RowPainter>> = {
  ruler(context, { view, marks, colours }, { top, height }) {
    context.font = "11px ui-monospace, monospace";
    context.textAlign = "left";
    context.textBaseline = "top";
    context.strokeStyle = colours.quiet;
    context.fillStyle = colours.text;
    context.lineWidth = 1;
    for (const { time, label } of marks) {
      const x = Math.round(xOf(view, time)) + 0.5;
      line(context, x, top + height - (label === undefined ? 5 : 10), x, top + height);
      // Half a label at the edge says something else than a whole one.
      if (label !== undefined && x + 3 + label.length * LABEL_WIDTH <= view.width) context.fillText(label, x + 3, top + 3);
    }
  },
  film(context, { view, slots, film, colours }, { top, height }) {
    context.fillStyle = colours.line;
    for (const slot of slots) {
      const x = xOf(view, slot.time);
      const picture = film?.picture(slot);
      if (picture === undefined) context.fillRect(x, top + 2, Math.max(1, xOf(view, slot.end) - x - 2), height - 4);
      else {
        // The last one ends with the clip, and not beside it.
        const whole = (picture.width / picture.height) * height;
        const width = Math.min(whole, Math.max(1, xOf(view, view.duration) - x));
        context.drawImage(picture, 0, 0, (picture.width * width) / whole, picture.height, x, top, width, height);
      }
    }
  },
  original: (context, { tiles }, row) => paintTiles(context, tiles.original, row),
  take(context, { tiles, onsets, view, colours }, row) {
    paintTiles(context, tiles.take, row);
    context.strokeStyle = colours.onset;
    context.lineWidth = 2;
    for (const time of onsets)
      if (seen(view, time)) line(context, xOf(view, time), row.top, xOf(view, time), row.top + row.height);
  },
  motion(context, { view, motion, colours }, { top, height }) {
    if (motion === undefined || motion.values.length === 0) return;
    const { values, perSecond } = motion;
    const first = Math.max(0, Math.floor(view.start * perSecond));
    const last = Math.min(values.length - 1, Math.ceil((view.start + view.width / view.pixelsPerSecond) * perSecond));
    // Of what falls into one pixel the greatest is drawn.
    const stride = Math.max(1, Math.floor(perSecond / view.pixelsPerSecond));
    context.beginPath();
    context.moveTo(xOf(view, (first + 0.5) / perSecond), top + height);
    for (let i = first; i <= last; i += stride) {
      let most = 0;
      for (let j = i; j < Math.min(i + stride, last + 1); j++) most = Math.max(most, values[j] as number);
      context.lineTo(xOf(view, (i + 0.5) / perSecond), top + height - most * (height - 2));
    }
    context.lineTo(xOf(view, (last + 0.5) / perSecond), top + height);
    context.closePath();
    context.globalAlpha = 0.45;
    context.fillStyle = colours.quiet;
    context.fill();
    context.globalAlpha = 1;
  },
  events(context, { view, events, lens, selected, colours }, { top, height }) {
    for (const [index, { id, time, strength }] of events.entries()) {
      if (!seen(view, time)) continue;
      const x = xOf(view, time);
      const tall = 10 + strength * (height - 14);
      context.strokeStyle = colours.event;
      context.lineWidth = id === selected ? 4 : 2;
      line(context, x, top + height, x, top + height - tall);
      context.fillStyle = colours.event;
      diamond(context, x, top + height - tall, id === selected ? 7 : 5);
      if (lens.pairs[index]?.state === "silent" && lens.sounding + lens.extra.length > 0) {
        context.fillStyle = colours.surface;
        diamond(context, x, top + height - tall, 3);
      }
    }
  },
  lens(context, { view, events, onsets, lens, colours, frameRate }, { top, height }) {
    context.font = "10px ui-monospace, monospace";
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.lineWidth = 1.5;
    // Where the last mark ends, and what is written behind it.
    let free = Number.NEGATIVE_INFINITY;
    for (const { event, onset, lag, state } of lens.pairs) {
      const time = events[event]?.time;
      if (time === undefined || !seen(view, time)) continue;
      const x = xOf(view, time);
      if (onset === undefined || lag === undefined) {
        if (lens.sounding + lens.extra.length > 0) cross(context, x, top + height / 2, colours.bad);
        continue;
      }
      const to = xOf(view, onsets[onset] as number);
      const colour = state === "together" ? colours.good : colours.text;
      context.strokeStyle = colour;
      line(context, x, top, to, top + height);
      context.fillStyle = colour;
      const middle = (x + to) / 2;
      if (state === "together") dot(context, middle, top + height / 2);
      else arrow(context, middle, top + height / 2, state === "late" ? 1 : -1);
      const label = shownLag(lag, frameRate);
      const width = label.length * 6.2;
      const after = Math.max(x, to) + 8;
      // At the end of the view there is only room before it.
      const at = after + width > view.width ? Math.min(x, to) - 8 - width : after;
      const next = nextTime(events, event);
      const before = free;
      free = Math.max(free, after);
      if (at < before || (next !== undefined && xOf(view, next) - 8 < at + width)) continue;
      context.fillStyle = colours.text;
      context.fillText(label, at, top + height / 2);
      free = Math.max(free, at + width);
    }
    context.strokeStyle = colours.quiet;
    for (const index of lens.extra) {
      const x = xOf(view, onsets[index] as number);
      context.strokeRect(x - 3, top + height - 9, 6, 6);
    }
  },
};

const seen = (view: TimelineView, time: number): boolean => xOf(view, time) > -200 && xOf(view, time) < view.width + 20;
const nextTime = (events: readonly PaintedEvent[], index: number): number | undefined => events[index + 1]?.time;

function paintTiles(context: PaintContext, tiles: readonly PaintedTile[], { top, height }: Row): void {
  for (const { image, start, width } of tiles) context.drawImage(image, start, top, width, height);
}

function line(context: PaintContext, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

function diamond(context: PaintContext, x: number, y: number, size: number): void {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
  context.fill();
}

function dot(context: PaintContext, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fill();
}

/** Points to where the sound lies: right is late. */
function arrow(context: PaintContext, x: number, y: number, direction: 1 | -1): void {
  context.beginPath();
  context.moveTo(x + 6 * direction, y);
  context.lineTo(x - 4 * direction, y - 5);
  context.lineTo(x - 4 * direction, y + 5);
  context.closePath();
  context.fill();
}

function cross(context: PaintContext, x: number, y: number, colour: string): void {
  context.strokeStyle = colour;
  line(context, x - 4, y - 4, x + 4, y + 4);
  line(context, x - 4, y + 4, x + 4, y - 4);
}

function outline(context: PaintContext, { colours }: TimelineScene, from: number, to: number, height: number): void {
  context.globalAlpha = 0.12;
  context.fillStyle = colours.accent;
  context.fillRect(from, 0, to - from, height);
  context.globalAlpha = 1;
  context.strokeStyle = colours.accent;
  context.lineWidth = 2;
  line(context, from, 0, from, height);
  line(context, to, 0, to, height);
}
