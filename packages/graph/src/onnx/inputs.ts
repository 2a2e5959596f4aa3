/** Inputs of a file, with sizes for those that it leaves open: by symbol, by input, or as another input has them. */
import { FoleyError, type GraphValue } from "@foley-control/core";
import type { TensorShapeProto_Dimension, ValueInfoProto } from "onnx-buf";
import { input } from "../value.js";
import { checkedDtype, checkedShape } from "./read-tensor.js";

type Shapes = Readonly<Record<string, number | readonly number[]>>;

/** An input as the file has it. */
interface Declared {
  readonly name: string;
  readonly what: string;
  readonly dtype: GraphValue["dtype"];
  /** Absent: any number of axes. */
  readonly dims: readonly TensorShapeProto_Dimension[] | undefined;
  /** What the caller gives for it as a whole. */
  readonly wish: readonly number[] | undefined;
}

const symbolOf = (dim: TensorShapeProto_Dimension | undefined): string => (dim?.value.case === "dimParam" ? dim.value.value : "");

/** The inputs; one error names every size that is missing. */
export function inputsOf(infos: readonly ValueInfoProto[], shapes: Shapes): readonly GraphValue[] {
  const declared = infos.map((info) => declaredOf(info, shapes));
  const symbols = symbolsOf(declared, shapes);
  const open: string[] = [];
  const wanted = new Map<string, string>();
  const made = declared.map((one) => {
    const sizes = (one.dims ?? one.wish ?? []).map((_, axis) => {
      const size = sizeOf(one, axis, symbols);
      if (size !== undefined) return size;
      const symbol = symbolOf(one.dims?.[axis]);
      open.push(`${one.what} leaves the size of axis ${axis} open${symbol ? ` (${JSON.stringify(symbol)})` : ""}`);
      wanted.set(JSON.stringify(symbol || one.name), symbol ? "…" : "[…]");
      return 0;
    });
    if (!one.dims && !one.wish) {
      open.push(`${one.what} has no shape`);
      wanted.set(JSON.stringify(one.name), "[…]");
    }
    return input(one.name, checkedShape(sizes, one.what), one.dtype);
  });
  if (open.length === 0) return made;
  const some = [...wanted].slice(0, 20).map(([key, value]) => `${key}: ${value}`);
  throw new FoleyError("invalid-argument", `${open.slice(0, 20).join("; ")}.`, {
    hint: `Give it: { shapes: { ${some.join(", ")} } }.`,
  });
}

function declaredOf(info: ValueInfoProto, shapes: Shapes): Declared {
  const what = `The input "${info.name}"`;
  const type = info.type?.value;
  if (type?.case !== "tensorType") throw new FoleyError("unsupported", `${what} is no tensor.`);
  const dims = type.value.shape?.dim;
  const given = Object.hasOwn(shapes, info.name) ? shapes[info.name] : undefined;
  const wish = typeof given === "object" ? given : undefined;
  if (wish && dims && wish.length !== dims.length) {
    throw new FoleyError(
      "invalid-argument",
      `options.shapes gives the input "${info.name}" ${wish.length} axes; the file gives it ${dims.length}.`,
    );
  }
  return { name: info.name, what, dtype: checkedDtype(type.value.elemType, what), dims, wish };
}

/** Sizes of symbols, those of whole shapes included. */
function symbolsOf(declared: readonly Declared[], shapes: Shapes): ReadonlyMap<string, number> {
  const symbols = new Map<string, number>();
  for (const [name, size] of Object.entries(shapes)) if (typeof size === "number") symbols.set(name, size);
  for (const { dims, wish } of declared)
    wish?.forEach((size, axis) => {
      const symbol = symbolOf(dims?.[axis]);
      if (symbol !== "" && !symbols.has(symbol)) symbols.set(symbol, size);
    });
  return symbols;
}

function sizeOf({ name, dims, wish }: Declared, axis: number, symbols: ReadonlyMap<string, number>): number | bigint | undefined {
  const dim = dims?.[axis];
  const given = wish?.[axis];
  if (dim?.value.case !== "dimValue") return given ?? symbols.get(symbolOf(dim));
  if (given !== undefined && given !== Number(dim.value.value)) {
    throw new FoleyError(
      "invalid-argument",
      `options.shapes gives axis ${axis} of the input "${name}" the size ${given}; the file fixes it to ${dim.value.value}.`,
    );
  }
  return dim.value.value;
}
