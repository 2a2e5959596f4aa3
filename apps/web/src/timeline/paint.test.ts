/** What is painted, seen on a canvas that writes down what it is told. */
import { describe, expect, it } from "vitest";
import { layoutRows } from "./layout.js";
import { lensOf } from "./lens.js";
import { type PaintContext, paintTimeline, type TimelineScene } from "./paint.js";
import { rulerMarks } from "./ruler.js";
import { fitted, xOf } from "./view.js";

interface Call {
  readonly name: string;
  readonly given: readonly unknown[];
}

function recording(): { readonly context: PaintContext; readonly calls: Call[] } {
  const calls: Call[] = [];
  const context = new Proxy({} as Record<string, unknown>, {
    get: (target, name) => target[String(name)] ?? ((...given: unknown[]) => void calls.push({ name: String(name), given })),
    set: (target, name, value) => {
      target[String(name)] = value;
      return true;
    },
  });
  return { context: context as unknown as PaintContext, calls };
}

const view = fitted({ start: 0, pixelsPerSecond: 0, width: 1024, duration: 10 });
const colours = Object.fromEntries(
  ["ground", "surface", "line", "text", "quiet", "accent", "event", "onset", "good", "bad"].map((name) => [name, name]),
) as unknown as TimelineScene["colours"];

function scene(part: Partial<TimelineScene> & { times?: readonly number[] }): TimelineScene {
  const { times = [2, 5, 8], onsets = [2.004, 5.08] } = part;
  return {
    ...{ view, colours, frameRate: 25, slots: [], film: undefined, motion: undefined, selected: undefined },
    ...{ range: undefined, guide: undefined, tiles: { original: [], take: [] } },
    rows: layoutRows({ original: true }),
    marks: rulerMarks(view, 25, "timecode"),
    events: times.map((time, i) => ({ id: `e${i}`, time, strength: 1 })),
    onsets,
    lens: lensOf(times, onsets, 25),
    ...part,
  };
}

const painted = (part: Parameters<typeof scene>[0]): readonly Call[] => {
  const { context, calls } = recording();
  paintTimeline(context, scene(part));
  return calls;
};
const words = (calls: readonly Call[]): readonly unknown[] =>
  calls.filter(({ name }) => name === "fillText").map(({ given }) => given[0]);

describe("the painter", () => {
  it("writes signed distances beside the lines that join events and onsets", () => {
    expect(words(painted({}))).toEqual(expect.arrayContaining(["+4 ms · +0.1 f", "+80 ms · +2.0 f"]));
  });

  it("draws the line from the event to its onset", () => {
    const rows = layoutRows({ original: true });
    const top = rows.find(({ name }) => name === "lens")?.top;
    const calls = painted({});
    const from = calls.findIndex(({ name, given }) => name === "moveTo" && given[0] === xOf(view, 5) && given[1] === top);
    expect(calls[from + 1]).toEqual({ name: "lineTo", given: [xOf(view, 5.08), expect.any(Number)] });
  });

  it("tells together, late and silent by shapes", () => {
    const shapes = (onsets: readonly number[]): readonly number[] => {
      const calls = painted({ times: [5], onsets });
      return ["arc", "closePath", "strokeRect"].map((shape) => calls.filter(({ name }) => name === shape).length);
    };
    const [together, late, silent] = [shapes([5.001]), shapes([5.09]), shapes([9])];
    expect(together[0]).toBe(1);
    expect(late[0]).toBe(0);
    expect(late[1]).toBeGreaterThan(together[1] as number);
    expect(silent[2]).toBe(1);
  });

  it("leaves words out where there is no room, and things that are out of sight", () => {
    expect(words(painted({ times: [5, 5.2], onsets: [5.01, 5.21] })).filter((word) => String(word).includes("ms"))).toHaveLength(
      1,
    );
    const far = { ...view, start: 6, pixelsPerSecond: 400 };
    expect(words(painted({ view: far, marks: [] })).filter((word) => String(word).includes("ms"))).toEqual([]);
  });

  it("writes before the mark where the view ends behind it", () => {
    const calls = painted({ times: [9.9], onsets: [9.904] });
    const label = calls.find(({ name, given }) => name === "fillText" && String(given[0]).includes("ms"));
    expect(Number(label?.given[1]) + String(label?.given[0]).length * 6).toBeLessThan(xOf(view, 9.9));
  });

  it("writes nothing over the mark before, where there is no room behind the last", () => {
    const narrow = fitted({ start: 0, pixelsPerSecond: 0, width: 350, duration: 4 });
    const calls = painted({ view: narrow, times: [0.5, 0.9, 1.8, 2.7, 3.2, 3.75], onsets: [0.49, 0.89, 1.79, 2.69, 3.19, 3.74] });
    expect(words(calls).filter((word) => String(word).includes("ms"))).toEqual([]);
  });

  it("ends the filmstrip with the clip", () => {
    const picture = { width: 100, height: 50 } as ImageBitmap;
    const slots = [0, 9.9].map((time) => ({ time, end: time + 0.1, key: String(time) }));
    const drawn = painted({ slots, film: { picture: () => picture } }).filter(({ name }) => name === "drawImage");
    const [first, last] = drawn.map(({ given }) => given as readonly number[]);
    expect(first?.slice(3, 5)).toEqual([100, 50]);
    expect(Number(last?.[5]) + Number(last?.[7])).toBeCloseTo(xOf(view, 10), 6);
    expect(Number(last?.[3]) / Number(last?.[7])).toBeCloseTo(50 / Number(last?.[8]), 6);
  });

  it("puts every stroke of a row into its row", () => {
    const calls = painted({ motion: { values: new Float32Array(100).fill(0.5), perSecond: 10 } });
    expect(calls.filter(({ name }) => name === "save")).toHaveLength(7);
    expect(calls.filter(({ name }) => name === "restore")).toHaveLength(7);
    expect(calls.every(({ given }) => given.every((value) => typeof value !== "number" || Number.isFinite(value)))).toBe(true);
  });

  it("draws the guide and the range over everything", () => {
    const calls = painted({ guide: 3, range: { start: 1, end: 4 } });
    expect(calls.filter(({ name, given }) => name === "moveTo" && given[1] === 0).map(({ given }) => given[0])).toEqual(
      [1, 4, 3].map((time) => xOf(view, time)),
    );
  });
});
