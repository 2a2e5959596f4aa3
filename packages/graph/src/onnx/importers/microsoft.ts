/** Importers of ops of `com.microsoft`: what ONNX Runtime's tools write, and what this project's own writer does. */
import type { GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import { constant } from "../../value.js";
import type { Importer } from "../read-node.js";
import { microsoftActivations } from "./activations.js";
import { microsoftNormalisations } from "./normalisations.js";

const multiHeadAttention: Importer = (made) => {
  if (made.inputs.length > 3 && made.inputs.slice(3).some((value) => value))
    throw made.unsupported("bias, masks and cached keys are not supported.");
  if (made.int("unidirectional", 0) !== 0) throw made.unsupported("causal attention is not supported.");
  const [q, heads] = [made.input(0), made.int("num_heads", 1)];
  const scale = made.float("scale", 0) || 1 / Math.sqrt((q.shape[2] as number) / heads);
  return [f.multiHeadAttention(q, made.input(1), made.input(2), heads, scale)];
};

const quantisedMatmul: Importer = (made) => {
  if (made.int("bits", 4) !== 8) throw made.unsupported("only matrices of 8 bits are supported.");
  if (made.inputs[3] || made.inputs[4]) throw made.unsupported("zero points and reordered columns are not supported.");
  const [values, bias] = [made.input(1), made.inputs[5]];
  const scales = f.reshape(made.input(2), values.shape.slice(0, 2));
  const y = f.quantisedMatmul(made.input(0), values, scales, made.int("accuracy_level", 0) === 4 ? 4 : 1);
  return [bias ? f.add(y, bias) : y];
};

const rotaryEmbedding: Importer = (made) => {
  const [x, cos] = [made.input(0), made.input(2)];
  if (x.shape.length !== 3) throw made.unsupported("only packed heads [batch, rows, heads·width] are supported.");
  if (made.int("is_packed_batching", 0) !== 0 || made.float("scale", 1) !== 1)
    throw made.unsupported("packed batches and scaled tables are not supported.");
  const [rows, width, half] = [x.shape[1] as number, x.shape[2] as number, cos.shape[1] as number];
  const positions = made.known(1) ?? [];
  // One number is the position of the first row; a list gives every row its own.
  const table = (t: GraphValue) =>
    positions.length === 1
      ? f.slice(t, 0, positions[0] as number, (positions[0] as number) + rows)
      : f.gather(t, constant(Int32Array.from(positions), [positions.length], "int32"));
  if (positions.length !== 1 && positions.length !== rows)
    throw made.unsupported("positions that differ within the batch are not supported.");
  const heads = made.int("num_heads", 0) || width / (2 * half);
  return [f.rotaryEmbedding(x, table(cos), table(made.input(3)), heads, made.int("interleaved", 0) !== 0)];
};

/** A product with either side turned, and a factor. */
const fusedMatmul: Importer = (made) => {
  if (made.int("transBatchA", 0) !== 0 || made.int("transBatchB", 0) !== 0)
    throw made.unsupported("turned batches are not supported.");
  const turned = (index: number, name: string): GraphValue => {
    const x = made.input(index);
    return made.int(name, 0) !== 0 ? f.transposeLast(x) : x;
  };
  const [y, factor] = [f.matmul(turned(0, "transA"), turned(1, "transB")), made.float("alpha", 1)];
  return [factor === 1 ? y : f.multiply(y, factor)];
};

/** Rows by op type. */
export const microsoftImporters: Readonly<Record<string, Importer>> = {
  ...microsoftActivations,
  ...microsoftNormalisations,
  FusedMatMul: fusedMatmul,
  MatMulNBits: quantisedMatmul,
  MultiHeadAttention: multiHeadAttention,
  RotaryEmbedding: rotaryEmbedding,
};
