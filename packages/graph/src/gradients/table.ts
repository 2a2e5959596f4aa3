/** The gradient table: one row per op of the op table. */
import { convolutionGradients } from "./convolution.js";
import { elementwiseGradients } from "./elementwise.js";
import { layoutGradients } from "./layout.js";
import { matmulGradients } from "./matmul.js";
import { reduceGradients } from "./reduce.js";
import type { GradientRule } from "./rule.js";
import { sortingGradients } from "./sorting.js";

/**
 * Gradient rules by op. `null`: nothing flows back through the op, which is its meaning and not an omission. Marked as free of effects, as the rules
 * are: a page that trains nothing leaves them out.
 */
export const gradientTable: Readonly<Record<string, GradientRule | null>> = /* @__PURE__ */ (() => ({
  ...elementwiseGradients,
  ...matmulGradients,
  ...convolutionGradients,
  ...layoutGradients,
  ...reduceGradients,
  ...sortingGradients,
  // Written out in plain ops before it is differentiated, see `passes/decompose.ts`.
  MatMulNBits: null,
  AveragePool: null,
  MaxPool: null,
  MultiHeadAttention: null,
  RotaryEmbedding: null,
}))();
