/**
 * The timeline as a thing that lives in an element: it knows what is shown, paints once per animation frame when something has changed, and never
 * asks React. While it plays only the playhead moves; the canvas is painted again when the page turns.
 */
import type { StoreApi } from "zustand/vanilla";
import type { ViewState } from "../app/session.js";
import type { Clip, Peaks } from "../clip/clip.js";
import { setEventStrength } from "../document/commands.js";
import type { DocumentStore, Gesture } from "../document/store.js";
import type { TakeStore } from "../storage/projects.js";
import type { Player } from "../transport/player.js";
import { readColours, watchTheme } from "./colours.js";
import { createFilm, type Film, filmSlots } from "./film.js";
import { heightOf, layoutRows, type Row } from "./layout.js";
import { createMarks } from "./marks.js";
import { createModels, cueOf, type TimelineModel } from "./model.js";
import { paintTimeline, type TimelineScene } from "./paint.js";
import { createPlayhead } from "./playhead.js";
import { listenToPointer } from "./pointer.js";
import { rulerMarks } from "./ruler.js";
import type { SnapPlace } from "./snapping.js";
import { createTakePeaks, type DrawnTake } from "./take-peaks.js";
import type { TimeUnit } from "./timecode.js";
import { fitScale, fitted, following, limited, shows, type TimelineView, xOf, zoomed } from "./view.js";
import { createWaveTiles } from "./wave.js";

/** What a timeline stands on. */
export interface TimelineParts {
  readonly clip: Clip | undefined;
  readonly player: Player;
  readonly store: DocumentStore;
  readonly view: StoreApi<ViewState>;
  readonly takes: Pick<TakeStore, "read">;
}

/** The elements that it fills. */
export interface TimelineElements {
  readonly host: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly marks: HTMLElement;
  readonly playhead: HTMLElement;
}

/** What can be asked of it from outside. */
export interface Timeline {
  /** Rows, for who writes their names beside them. */
  readonly rows: readonly Row[];
  zoom(factor: number): void;
  fit(): void;
  /** The selected event with half a second around it, else the range, else the cue. */
  zoomToSelection(): void;
  unit(unit: TimeUnit): void;
  /** Milliseconds of script of the paints since this was asked last: what the budget is about. */
  paintTimes(): readonly number[];
  dispose(): void;
}

/** Most pixels of a canvas in a row; some browsers draw nothing beyond. */
const WIDEST = 16_384;
/** Seconds around a selected event that are shown. */
const AROUND = 0.5;
/** Paints whose times are kept. */
const KEPT_TIMES = 2000;

/** Makes a timeline of elements that lie over each other. */
export function createTimeline({ host, canvas, marks, playhead }: TimelineElements, parts: TimelineParts): Timeline {
  const { clip, player, store, view: shared, takes } = parts;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const ended = new AbortController();
  const rows = layoutRows({ original: clip?.info.sound !== undefined });
  const rowOf = (name: Row["name"]): Row | undefined => rows.find((row) => row.name === name);
  const duration = (): number => clip?.info.duration ?? store.getState().document.source?.duration ?? 1;
  const frameRate = (): number => clip?.info.frameRate ?? store.getState().document.source?.frameRate ?? 25;
  const modelOf = createModels();
  const waves = createWaveTiles();
  let view: TimelineView = fitted({ start: 0, pixelsPerSecond: 0, width: 800, duration: duration() });
  let colours = readColours(host);
  let unit: TimeUnit = "timecode";
  let guide: number | undefined;
  let original: Peaks | undefined;
  let motion: TimelineScene["motion"];
  let frame = 0;
  let times: number[] = [];

  const invalidate = (): void => {
    if (frame === 0 && !ended.signal.aborted) frame = requestAnimationFrame(paint);
  };
  const takePeaks = createTakePeaks(invalidate);
  const ratio = (): number => Math.min(globalThis.devicePixelRatio || 1, WIDEST / view.width);
  const film: Film | undefined = clip && createFilm(clip, Math.ceil((rowOf("film")?.height ?? 40) * ratio()), invalidate);
  const model = (): TimelineModel => {
    const { selection, found } = shared.getState();
    return modelOf(cueOf(store.getState().document, selection?.cue), found, frameRate());
  };
  /** What is heard of a cue: its chosen take, or the one that is still made. */
  const heardTake = (cue: string | undefined, take: TimelineModel["take"]): DrawnTake | undefined => {
    const { job, listenToGrowing } = shared.getState();
    if (listenToGrowing && job?.growing && job.cue === cue) return job.growing;
    return (
      take && {
        ...{ id: take.digest, sampleRate: take.sampleRate, samples: take.samples, ready: take.samples },
        read: (from, to) => takes.read(take.digest, from, to),
      }
    );
  };
  const selected = (): string | undefined => {
    const { selection } = shared.getState();
    return selection?.type === "event" ? selection.event : undefined;
  };
  const select = (id: string | undefined): void => {
    const cue = model().cue?.id;
    if (cue === undefined) return;
    shared.setState({ selection: id === undefined ? { type: "cue", cue } : { type: "event", cue, event: id } });
  };
  const setView = (next: TimelineView): void => {
    view = next;
    invalidate();
  };
  const head = createPlayhead(playhead, (by) => player.seek(player.now() + by));
  const placeHead = (seconds: number): void => {
    if (player.state.playing && player.state.rate > 0) {
      const next = following(view, seconds);
      if (next !== view) setView(next);
    }
    head.place(seconds, view, { playing: player.state.playing, frameRate: frameRate(), unit });
  };
  let strengthening: Gesture | undefined;
  const buttons = createMarks(marks, {
    select(id) {
      const event = model().events.find((one) => one.id === id);
      select(id);
      if (event === undefined) return;
      player.seek(event.time);
      const x = xOf(view, event.time);
      if (x < 0 || x > view.width) setView(limited({ ...view, start: event.time - view.width / view.pixelsPerSecond / 2 }));
      paintNow();
    },
    strengthen(id, by, held) {
      const { cue, events } = model();
      const event = events.find((one) => one.id === id);
      if (cue === undefined || event === undefined) return;
      if (!held || strengthening === undefined) strengthening = store.begin();
      strengthening.preview(setEventStrength(cue.id, shared.getState().found, id, event.strength + by));
      const gesture = strengthening;
      if (!held) globalThis.addEventListener("keyup", () => gesture.commit(), { once: true });
    },
  });

  const scene = ({ events, take, lens, cue }: TimelineModel): TimelineScene => {
    const film0 = rowOf("film");
    const pictureWidth = ((film0?.height ?? 40) * (clip?.info.width ?? 16)) / (clip?.info.height ?? 9);
    const slots = filmSlots(view, pictureWidth);
    film?.want(slots);
    const { range } = shared.getState();
    const drawn = heardTake(cue?.id, take);
    const source = original && { id: "original", peaks: original, start: 0 };
    return {
      ...{ view, rows, colours, slots, film, motion, events, lens, guide, range },
      frameRate: frameRate(),
      marks: rulerMarks(view, frameRate(), unit),
      onsets: drawn?.id === take?.digest ? (take?.onsets ?? []) : [],
      selected: selected(),
      tiles: {
        original: waves.tiles(source, view, { height: rowOf("original")?.height ?? 1, colour: colours.quiet, ratio: ratio() }),
        take: waves.tiles(drawn && takePeaks(drawn, cue?.start ?? 0), view, {
          height: rowOf("take")?.height ?? 1,
          colour: colours.onset,
          ratio: ratio(),
        }),
      },
    };
  };
  const paintNow = (): void => {
    const begun = performance.now();
    const now = model();
    const scale = ratio();
    const [width, height] = [Math.round(view.width * scale), Math.round(heightOf(rows) * scale)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    paintTimeline(context, scene(now));
    buttons.update({
      ...{ events: now.events, lens: now.lens, selected: selected(), frameRate: frameRate(), unit, view },
      row: rowOf("events"),
    });
    head.place(player.now(), view, { playing: player.state.playing, frameRate: frameRate(), unit });
    times.push(performance.now() - begun);
    if (times.length > KEPT_TIMES) times = times.slice(-KEPT_TIMES);
  };
  function paint(): void {
    frame = 0;
    paintNow();
  }

  const resized = new ResizeObserver(([entry]) => {
    const width = Math.max(100, Math.round(entry?.contentRect.width ?? view.width));
    const whole = view.pixelsPerSecond <= fitScale(view) * 1.0001;
    setView(whole ? fitted({ ...view, width }) : limited({ ...view, width }));
  });
  resized.observe(host);
  host.style.height = `${heightOf(rows)}px`;
  listenToPointer(
    host,
    {
      ...{ store, select, setView },
      view: () => view,
      rows: () => rows,
      events: () => model().events,
      cue: () => model().cue?.id,
      found: () => shared.getState().found,
      snaps: () => shared.getState().snap,
      places: (without) => placesOf(model(), player.now(), without),
      frameRate,
      seek: (seconds) => player.seek(seconds),
      scrub() {
        const { playing } = player.state;
        player.pause();
        return () => {
          if (playing) void player.play();
        };
      },
      guide(seconds) {
        guide = seconds;
        invalidate();
      },
    },
    ended.signal,
  );
  const stops = [
    player.onTime(placeHead),
    player.subscribe(invalidate),
    store.subscribe(invalidate),
    shared.subscribe(invalidate),
    watchTheme(() => {
      colours = readColours(host);
      waves.clear();
      invalidate();
    }),
  ];
  const ignore = (): void => undefined;
  clip
    ?.peaks((peaks) => {
      original = peaks;
      invalidate();
    }, ended.signal)
    .catch(ignore);
  clip
    ?.motion((values, perSecond) => {
      motion = { values, perSecond };
      invalidate();
    }, ended.signal)
    .catch(ignore);
  invalidate();

  return {
    rows,
    zoom(factor) {
      const x = xOf(view, player.now());
      setView(zoomed(view, factor, x >= 0 && x <= view.width ? x : view.width / 2));
    },
    fit: () => setView(fitted(view)),
    zoomToSelection() {
      const { events, cue } = model();
      const event = events.find(({ id }) => id === selected());
      const { range } = shared.getState();
      if (event) setView(shows(view, event.time - AROUND, event.time + AROUND));
      else if (range ?? cue) setView(shows(view, (range ?? cue)?.start ?? 0, (range ?? cue)?.end ?? duration()));
    },
    unit(next) {
      unit = next;
      invalidate();
    },
    paintTimes: () => times.splice(0),
    dispose() {
      ended.abort();
      cancelAnimationFrame(frame);
      resized.disconnect();
      for (const stop of stops) stop();
      film?.close();
      waves.clear();
    },
  };
}

/** What an event lands on: the playhead, onsets, the other events, the edges of its cue. */
function placesOf({ cue, events, take }: TimelineModel, playhead: number, without: string | undefined): readonly SnapPlace[] {
  return [
    // The playhead follows what is dragged, and would pull it nowhere.
    ...(without === undefined ? [{ kind: "playhead", time: playhead } as const] : []),
    ...(take?.onsets ?? []).map((time) => ({ kind: "onset", time }) as const),
    ...events.filter(({ id }) => id !== without).map(({ time }) => ({ kind: "event", time }) as const),
    ...(cue ? [cue.start, cue.end] : []).map((time) => ({ kind: "edge", time }) as const),
  ];
}
