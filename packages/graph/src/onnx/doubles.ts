/** Constants of DOUBLE, a type that no network here computes in: held in float64 as long as everything is known, and cast. */
import { FoleyError, type GraphValue } from "@foley-control/core";
import { TensorProto_DataType } from "onnx-buf";
import * as f from "../ops/functions.js";
import { held } from "../ops/integers.js";
import { dtypeOfElementType } from "./element-type.js";
import { constantOf, type KnownNumbers } from "./known.js";

/** A cast to or from DOUBLE; `undefined` for any other cast. */
export function castOfDouble(x: GraphValue, to: number, known: KnownNumbers, what: string): GraphValue | undefined {
  if (to !== TensorProto_DataType.DOUBLE && !known.isDouble(x)) return undefined;
  const numbers = known.of(x);
  if (!numbers) throw mixed(what);
  if (to === TensorProto_DataType.DOUBLE) return known.double({ shape: numbers.shape, data: numbers.data });
  const dtype = dtypeOfElementType(to);
  if (dtype === undefined) return undefined;
  if (dtype === "float16") return f.cast(constantOf(numbers, "float32"), dtype);
  if (dtype === "bool")
    return constantOf({ shape: numbers.shape, data: numbers.data.map((value) => (value !== 0 ? 1 : 0)) }, dtype);
  return constantOf(held(dtype, numbers), dtype);
}

/** What a node makes of constants of DOUBLE: such constants again, or plain ones where it compares or counts. */
export function doublesOf(
  results: readonly (GraphValue | undefined)[],
  known: KnownNumbers,
  what: string,
): readonly (GraphValue | undefined)[] {
  return results.map((value) => {
    // A constant that is none of them was made by a cast.
    if (!value || known.isDouble(value) || value.kind === "constant") return value;
    const numbers = known.of(value);
    if (!numbers) throw mixed(what);
    return value.dtype === "float32" ? known.double(numbers) : constantOf(numbers, value.dtype as "int64" | "int32" | "bool");
  });
}

const mixed = (what: string): FoleyError =>
  new FoleyError("unsupported", `${what} computes in DOUBLE with what is not known when the graph is read.`, {
    hint: "Export the model in FLOAT.",
  });
