/**
 * Weights in 8 bits: every product with a large matrix of parameters becomes one with the matrix in int8 blocks. Weights are data:
 * they are quantised when a runtime loads them, one after the other, see `ParameterBytes`. Everything else stays float32.
 *
 * Narrow matrices stay: the projections into and out of a network are small and matter to everything. So does what depends on the time
 * alone, and matrices that are not stored as such (patch embeddings), which the V-JEPA 2 ports that were measured keep as well.
 */
import {
  FoleyError,
  type Graph,
  type GraphNode,
  type GraphValue,
  type ParameterSource,
  type Quantisation,
  sameShape,
} from "@foley-control/core";
import { quantisedMatmul } from "../ops/functions.js";
import { parameter, parametersOf } from "../value.js";
import { clockNodes, unlabelled } from "./dependence.js";
import { rewrite } from "./rewrite.js";

/** Numbers that share a scale: with 32 ONNX Runtime's kernel is up to twice as slow, with 128 hardly faster. */
export const INT8_BLOCK_SIZE = 64;

/** Matrices with fewer rows or columns stay as they are. */
const INT8_MINIMUM_SIDE = 512;

/** What each quantised parameter is made of, by its name. */
export type QuantisedParameters = Map<string, { readonly of: string; readonly how: Quantisation }>;

/**
 * @param keep - Parameters that stay.
 * @param quantised - Receives what the new parameters are made of.
 */
export function convertToInt8(source: Graph, keep: (parameter: string) => boolean, quantised: QuantisedParameters): Graph {
  const clock = clockNodes(source);
  const taken = parametersOf(source);
  return rewrite(source, {
    rule(made, inputs) {
      const matrix = clock.has(made) ? undefined : matrixOf(made);
      if (!matrix || keep(matrix.name)) return undefined;
      const { name, rows, columns, transposed } = matrix;
      const blocks = Math.ceil(columns / INT8_BLOCK_SIZE);
      // Of one matrix both forms may be used.
      const prefix = `${name}.int8${transposed ? ".columns" : ""}`;
      const half = (part: Quantisation["part"]) => {
        const made = part === "values" ? prefix : `${prefix}.scales`;
        if (taken.has(made)) throw new FoleyError("invalid-argument", `The graph has a parameter "${made}" already.`);
        quantised.set(made, { of: name, how: { part, rows, columns, transposed, blockSize: INT8_BLOCK_SIZE } });
        return part === "values"
          ? parameter(made, [rows, blocks, INT8_BLOCK_SIZE], "uint8")
          : parameter(made, [rows, blocks], "float32");
      };
      return [quantisedMatmul(inputs[0] as GraphValue, half("values"), half("scales"), 4)];
    },
  });
}

/** A source that also has the quantised parameters; one that has them already (it was stored quantised) is left as it is. */
export function quantisedSource(original: ParameterSource, quantised: QuantisedParameters): ParameterSource {
  return {
    names: () => [...new Set([...original.names(), ...quantised.keys()])],
    get(name) {
      const stored = original.get(name);
      const made = quantised.get(name);
      const of = made && original.get(made.of);
      if (stored || !made || !of) return stored;
      const { part, rows, columns, blockSize, transposed } = made.how;
      const expected = transposed ? [columns, rows] : [rows, columns];
      if (!sameShape(of.shape, expected)) {
        const what = `The parameter "${made.of}" has the shape [${of.shape.join(", ")}] in the weights`;
        throw new FoleyError("bad-weights", `${what}, the graph expects [${expected.join(", ")}].`);
      }
      const blocks = Math.ceil(columns / blockSize);
      return {
        dtype: part === "values" ? "uint8" : "float32",
        shape: part === "values" ? [rows, blocks, blockSize] : [rows, blocks],
        bytes: { kind: "quantised", of, how: made.how },
      };
    },
  };
}

/** The matrix of parameters that a float32 product multiplies with, when it is large. */
function matrixOf(made: GraphNode) {
  const [x, right] = made.inputs;
  if (made.op !== "MatMul" || !x || !right || x.dtype !== "float32") return undefined;
  const turned = right.node?.op === "Transpose";
  const stored = unlabelled(turned ? (right.node?.inputs[0] as GraphValue) : right);
  if (stored.kind !== "parameter" || stored.shape.length !== 2 || Math.min(...stored.shape) < INT8_MINIMUM_SIDE) return undefined;
  const [columns, rows] = right.shape as readonly [number, number];
  return { name: stored.name as string, rows, columns, transposed: !turned };
}
