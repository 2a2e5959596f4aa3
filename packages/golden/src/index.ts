/**
 * Golden cases: what is expected, how weights and inputs are made, and whether what was computed is near enough.
 * @module
 */
export type { CaseFile, GoldenCase, Input, Limits, Output } from "./case.js";
export { type Comparison, compare, compareAll, limitsOf, misses, verdict } from "./compare.js";
export {
  type Formula,
  formula,
  formulaWeights,
  type Listed,
  type Seeded,
  seedOf,
  tensorOf,
  type WeightTable,
} from "./formula.js";
export { crc32, hash } from "./hash.js";
export { asTensor, cut, type FlatSlice, type GoldenTensor, type Numbers, numbers, type Slice, sizeOf } from "./numbers.js";
export { type Synth, synthesise, synthesisedRows, wavFile } from "./synth.js";
