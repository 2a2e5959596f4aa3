/** Importer of samples of a picture at places that are numbers: each neighbour of a place is gathered and weighed, so that places have gradients, too. */
import { elementCount, FoleyError, type GraphValue } from "@foley-control/core";
import { stridesOf } from "../../ops/definition.js";
import * as f from "../../ops/functions.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { integers, NODES_WORK } from "./helpers.js";

/** What lies beside the picture. */
type Beyond = "zeros" | "border" | "reflection";

/** Turned back at the borders as often as needed. */
function reflected(place: GraphValue, low: number, high: number): GraphValue {
  const span = high - low;
  if (span <= 0) return f.multiply(place, 0);
  const along = f.remainder(f.abs(f.subtract(place, low)), 2 * span);
  return f.add(f.minimum(along, f.subtract(2 * span, along)), low);
}

/** Weights of neighbours from −1 on (cubic), or from 0. */
function weightsOf(mode: string, rest: GraphValue): readonly GraphValue[] {
  if (mode === "nearest") return [f.add(f.multiply(rest, 0), 1)];
  if (mode === "linear") return [f.subtract(1, rest), rest];
  const a = -0.75;
  const near = (x: GraphValue) => f.add(f.multiply(f.multiply(f.subtract(f.multiply(x, a + 2), a + 3), x), x), 1);
  const far = (x: GraphValue) =>
    f.subtract(f.multiply(f.add(f.multiply(f.subtract(f.multiply(x, a), 5 * a), x), 8 * a), x), 4 * a);
  return [far(f.add(rest, 1)), near(rest), near(f.subtract(1, rest)), far(f.subtract(2, rest))];
}

/** Neighbours along one axis: which, and how much each counts. */
function neighbours(
  place: GraphValue,
  size: number,
  rule: { readonly mode: string; readonly beyond: Beyond; readonly corners: boolean },
) {
  const { mode, beyond, corners } = rule;
  const [low, high] = corners ? [0, size - 1] : [-0.5, size - 0.5];
  const inside = (x: GraphValue) => f.maximum(f.minimum(x, size - 1), 0);
  const turned = (x: GraphValue) => (beyond === "border" ? inside(x) : beyond === "reflection" ? reflected(x, low, high) : x);
  const at = turned(mode === "nearest" ? f.round(place) : place);
  const below = mode === "nearest" ? f.round(at) : f.floor(at);
  const first = mode === "cubic" ? -1 : 0;
  return weightsOf(mode, f.subtract(at, f.detach(below))).map((weight, tap) => {
    const raw = f.add(below, tap + first);
    const found = beyond === "reflection" ? f.round(reflected(raw, low, high)) : raw;
    const index = f.cast(inside(found), "int64");
    if (beyond !== "zeros") return { index, weight };
    // Outside counts as nothing.
    const isThere = f.equal(found, inside(found));
    return { index, weight: f.where(isThere, weight, 0) };
  });
}

const gridSample: Importer = (made: ImportedNode) => {
  const [x, grid] = [made.input(0), made.input(1)];
  const sizes = x.shape.slice(2);
  const [batch, channels] = x.shape as readonly [number, number];
  const places = grid.shape.slice(1, -1);
  if (sizes.length < 1 || grid.shape[grid.shape.length - 1] !== sizes.length || grid.shape[0] !== batch)
    throw new FoleyError("bad-file", `${made.what}: a grid [${grid.shape}] does not fit [${x.shape}].`);
  const mode = { bilinear: "linear", bicubic: "cubic" }[made.text("mode", "linear")] ?? made.text("mode", "linear");
  const beyond = made.text("padding_mode", "zeros");
  if (!["nearest", "linear", "cubic"].includes(mode) || !["zeros", "border", "reflection"].includes(beyond))
    throw made.unsupported(`the mode "${mode}" beside "${beyond}" is not supported.`);
  // Every axis multiplies the neighbours of a place.
  made.spend(NODES_WORK * { nearest: 1, linear: 2, cubic: 4 }[mode as "linear"] ** sizes.length);
  const corners = made.int("align_corners", 0) !== 0;
  const steps = stridesOf(sizes);
  // The last number of a place is that of the first axis.
  const axes = sizes.map((size, axis) => {
    const i = sizes.length - 1 - axis;
    const number = f.reshape(f.slice(f.cast(grid, "float32"), -1, i, i + 1), [batch, elementCount(places)]);
    const place = f.subtract(f.multiply(f.add(number, 1), (corners ? size - 1 : size) / 2), corners ? 0 : 0.5);
    return neighbours(place, size, { mode, beyond: beyond as Beyond, corners });
  });
  const all = elementCount(sizes);
  made.spend(batch);
  const base = integers(
    Array.from({ length: batch }, (_, i) => i * all),
    [batch, 1],
  );
  // One row of channels per place of the picture.
  const rows = f.reshape(f.transpose(f.reshape(x, [batch, channels, all]), [0, 2, 1]), [batch * all, channels]);
  const taps = axes.reduce<readonly { readonly index: GraphValue; readonly weight: GraphValue | undefined }[]>(
    (found, along, axis) =>
      found.flatMap(({ index, weight }) =>
        along.map((one) => ({
          index: f.add(index, f.multiply(one.index, steps[axis] as number)),
          weight: weight ? f.multiply(weight, one.weight) : one.weight,
        })),
      ),
    [{ index: base, weight: undefined }],
  );
  const y = taps
    .map(({ index, weight }) =>
      f.multiply(f.gather(rows, index), f.cast(f.reshape(weight as GraphValue, [batch, elementCount(places), 1]), x.dtype)),
    )
    .reduce((a, b) => f.add(a, b));
  return [f.reshape(f.transpose(y, [0, 2, 1]), [batch, channels, ...places])];
};

/** Rows by ONNX op type. */
export const gridImporters: Readonly<Record<string, Importer>> = { GridSample: gridSample };
