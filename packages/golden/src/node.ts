/**
 * Golden cases on disk: reading them, and laying them out with the weights that their formulas describe.
 * @module
 */
export { assembleCases } from "./node/assemble.js";
export { goldenCase, goldenJson, goldenModel, goldenPath, MODEL_TABLE, type ModelTable } from "./node/cases.js";
export { besideCase, readCase } from "./node/read-case.js";
export { writeFormulaWeights } from "./node/safetensors.js";
