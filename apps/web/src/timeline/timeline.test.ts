/** Views, ruler, snapping, lens, layout: pure functions. */
import { describe, expect, it } from "vitest";
import { createFilm, filmSlots } from "./film.js";
import { EVENT_REACH, eventAt, heightOf, layoutRows, rowAt } from "./layout.js";
import { lensOf, shownLag } from "./lens.js";
import { rulerMarks } from "./ruler.js";
import { snapped } from "./snapping.js";
import { createTileCache, tilesOver } from "./tiles.js";
import { parseTime, shownTime, steppedTime, timecode, writtenTime } from "./timecode.js";
import { CLOSEST, fitted, following, MARGIN, panned, shows, type TimelineView, timeAt, xOf, zoomed } from "./view.js";

const view: TimelineView = fitted({ start: 0, pixelsPerSecond: 0, width: 1024, duration: 10 });

describe("views", () => {
  it("shows all of it between two margins", () => {
    expect(xOf(view, 0)).toBeCloseTo(MARGIN);
    expect(xOf(view, 10)).toBeCloseTo(1024 - MARGIN);
  });

  it("keeps the time under the pointer while it zooms, and its limits", () => {
    const at = timeAt(view, 700);
    let close = view;
    for (let i = 0; i < 30; i++) {
      close = zoomed(close, 1.3, 700);
      expect(timeAt(close, 700)).toBeCloseTo(at, 6);
    }
    expect(close.pixelsPerSecond).toBe(CLOSEST);
    for (let i = 0; i < 60; i++) close = zoomed(close, 1 / 1.3, 200);
    expect(close).toEqual(view);
  });

  it("does not leave the clip, fits a stretch, and turns the page for the playhead", () => {
    const close = shows(view, 4, 5);
    expect(xOf(close, 4)).toBeCloseTo(MARGIN);
    expect(xOf(close, 5)).toBeCloseTo(1024 - MARGIN);
    expect(panned(close, -1e9).start).toBeCloseTo(-MARGIN / close.pixelsPerSecond);
    expect(xOf(panned(close, 1e9), 10)).toBeCloseTo(1024 - MARGIN);
    expect(following(close, 4.5)).toBe(close);
    expect(xOf(following(close, 7), 7)).toBeCloseTo(102.4);
  });
});

describe("times", () => {
  it("reads back what a field shows, in each unit and between two pictures too", () => {
    for (const unit of ["timecode", "seconds", "frames"] as const)
      for (const rate of [23.976, 25, 29.97, 60])
        for (const time of [0, 0.503, 1, 62.4871, 3725.2])
          expect(Math.abs((parseTime(writtenTime(time, rate, unit), rate, unit) ?? NaN) - time)).toBeLessThan(0.51 / 100 / 23);
    expect([writtenTime(0.503, 30, "timecode"), writtenTime(0.503, 30, "frames")]).toEqual(["00:00:00:15.09", "15.09"]);
    expect(writtenTime(0.52, 25, "timecode")).toBe("00:00:00:13");
  });

  it("takes a number in the unit that is shown, and one with a unit as it says", () => {
    expect(parseTime("50", 25, "frames")).toBe(2);
    expect(parseTime("50", 25, "seconds")).toBe(50);
    expect(parseTime("1:00", 25, "frames")).toBe(60);
    for (const unit of ["timecode", "seconds", "frames"] as const)
      expect([parseTime("250 ms", 25, unit), parseTime("1,5s", 25, unit), parseTime("5f", 25, unit)]).toEqual([0.25, 1.5, 0.2]);
  });

  it("steps to the next picture, or hundredth of a second", () => {
    expect(steppedTime(0.503, 1, 25, "timecode")).toBeCloseTo(0.52);
    expect(steppedTime(0.52, 1, 25, "frames")).toBeCloseTo(0.56);
    expect(steppedTime(0.503, -1, 25, "timecode")).toBeCloseTo(0.48);
    expect(steppedTime(0.503, 1, 25, "seconds")).toBeCloseTo(0.51);
    expect(steppedTime(0.1, -10, 25, "timecode")).toBe(0);
  });

  it("writes and reads timecode by whole pictures", () => {
    expect(timecode(3661.52, 25)).toBe("01:01:01:13");
    expect(timecode(1 / 3, 30)).toBe("00:00:00:10");
    expect(timecode(1.001, 29.97)).toBe("00:00:01:00");
    expect(parseTime("00:01:02:12", 25)).toBeCloseTo(62.48);
    expect(parseTime("1:02.5", 25)).toBe(62.5);
    expect(parseTime(" 7,25 ", 25)).toBe(7.25);
    expect([parseTime("", 25), parseTime("1:x", 25), parseTime("1:2:3:4:5", 25), parseTime("-1", 25)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(shownTime(1.2345, 25, "seconds")).toBe("1.234");
    expect(shownTime(1.2, 25, "frames")).toBe("30");
  });

  it("puts readable labels on round times in every unit, at every zoom", () => {
    for (const unit of ["timecode", "seconds", "frames"] as const)
      for (let close = view; close.pixelsPerSecond < CLOSEST; close = zoomed(close, 1.7, 500)) {
        const labelled = rulerMarks(close, 25, unit).filter(({ label }) => label !== undefined);
        const steps = labelled
          .slice(1)
          .map(({ time }, i) => (time - (labelled[i] as { time: number }).time) * close.pixelsPerSecond);
        expect(Math.min(...steps, 92)).toBeGreaterThanOrEqual(91.9);
        expect(new Set(labelled.map(({ label }) => label)).size).toBe(labelled.length);
        expect(rulerMarks(close, 25, unit).length).toBeLessThan(200);
      }
  });
});

describe("snapping", () => {
  const options = { pixelsPerSecond: 100, frameRate: 25 };
  it("lands on the nearest within eight pixels, in a fixed order where two are as near, else on a picture", () => {
    expect(
      snapped(
        1.05,
        [
          { kind: "onset", time: 1.1 },
          { kind: "event", time: 1.02 },
        ],
        options,
      ),
    ).toMatchObject({ kind: "event", time: 1.02 });
    expect(
      snapped(
        1.05,
        [
          { kind: "event", time: 1.03 },
          { kind: "onset", time: 1.07 },
        ],
        options,
      ),
    ).toMatchObject({ kind: "onset" });
    expect(snapped(1.05, [{ kind: "edge", time: 1.2 }], options)).toEqual({ kind: "frame", time: 1.04 });
    expect(snapped(1.05, [], { pixelsPerSecond: 4000, frameRate: 25 })).toEqual({ kind: undefined, time: 1.05 });
  });
});

describe("the lens", () => {
  it("joins events and onsets, with sign, and says what is silent and what belongs to nothing", () => {
    const lens = lensOf([1, 2, 3, 4], [1.012, 1.94, 3.001, 3.5], 25);
    expect(lens.pairs.map(({ state }) => state)).toEqual(["together", "early", "together", "silent"]);
    expect(lens.extra).toEqual([3]);
    expect([lens.sounding, lens.median]).toEqual([3, expect.closeTo(0.012, 9)]);
    expect(shownLag(-0.06, 25)).toBe("−60 ms · −1.5 f");
    expect(shownLag(0.0001, 25)).toBe("±0 ms · ±0.0 f");
    expect(lensOf([], [], 25)).toMatchObject({ sounding: 0, median: undefined });
  });
});

describe("rows", () => {
  it("finds the event under the pointer in its row alone, within 24 pixels", () => {
    const rows = layoutRows({ original: true });
    const y = (rows.find(({ name }) => name === "events")?.top ?? 0) + 5;
    const events = [
      { id: "a", time: 5 },
      { id: "b", time: 5.1 },
    ];
    expect(eventAt(rows, view, events, { x: xOf(view, 5.09), y })).toMatchObject({ id: "b" });
    expect(eventAt(rows, view, events, { x: xOf(view, 5) - EVENT_REACH - 1, y })).toBeUndefined();
    expect(eventAt(rows, view, events, { x: xOf(view, 5), y: 5 })).toBeUndefined();
    expect(heightOf(layoutRows({ original: false }))).toBeLessThan(heightOf(rows));
    expect(rowAt(rows, 1)?.name).toBe("ruler");
  });
});

describe("tiles and film", () => {
  it("keeps what was used last", () => {
    const dropped: number[] = [];
    const cache = createTileCache<number>((tile) => dropped.push(tile), 2);
    for (const value of [1, 2, 1, 3]) cache.get(String(value), () => value);
    expect(dropped).toEqual([2]);
    expect(tilesOver(0.5, 2.1, 1).map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it("asks once for the pictures that are missing, and shows a coarser one meanwhile", async () => {
    const asked: (readonly number[])[] = [];
    const picture = { close: () => undefined } as ImageBitmap;
    const film = createFilm(
      {
        filmstrip: (times, _height, onPicture) => {
          asked.push(times);
          for (const i of times.keys()) onPicture(i, picture);
          return Promise.resolve();
        },
      },
      40,
      () => undefined,
    );
    const slots = filmSlots(view, 80);
    film.want(slots);
    film.want(slots);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(asked).toEqual([slots.map(({ time }) => time)]);
    const closer = filmSlots(zoomed(view, 4, 0), 80);
    expect(closer[0]?.key).not.toBe(slots[0]?.key);
    expect(film.picture(closer[1] as never)).toBe(picture);
    film.close();
  });
});
