/** The op table: one row per operation, each with its shape rule, gradient rule and reference semantics. */
import { FoleyError } from "@foley-control/core";
import { attentionOps } from "./attention.js";
import { convolutionOps } from "./convolution.js";
import type { OpDefinition } from "./definition.js";
import { elementwiseOps } from "./elementwise.js";
import { layoutOps } from "./layout.js";
import { matmulOps } from "./matmul.js";
import { poolingOps } from "./pooling.js";
import { reduceOps } from "./reduce.js";
import { rotaryOps } from "./rotary.js";
import { sortingOps } from "./sorting.js";

/** All ops by name. Names, attributes and semantics are those of ONNX opset 20 (and `com.microsoft` for attention, rotary positions and int8 products). */
export const opTable: Readonly<Record<string, OpDefinition>> = {
  ...elementwiseOps,
  ...matmulOps,
  ...convolutionOps,
  ...poolingOps,
  ...layoutOps,
  ...reduceOps,
  ...attentionOps,
  ...rotaryOps,
  ...sortingOps,
};

/** The row of an op; an unknown one is an error that lists the known. */
export function definitionOf(op: string): OpDefinition {
  const row = Object.hasOwn(opTable, op) ? opTable[op] : undefined;
  if (!row)
    throw new FoleyError("unsupported", `The op "${op}" is not in the op table.`, {
      hint: `Known ops: ${Object.keys(opTable).sort().join(", ")}.`,
    });
  return row;
}
