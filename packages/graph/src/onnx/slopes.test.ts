/** Gradients through ops that are written out as several: as PyTorch has them. */
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import * as f from "../ops/functions.js";
import { differentiate, gradientName } from "../passes/differentiate.js";
import { graph } from "../value.js";
import { graphFromOnnx } from "./read.js";
import { floats, model, type Written, weightsOf } from "./read.test-support.js";

/** The outputs, and the slopes of their sum by an input. */
function slopes(written: Written, x: readonly number[]) {
  const found = graphFromOnnx(model({ inputs: { x: [x.length] }, ...written }));
  const y = found.graph.outputs["y"] as NonNullable<typeof found.graph.outputs.y>;
  const total = f.sum(
    y,
    y.shape.map((_, axis) => axis),
  );
  const loss = differentiate(graph("loss", found.graph.inputs, { loss: total, y }), "loss", ["x"]);
  const results = evaluate(loss, { ...weightsOf(found), x });
  return { y: [...(results["y"]?.data ?? [])], by: [...(results[gradientName("x")]?.data ?? [])] };
}

const bytes = (name: string, dataType: number, value: number) => ({ name, dims: [], dataType, int32Data: [value] });
const [uint8, int8] = [2, 3];

describe("numbers that become bytes and numbers again", () => {
  const x = [-200, -130, -128.4, -128.6, -0.5, 0.3, 126.4, 127.4, 127.6, 127.5, 300].map((n) => n / 2);
  const pair = (between: Written["nodes"], from: string) => [
    { op: "QuantizeLinear", in: ["x", "s", "z"], out: ["q"] },
    ...between,
    { op: "DequantizeLinear", in: [from, "t", "z"] },
  ];
  it("have a slope of 1 within the range", () => {
    const initializers = [floats("s", [0.5], []), floats("t", [0.5], []), bytes("z", int8, 0)];
    const got = slopes({ nodes: pair([], "q"), initializers }, x);
    expect(got.y).toEqual([-64, -64, -64, -64, 0, 0, 63, 63.5, 63.5, 63.5, 63.5]);
    expect(got.by).toEqual([0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0]);
  });
  it("have none where a clip to a narrower range changes them", () => {
    const initializers = [floats("s", [0.5], []), floats("t", [0.5], []), bytes("z", uint8, 3), bytes("most", uint8, 127)];
    const got = slopes({ nodes: pair([{ op: "Clip", in: ["q", "", "most"], out: ["c"] }], "c"), initializers }, x);
    expect(got.y).toEqual([-1.5, -1.5, -1.5, -1.5, 0, 0, 62, 62, 62, 62, 62]);
    expect(got.by).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]);
  });
  it("keep what is infinite at the ends of the range", () => {
    const initializers = [floats("s", [0.5], []), floats("t", [0.5], []), bytes("z", int8, 0)];
    const got = slopes({ nodes: pair([], "q"), initializers }, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(got).toMatchObject({ y: [-64, 63.5], by: [0, 0] });
  });
  it("are two things where the scales differ", () => {
    const initializers = [floats("s", [0.5], []), floats("t", [0.25], []), bytes("z", int8, 0)];
    expect(slopes({ nodes: pair([], "q"), initializers }, [1]).by).toEqual([0]);
  });
});

it("a vector of zeros that is normalised has a slope", () => {
  const nodes = [{ op: "LpNormalization", in: ["x"], ints: { axis: 1, p: 2 } }];
  expect(slopes({ inputs: { x: [2, 2] }, nodes }, [0, 0, 3, 4]).by.every(Number.isFinite)).toBe(true);
});

it("the slope of a root at 0 is what the file says: the root of a sum of squares has none", () => {
  const nodes = [
    { op: "Mul", in: ["x", "x"], out: ["s"] },
    { op: "Sqrt", in: ["s"] },
  ];
  expect(slopes({ nodes }, [0, 2]).by).toEqual([Number.NaN, 1]);
});
