/** Importers of the standard's own attention and rotary positions (op sets 23 and on). */
import { elementCount, FoleyError, type GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import { float } from "../../value.js";
import { dtypeOfElementType } from "../element-type.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { integers, places } from "./helpers.js";

/** Packed heads [batch, rows, heads·width] as [batch, heads, rows, width]. */
function unpacked(made: ImportedNode, x: GraphValue, heads: number): GraphValue {
  if (x.shape.length === 4) return x;
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  if (x.shape.length !== 3 || !(heads >= 1) || width % heads !== 0)
    throw new FoleyError("bad-file", `${made.what}: [${x.shape.join(", ")}] does not fall into ${heads} heads.`);
  return f.transpose(f.reshape(x, [batch, rows, heads, width / heads]), [0, 2, 1, 3]);
}

/** The other way around. */
function packed(x: GraphValue): GraphValue {
  const [batch, heads, rows, width] = x.shape as readonly [number, number, number, number];
  return f.reshape(f.transpose(x, [0, 2, 1, 3]), [batch, rows, heads * width]);
}

/** Every head of keys as often as queries read it. */
function repeated(made: ImportedNode, x: GraphValue, heads: number): GraphValue {
  const [batch, own, rows, width] = x.shape as readonly [number, number, number, number];
  if (own === heads) return x;
  if (heads % own !== 0) throw new FoleyError("bad-file", `${made.what}: ${heads} heads of queries do not fit ${own} of keys.`);
  const each = heads / own;
  return f.reshape(f.expand(f.reshape(x, [batch, own, 1, rows, width]), [batch, own, each, rows, width]), [
    batch,
    heads,
    rows,
    width,
  ]);
}

/** −∞ where a condition does not hold. */
const barred = (condition: GraphValue, { dtype }: GraphValue): GraphValue =>
  f.where(condition, f.cast(float(0), dtype), f.cast(float(Number.NEGATIVE_INFINITY), dtype));

/** What is added to the scores [batch, heads, rows, keys], each part as broad as it is; and how many keys come before the rows. */
function biases(made: ImportedNode, scores: GraphValue, past: number): readonly GraphValue[] {
  const [rows, keys] = scores.shape.slice(2) as unknown as readonly [number, number];
  const [mask, filled] = [made.inputs[3], made.inputs[6]];
  const parts: GraphValue[] = [];
  if (mask) {
    const missing = keys - (mask.shape[mask.shape.length - 1] as number);
    if (missing < 0) throw new FoleyError("bad-file", `${made.what}: its mask is for more keys than there are.`);
    const last = mask.shape.length - 1;
    const additive = mask.dtype === "bool" ? barred(mask, scores) : mask;
    parts.push(f.padWith(additive, last, 0, missing, Number.NEGATIVE_INFINITY));
  }
  const [row, key] = [places(made, [rows, keys], 0), places(made, [rows, keys], 1)];
  const perBatch = (x: GraphValue) => f.reshape(f.cast(x, "int64"), [elementCount(x.shape), 1, 1, 1]);
  // Where the rows stand among the keys.
  const at = f.add(row, filled && !made.inputs[4] ? f.subtract(perBatch(filled), rows) : integers([past], []));
  const [left, right] = [made.int("left_window_size", -1), made.int("right_window_size", -1)];
  if (made.int("is_causal", 0) !== 0) parts.push(barred(f.greaterOrEqual(at, key), scores));
  if (left >= 0) parts.push(barred(f.greaterOrEqual(key, f.subtract(at, left)), scores));
  if (right >= 0) parts.push(barred(f.greaterOrEqual(f.add(at, right), key), scores));
  if (filled) parts.push(barred(f.greater(perBatch(filled), key), scores));
  return parts;
}

/** Softmax over keys; a row that may see none is 0, and so is its gradient. */
function weightsOf(scores: GraphValue, bias: GraphValue | undefined): GraphValue {
  if (!bias) return f.softmax(scores);
  const isBlind = f.equal(f.reduceMax(bias, [-1], true), f.cast(float(Number.NEGATIVE_INFINITY), bias.dtype));
  return f.where(isBlind, 0, f.softmax(f.where(isBlind, 0, f.add(scores, bias))));
}

const attention: Importer = (made) => {
  const [given, heads] = [made.input(0), made.int("q_num_heads", 0)];
  const keyHeads = made.int("kv_num_heads", heads);
  const q = unpacked(made, given, heads);
  const joined = (index: number) => {
    const own = unpacked(made, made.input(index), keyHeads);
    const past = made.inputs[index + 3];
    return past ? f.concat([past, own], 2) : own;
  };
  const [presentKey, presentValue] = [joined(1), joined(2)];
  const [all, width] = [q.shape[1] as number, q.shape[3] as number];
  const [k, v] = [repeated(made, presentKey, all), repeated(made, presentValue, all)];
  const scale = made.float("scale", 0) || 1 / Math.sqrt(width);
  const [cap, mode] = [made.float("softcap", 0), made.int("qk_matmul_output_mode", 0)];
  const isPlain = !made.inputs.slice(3).some((one) => one) && made.int("is_causal", 0) === 0 && cap === 0 && !made.outputs[3];
  const hasWindow = ["left_window_size", "right_window_size"].some((name) => made.int(name, -1) >= 0);
  // The op of the table needs no scores in memory.
  if (isPlain && !hasWindow) {
    const y = f.multiHeadAttention(packed(q), packed(k), packed(v), all, scale);
    return [given.shape.length === 3 ? y : unpacked(made, y, all), presentKey, presentValue];
  }
  const raw = f.matmul(f.multiply(q, Math.sqrt(scale)), f.multiply(f.transposeLast(k), Math.sqrt(scale)));
  const capped = cap > 0 ? f.multiply(f.tanh(f.multiply(raw, 1 / cap)), cap) : raw;
  const precision = dtypeOfElementType(made.int("softmax_precision", 0)) ?? raw.dtype;
  const past = made.inputs[4]?.shape[2] ?? 0;
  const parts = biases(made, capped, past);
  const bias = parts.length > 0 ? parts.reduce((a, b) => f.add(a, b)) : undefined;
  const weights = f.cast(weightsOf(f.cast(capped, precision), bias && f.cast(bias, precision)), q.dtype);
  const y = f.matmul(weights, v);
  const shown = [raw, capped, bias ? f.add(capped, bias) : capped, weights][mode];
  return [given.shape.length === 3 ? packed(y) : y, presentKey, presentValue, shown];
};

/** Rotary positions of the standard: heads in an axis of their own or packed, tables by position or one row to each place. */
const rotaryEmbedding: Importer = (made) => {
  const given = made.input(0);
  const x = unpacked(made, given, made.int("num_heads", 0));
  const [batch, heads, rows, width] = x.shape as readonly [number, number, number, number];
  const turning = made.int("rotary_embedding_dim", 0) || width;
  const half = turning / 2;
  const positions = made.inputs[3];
  const table = (index: number) => {
    const one = positions ? f.gather(made.input(index), positions) : made.input(index);
    return f.reshape(one, [...one.shape.slice(0, -1), half]);
  };
  const [cos, sin] = [table(1), table(2)];
  const adjacent = made.int("interleaved", 0) !== 0;
  const restored = (y: GraphValue) => (given.shape.length === 3 ? y : unpacked(made, y, heads));
  if (cos.shape[0] === 1) {
    const flat = (t: GraphValue) => f.reshape(t, [rows, half]);
    return [restored(f.rotaryEmbedding(packed(x), flat(cos), flat(sin), heads, adjacent))];
  }
  const paired = f.reshape(f.slice(x, 3, 0, turning), [batch, heads, rows, ...(adjacent ? [half, 2] : [2, half])]);
  const along = adjacent ? 4 : 3;
  const [a, b] = f.split(paired, [1, 1], along) as readonly [GraphValue, GraphValue];
  const [c, s] = [cos, sin].map((t) => f.reshape(t, [batch, 1, rows, ...(adjacent ? [half, 1] : [1, half])])) as [
    GraphValue,
    GraphValue,
  ];
  const turned = f.concat([f.subtract(f.multiply(a, c), f.multiply(b, s)), f.add(f.multiply(b, c), f.multiply(a, s))], along);
  const flat = f.reshape(turned, [batch, heads, rows, turning]);
  const y = turning === width ? flat : f.concat([flat, f.slice(x, 3, turning, width)], 3);
  return [given.shape.length === 3 ? packed(y) : y];
};

/** Rows by ONNX op type. */
export const attentionImporters: Readonly<Record<string, Importer>> = {
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
};
