import { normalArray } from "@foley-control/core";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { escape, histogram, lines, numberText, onsets, page, player, table } from "./index.js";
import { thin } from "./thin.js";

const HOSTILE = `"><img src=x onerror=alert(1)></svg></td></title></style><script>alert('&amp;')</script>`;
const read = (html: string): Document => parseHTML(html).document as unknown as Document;
const fragment = (html: string): HTMLElement => read(`<!doctype html><html><body>${html}</body></html>`).body;
const all = (root: ParentNode, selector: string): readonly Element[] => [...root.querySelectorAll(selector)];
/** Corners of what the marks of a plot draw, in pixels. */
const corners = (path: Element): readonly (readonly [number, number])[] =>
  [...path.getAttribute("d")!.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);

describe("escape", () => {
  it("leaves nothing that a parser takes for markup", () => {
    const element = fragment(`<p title="${escape(HOSTILE)}" class='${escape(HOSTILE)}'>${escape(HOSTILE)}</p>`);
    expect(element.children.length).toBe(1);
    const [only] = all(element, "p");
    expect([only!.textContent, only!.getAttribute("title"), only!.getAttribute("class")]).toEqual([HOSTILE, HOSTILE, HOSTILE]);
    expect(escape("a\0b\u001bc\nd\te")).toBe("a\ufffdb\ufffdc\nd\te");
  });
});

describe("table", () => {
  it("keeps every digit of a number behind the four that are shown", () => {
    const values = [Math.PI, -1 / 3, 1.5e-7, 123456.789, 0, 5000];
    const cells = all(
      fragment(
        table(
          ["name", "value"],
          values.map((value, i) => [`row ${i}`, value]),
        ),
      ),
      "tbody data",
    );
    expect(cells.map((cell) => Number(cell.getAttribute("value")))).toEqual(values);
    expect(cells.map((cell) => cell.textContent)).toEqual(["3.142", "-0.3333", "1.500e-7", "123456.8", "0", "5000"]);
  });

  it("shows text as text, what is missing as a dash, and odd numbers by name", () => {
    const element = fragment(
      table([HOSTILE, "b", "c"], [[HOSTILE, undefined, Number.NaN], ["short"], ["x", "y", Number.POSITIVE_INFINITY]]),
    );
    expect(all(element, "img, script").length).toBe(0);
    expect(all(element, "th[scope=col]")[0]!.textContent).toBe(HOSTILE);
    expect(all(element, "tbody tr").map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      [HOSTILE, "–", "not a number"],
      ["short", "–", "–"],
      ["x", "y", "∞"],
    ]);
    expect(all(element, "td.number").length).toBe(3);
  });

  it("writes numbers as a person reads them", () => {
    expect([0.00012345, 12.345, 1234.56, 1e12, -7].map(numberText)).toEqual(["0.0001234", "12.35", "1234.6", "1.000e+12", "-7"]);
  });
});

describe("lines", () => {
  it("draws every finite point where it belongs, and says how many it left out", () => {
    const element = fragment(
      lines(
        [
          { name: "a", points: [0, 1, Number.NaN, 3].map((y, x) => ({ x, y })) },
          {
            name: HOSTILE,
            points: [
              { x: Number.POSITIVE_INFINITY, y: 1 },
              { x: 0, y: 3 },
              { x: 3, y: 0 },
            ],
          },
        ],
        { x: "step", y: "loss" },
      ),
    );
    const [first, second] = all(element, "[aria-label=line] path").map(corners);
    expect(first!.length).toBe(3);
    expect(second!.length).toBe(2);
    // The same ends of both axes: (0, 0) and (3, 3) of one, (0, 3) and (3, 0) of the other.
    expect([first![0]![0], first![2]![0]]).toEqual([second![0]![0], second![1]![0]]);
    expect([first![0]![1], first![2]![1]]).toEqual([second![1]![1], second![0]![1]]);
    expect(first![1]![0] - first![0]![0]).toBeCloseTo((first![2]![0] - first![0]![0]) / 3, 2);
    expect(all(element, "figcaption")[0]!.textContent).toBe(
      `1 point of “a” is not finite and left out. 1 point of “${HOSTILE}” is not finite and left out.`,
    );
    expect(all(element, "img, script").length).toBe(0);
  });

  it("leaves out of a logarithm what has none", () => {
    const html = lines([{ name: "a", points: [1, 10, 0, -5, 100].map((y, x) => ({ x, y })) }], { x: "x", y: "y", yScale: "log" });
    const element = fragment(html);
    const ys = corners(all(element, "[aria-label=line] path")[0]!).map(([, y]) => y);
    expect(ys[0]! - ys[1]!).toBeCloseTo(ys[1]! - ys[2]!, 1);
    expect(element.textContent).toContain("2 points of “a” are not above zero and left out.");
    expect(html).not.toMatch(/NaN|Infinity/);
  });

  it("shows one point and a flat curve, and says when there is none", () => {
    expect(all(fragment(lines([{ name: "a", points: [{ x: 1, y: 5 }] }], { x: "x", y: "y" })), "circle").length).toBe(1);
    const flat = lines([{ name: "a", points: [1, 2, 3].map((x) => ({ x, y: 0 })) }], { x: "x", y: "y" });
    expect(flat).not.toMatch(/NaN|Infinity/);
    expect(fragment(lines([{ name: "a", points: [{ x: 1, y: Number.NaN }] }], { x: "x", y: "y" })).textContent).toBe(
      "There is nothing to draw. 1 point of “a” is not finite and left out.",
    );
  });

  it("thins long curves without losing a peak", () => {
    const points = [...normalArray(1, ["curve"], 100_000)].map((y, x) => ({ x, y }));
    points[54_321] = { x: 54_321, y: 99 };
    points[12_345] = { x: 12_345, y: -99 };
    const kept = thin(points);
    expect(kept.length).toBeLessThanOrEqual(3200);
    expect(kept).toContainEqual({ x: 54_321, y: 99 });
    expect(kept).toContainEqual({ x: 12_345, y: -99 });
    expect([kept[0]!.x, kept.at(-1)!.x]).toEqual([0, 99_999]);
    expect(kept.every(({ x }, i) => i === 0 || x > kept[i - 1]!.x)).toBe(true);
    expect(lines([{ name: "a", points }], { x: "x", y: "y" }).length).toBeLessThan(80_000);
  });
});

describe("histogram", () => {
  it("counts every finite value once, with one scale for all series", () => {
    const few = [0, 0, 0, 1];
    const many = [...few, ...few];
    const element = fragment(
      histogram(
        [
          { name: "few", values: [...few, Number.NaN] },
          { name: HOSTILE, values: many },
        ],
        { x: "value" },
      ),
    );
    const bars = all(element, "[aria-label=rect] rect").map((bar) => Number(bar.getAttribute("height")));
    // 3 and 1 of the one, 6 and 2 of the other.
    expect(bars.length).toBe(4);
    for (const [i, count] of [3, 1, 6, 2].entries()) expect(bars[i]! / bars[1]!).toBeCloseTo(count, 6);
    expect(element.textContent).toContain("1 value of “few” is not finite and left out.");
    expect(all(element, "img, script").length).toBe(0);
  });

  it("loses no value at the limits of bins, whatever their size", () => {
    for (const scale of [1e-12, 0.1, 0.3, 7, 1e9]) {
      const values = Array.from({ length: 25 }, (_, i) => (i - 12) * scale);
      const bars = all(
        fragment(
          histogram(
            [
              { name: "a", values },
              { name: "all", values: values.map(() => 0) },
            ],
            { x: "value" },
          ),
        ),
        "[aria-label=rect] rect",
      );
      const heights = bars.map((bar) => Number(bar.getAttribute("height")));
      // The last bar is all 25 at one value.
      const counts = heights.map((height) => (height / heights.at(-1)!) * 25);
      expect(counts.slice(0, -1).reduce((sum, count) => sum + count, 0)).toBeCloseTo(25, 6);
      expect(bars.length).toBeLessThan(60);
    }
  });

  it("shows values that are all the same, and says when there are none", () => {
    const html = histogram([{ name: "a", values: [7, 7] }], { x: "value" });
    expect(all(fragment(html), "[aria-label=rect] rect").length).toBe(1);
    expect(html).not.toMatch(/NaN|Infinity/);
    expect(histogram([{ name: "a", values: [1e16, 1e16 + 2] }], { x: "value" })).not.toMatch(/NaN|Infinity/);
    expect(fragment(histogram([{ name: "a", values: [] }], { x: "value" })).textContent).toBe("There is nothing to draw.");
  });
});

describe("onsets", () => {
  it("puts a tick where the time is, and the same time at the same place in every row", () => {
    const element = fragment(
      onsets({
        seconds: 4,
        envelope: [0, 1, 0.5, Number.NaN],
        rows: [
          { name: "true", times: [1, 3], envelope: new Float32Array([1, 0]) },
          { name: HOSTILE, times: [1, 2, 9, Number.NaN, -1] },
        ],
      }),
    );
    const ticks = all(element, "[aria-label=rule] line")
      .filter((line) => line.getAttribute("x1") === line.getAttribute("x2"))
      .map((line) => Number(line.getAttribute("x1")));
    const [one, three, same, two] = ticks;
    expect(ticks.length).toBe(4);
    expect(same).toBe(one);
    expect(two! - one!).toBeCloseTo((three! - one!) / 2, 6);
    expect(all(element, "[aria-label=area] path").length).toBe(2);
    expect(all(element, "figcaption")[0]!.textContent).toBe(
      `1 time of “${HOSTILE}” is not finite and left out. 2 times of “${HOSTILE}” are outside and left out.`,
    );
    expect(all(element, "img, script").length).toBe(0);
  });

  it("says when there is no time axis", () => {
    for (const seconds of [0, Number.NaN, Number.POSITIVE_INFINITY])
      expect(fragment(onsets({ seconds, rows: [{ name: "a", times: [] }] })).textContent).toContain("nothing to draw");
  });
});

describe("player", () => {
  it("plays what lies beside the page or in it", () => {
    const element = fragment(player({ kind: "video", source: "clips/a%20b.mp4?x='&y=\"", caption: HOSTILE }));
    expect(all(element, "video")[0]!.getAttribute("src")).toBe("clips/a%20b.mp4?x='&y=\"");
    expect(all(element, "figcaption")[0]!.textContent).toBe(HOSTILE);
    expect(all(fragment(player({ kind: "audio", source: "data:audio/wav;base64,AAAA" })), "audio").length).toBe(1);
  });

  it("refuses what would be fetched from elsewhere", () => {
    const sources = [
      "https://example.org/a.wav",
      "//example.org/a.wav",
      "/a.wav",
      "\\\\host\\a.wav",
      "C:\\a.wav",
      "javascript:alert(1)",
      "data:text/html,x",
      "",
    ];
    for (const source of sources) expect(() => player({ kind: "audio", source })).toThrow(/relative URL/);
  });
});

describe("page", () => {
  const sections = ["one", "two", HOSTILE].map((heading) => ({ heading, note: HOSTILE, body: table(["a"], [[1]]) }));

  it("is a whole document that asks for nothing from elsewhere", () => {
    const html = page({ title: HOSTILE, lead: HOSTILE, sections });
    const document = read(html);
    expect(html.startsWith("<!doctype html>")).toBe(true);
    expect(document.querySelector("title")!.textContent).toBe(HOSTILE);
    expect(document.querySelector("h1")!.textContent).toBe(HOSTILE);
    expect(all(document, "section h2").map((heading) => heading.textContent)).toEqual(["one", "two", HOSTILE]);
    expect(all(document, "script, img, link, iframe, object").length).toBe(0);
    expect(html.match(/(?:https?:)?\/\/[a-z]/g)).toBeNull();
    expect(document.querySelector("meta[http-equiv]")!.getAttribute("content")).toMatch(/^default-src 'none';/);
    const targets = all(document, "nav a").map((link) => link.getAttribute("href")!.slice(1));
    expect(targets).toEqual(all(document, "section").map(({ id }) => id));
  });
});
