/** How much JSON is parsed, and what errors print of it. */
import { describe, expect, it } from "vitest";
import { json, parseJson } from "./json.js";
import { shown } from "./shown.js";

const what = "The file";

describe("parseJson", () => {
  it("parses what is small", () => {
    expect(parseJson('{"a": [1, "]{\\"", {"b": null}]}', { what })).toEqual({ a: [1, ']{"', { b: null }] });
  });
  it.each([
    ["deep nesting", "[".repeat(1e6), /^The file is nested 1000000 deep; at most 64 are read\.$/],
    ["nesting beyond what is asked for", "[[[[]]]]", /nested 4 deep; at most 3/],
    ["millions of values", `[${"0,".repeat(2 ** 21)}0]`, /more than 2097152 values/],
    ["millions of objects", `[${"{},".repeat(2 ** 20)}{}]`, /more than 2097152 values/],
    ["what is none", '{"a":', /^The file is no JSON \(/],
    ["nothing", "", /no JSON/],
    ["a text without end", '"abc', /no JSON/],
  ])("refuses %s", (title, text, message) => {
    const limits = title.includes("asked for") ? { maximumDepth: 3 } : {};
    expect(() => parseJson(text, { what, ...limits })).toThrow(
      expect.objectContaining({ code: "bad-file", message: expect.stringMatching(message) }),
    );
  });
});

it("shown never prints all that there is", () => {
  const nested = JSON.parse("[".repeat(1e5) + "]".repeat(1e5)) as unknown;
  const values = [
    new Float32Array(1e6),
    new Array(1e6).fill(1),
    "x".repeat(1e6),
    Object.fromEntries(Array.from({ length: 1e4 }, (_, i) => [i, i])),
    nested,
    10n ** 500n,
  ];
  for (const value of values) expect(shown(value).length).toBeLessThan(100);
  expect([[1, 2], "a", 7, null, undefined, Number.NaN].map((value) => shown(value))).toEqual([
    "[1,2]",
    '"a"',
    "7",
    "null",
    "undefined",
    "NaN",
  ]);
  expect(shown(new Float32Array(4))).toBe("a Float32Array of 4 values");
});

it("checks name the place, what is there and what was expected", () => {
  const check = json.object({
    width: json.whole(1, 64),
    rate: json.number(0.5, 2),
    kind: json.oneOf("a", "b"),
    names: json.list(json.text(3), 2),
    inner: json.object({ on: json.truth }),
    pair: json.optional(json.pair(json.truth, json.text())),
    rows: json.record(json.truth, 2),
  });
  const right = { width: 8, rate: 1, kind: "a", names: ["x"], inner: { on: true }, rows: { z: true }, more: 1 };
  expect(check(right, "")).toBeUndefined();
  const wrong: readonly (readonly [object, string])[] = [
    [{ width: 1e9 }, '"width" is 1000000000; a whole number from 1 to 64 was expected'],
    [{ rate: Number.POSITIVE_INFINITY }, '"rate" is Infinity; a number from 0.5 to 2 was expected'],
    [{ kind: "c" }, '"kind" is "c"; "a" or "b" was expected'],
    [{ names: ["x", "long"] }, '"names.1" is "long"; a text of at most 3 characters was expected'],
    [{ names: new Array(1e6).fill("x") }, '"names" is a list of 1000000; a list of at most 2 was expected'],
    [{ inner: { on: 1 } }, '"inner.on" is 1; true or false was expected'],
    [{ inner: undefined }, '"inner" is undefined; an object was expected'],
    [{ pair: [true] }, '"pair" is a list of 1; a list of two was expected'],
    [{ rows: { z: 0 } }, '"rows.z" is 0; true or false was expected'],
  ];
  for (const [change, problem] of wrong) expect(check({ ...right, ...change }, "")).toBe(problem);
});
