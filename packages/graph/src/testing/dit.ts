/** A small DiT made of the layers, shaped like Stable Audio's: global token in front, text cross-attention, gated feed-forward. */
import { createRandom, elementCount, type Graph, type GraphValue } from "@foley-control/core";
import { attention } from "../layers/attention.js";
import { gatedFeedForward } from "../layers/feed-forward.js";
import { layerNorm } from "../layers/layer-norm.js";
import { linear } from "../layers/linear.js";
import { rotaryTables } from "../layers/rotary.js";
import * as f from "../ops/functions.js";
import { graph, input, named, parametersOf } from "../value.js";

const WIDTH = 16;
const HEADS = 2;

/** Inputs `x` [1, 6, 4], `t` [1, 1], `text` [1, 5, 12], `seconds` [1, 1, 3]; output `v` [1, 6, 4]. */
export function smallDit(blocks: number): Graph {
  const [x, t] = [input("x", [1, 6, 4]), input("t", [1, 1])];
  const [text, seconds] = [input("text", [1, 5, 12]), input("seconds", [1, 1, 3])];
  const rows = 7;
  const tables = rotaryTables(
    Array.from({ length: rows }, (_, i) => i),
    4,
  );
  const condition = linear(f.silu(linear(text, "condition.0", WIDTH)), "condition.2", WIDTH);
  const time = f.reshape(linear(f.concat([f.cos(f.multiply(t, 3)), f.sin(f.multiply(t, 3))], -1), "time", WIDTH, true), [
    1,
    1,
    WIDTH,
  ]);
  const global = f.add(linear(f.silu(linear(seconds, "global.0", WIDTH)), "global.2", WIDTH), time);
  let h = f.concat([global, linear(x, "in", WIDTH)], 1);
  for (let i = 0; i < blocks; i++) h = block(h, condition, `blocks.${i}`, tables);
  return graph("dit", [x, t, text, seconds], { v: linear(f.slice(h, 1, 1, rows), "out", 4) });
}

function block(x: GraphValue, condition: GraphValue, name: string, tables: ReturnType<typeof rotaryTables>): GraphValue {
  const [q, k, v] = f.split(linear(layerNorm(x, `${name}.norm1`), `${name}.qkv`, 3 * WIDTH), [WIDTH, WIDTH, WIDTH], -1) as [
    GraphValue,
    GraphValue,
    GraphValue,
  ];
  const own = attention(q, k, v, { heads: HEADS, queryRotary: tables, keyRotary: tables });
  const a = f.add(x, linear(own, `${name}.own`, WIDTH));
  const [tk, tv] = f.split(linear(condition, `${name}.kv`, 2 * WIDTH), [WIDTH, WIDTH], -1) as [GraphValue, GraphValue];
  const cross = attention(linear(layerNorm(a, `${name}.norm2`), `${name}.q`, WIDTH), tk, tv, { heads: HEADS });
  const b = named(f.add(a, linear(cross, `${name}.cross`, WIDTH)), `${name}.textCrossAttention`);
  return f.add(
    b,
    gatedFeedForward(layerNorm(b, `${name}.norm3`, `${name}.norm3.bias`), [`${name}.ff.0`, `${name}.ff.2`], 2 * WIDTH),
  );
}

/** Random numbers for every input and parameter of a graph, as float32 values. */
export function randomFeeds(source: Graph, seed: number): Record<string, number[]> {
  const feeds: Record<string, number[]> = {};
  for (const value of [...source.inputs, ...parametersOf(source).values()]) {
    const name = value.name as string;
    const random = createRandom(seed, "feeds", name);
    feeds[name] = Array.from({ length: elementCount(value.shape) }, () => Math.fround(random.normal() * 0.5));
  }
  return feeds;
}
