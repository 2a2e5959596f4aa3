/** V-JEPA 2 and 2.1: tokens, pooled tokens and what lies between, of checkpoints in each release format or weights by formula. */

import { type Graph, type GraphValue, memoryParameters, type ParameterSource } from "@foley-control/core";
import { type Comparison, compareAll, cut, formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input, ops, valuesOf } from "@foley-control/graph";
import {
  framePool,
  gridPool,
  inferVjepa2Config,
  rotary3d,
  tokenGrid,
  type VisionTransformerConfig,
  visionTransformer,
} from "@foley-control/video-encoder";
import { vjepa2 } from "@foley-control/video-encoder/node";
import { finder } from "../find.js";
import { withGraph } from "../runtime.js";

/** Whether a case is of this kind. */
export const isVjepa2 = ({ file }: GoldenCase): boolean =>
  file.inputs?.["pixel_values_videos"] !== undefined && file.config?.hiddenSize !== undefined;

/** Every output of the case. */
export async function checkVjepa2(golden: GoldenCase): Promise<readonly Comparison[]> {
  const computed: Record<string, Numbers> = {};
  const outputs = Object.keys(golden.file.outputs);
  // Outputs of a file with several networks begin with the network's name.
  const networks = [...new Set(outputs.map((name) => /^((?:target_|ema_)?encoder)\./.exec(name)?.[1] ?? ""))];
  for (const network of networks) {
    const own = outputs.filter((name) => (network === "" ? !/encoder\./.test(name) : name.startsWith(`${network}.`)));
    const names = own.map((name) => (network === "" ? name : name.slice(network.length + 1)));
    const weights = await weightsOf(golden, network);
    const found = await runNetwork(golden, weights, names);
    for (const [i, name] of own.entries()) {
      const value = found[names[i] as string];
      if (value) computed[name] = value;
    }
  }
  return compareAll(golden, computed);
}

async function weightsOf(golden: GoldenCase, network: string): Promise<ParameterSource> {
  const { checkpoint, config } = golden.file;
  if (checkpoint === undefined) return memoryParameters(formulaWeights(golden.file));
  const path = besideCase(golden, checkpoint.directory ?? checkpoint.file);
  const { weights } = await vjepa2(path, { heads: config.heads, ...(network !== "" && { network: network as "encoder" }) });
  return weights;
}

/** The clip that an output is made of: part of a name says which frames and which of the inputs. */
function clipOf(golden: GoldenCase, output: string): { readonly key: string; readonly pixels: Numbers } {
  const image = output.startsWith("image_");
  const odd = output.endsWith("_nonsquare");
  const frames = image ? 1 : Number(/_T(\d+)$/.exec(output)?.[1] ?? Number.POSITIVE_INFINITY);
  const whole = golden.input(odd ? "pixel_values_nonsquare" : "pixel_values_videos");
  const kept = Math.min(frames, whole.shape[1] as number);
  const slice = whole.shape.map((size, axis) => [0, axis === 1 ? kept : size, 1] as const);
  return { key: `${odd} ${kept}`, pixels: kept === whole.shape[1] ? whole : cut(whole, slice) };
}

async function runNetwork(
  golden: GoldenCase,
  weights: ParameterSource,
  names: readonly string[],
): Promise<Record<string, Numbers>> {
  const config = inferVjepa2Config(weights, { heads: golden.file.config.heads });
  const computed: Record<string, Numbers> = {};
  const clips = new Map<string, { pixels: Numbers; names: string[] }>();
  for (const name of names) {
    const { key, pixels } = clipOf(golden, name);
    const clip = clips.get(key) ?? { pixels, names: [] };
    clips.set(key, clip);
    clip.names.push(name);
  }
  for (const { pixels, names: wanted } of clips.values()) {
    const source = clipGraph(config, pixels.shape, wanted, golden);
    await withGraph(source, weights, async (run) => {
      const found = await run({ pixels });
      for (const name of wanted) if (found[name]) computed[name] = found[name];
    });
    Object.assign(computed, rotaryTables(config, pixels.shape, wanted));
  }
  return computed;
}

/** A graph whose outputs are named as the case names them. */
function clipGraph(
  config: VisionTransformerConfig,
  shape: readonly number[],
  wanted: readonly string[],
  golden: GoldenCase,
): Graph {
  const pixels = input("pixels", shape);
  const { patches, tokens, hierarchical } = visionTransformer(pixels, config);
  const plain = graph("encoder", [pixels], { tokens, hierarchical });
  const [, frames, , height, width] = shape as readonly [number, number, number, number, number];
  const grid = tokenGrid(config, frames, height, width);
  const labelled = new Map([...valuesOf(plain)].map((value) => [value.name, value]));
  const { nodes } = finder(plain);
  const attentions = nodes.filter((node) => node.op === "MultiHeadAttention");
  const heads = (value: GraphValue) => {
    const [batch, rows, all] = value.shape as readonly [number, number, number];
    return ops.transpose(ops.reshape(value, [batch, rows, config.heads, all / config.heads]), [0, 2, 1, 3]);
  };
  const userOf = (value: GraphValue, op: string) =>
    nodes.find((node) => node.op === op && node.inputs.includes(value))?.outputs[0] as GraphValue;
  const attention = (block: number) => attentions[block]?.outputs[0] as GraphValue;
  const branch = (block: number) => userOf(userOf(attention(block), "MatMul"), "Add");
  /** A block ends with x + feed-forward. */
  const fed = (block: number) => labelled.get(`layer.${block}`)?.node?.inputs[0]?.node?.inputs[1] as GraphValue;
  const rows = golden.file["sliceTokens"] as readonly number[] | undefined;
  const sliced = (value: GraphValue, axis: number) =>
    rows
      ? ops.concat(
          rows.map((row) => ops.slice(value, axis, row, row + 1)),
          axis,
        )
      : value;
  /** Means over squares of the side that ends the name. */
  const pooled = (name: string) => {
    const side = Number(/^pooled_grid(\d+)/.exec(name)?.[1]);
    return gridPool(tokens, grid, grid.height / side, grid.width / side);
  };
  const query = (which: 0 | 1) => heads(attentions[0]?.inputs[which] as GraphValue);

  const valueOf = (name: string): GraphValue | undefined => {
    const layer = /^(layer|attn)\.(\d+)$/.exec(name);
    if (layer) return sliced(layer[1] === "layer" ? (labelled.get(name) as GraphValue) : branch(Number(layer[2])), 1);
    const head = Number(/^debug\.q_rope_head(\d+)$/.exec(name)?.[1]);
    if (head >= 0) return sliced(ops.slice(query(0), 1, head, head + 1), 2);
    if (/^pooled_grid\d+(_T\d+|_nonsquare)?$/.test(name)) return pooled(name);
    if (/^pooled_grid\d+_channels$/.test(name)) {
      const { slice } = golden.file.outputs[name] as { readonly slice?: unknown };
      const step = Number((slice as { readonly channels: string }).channels.split(":")[2]);
      return ops.slice(pooled(name), 2, 0, config.hiddenSize, step);
    }
    switch (name.replace(/_(T\d+|nonsquare)$/, "")) {
      case "patch_embeddings":
        return sliced(patches, 1);
      case "embedded":
        return labelled.get("embeddings");
      case "last_hidden_state":
        return sliced(tokens, 1);
      case "tokens":
      case "image_tokens":
        return tokens;
      case "hierarchical":
      case "image_hierarchical":
        return hierarchical;
      case "pooled_frame":
        return framePool(tokens, grid);
      case "debug.layer0.norm1":
        return nodes.find((node) => node.op === "LayerNormalization")?.outputs[0];
      case "debug.layer0.q_rope":
        return query(0);
      case "debug.layer0.k_rope":
        return query(1);
      case "debug.layer0.context":
        return attention(0);
      case "debug.layer0.attn_out":
        return branch(0);
      case "debug.layer0.mlp_out":
        return fed(0);
      default:
        return undefined;
    }
  };
  const found = wanted.flatMap((name) => {
    const value = valueOf(name);
    return value ? [[name, value] as const] : [];
  });
  // A graph needs an output, also when only tables are asked for.
  return graph("encoder", [pixels], found.length > 0 ? Object.fromEntries(found) : { tokens });
}

/** Cosines and sines over whole heads; channels that pass through turn by nothing. */
function rotaryTables(
  config: VisionTransformerConfig,
  shape: readonly number[],
  wanted: readonly string[],
): Record<string, Numbers> {
  const tables: Record<string, Numbers> = {};
  if (!wanted.some((name) => name.startsWith("debug.rope_"))) return tables;
  const [, frames, , height, width] = shape as readonly [number, number, number, number, number];
  const grid = tokenGrid(config, frames, height, width);
  const headWidth = config.hiddenSize / config.heads;
  const made = rotary3d(grid, headWidth, config.rotary, config.referenceGrid);
  const rows = grid.time * grid.height * grid.width;
  for (const [name, rest] of [
    ["cos", 1],
    ["sin", 0],
  ] as const) {
    const values = made[name].data as Float32Array;
    const own = made[name].shape[1] as number;
    const data = new Float32Array(rows * headWidth).fill(rest);
    for (let row = 0; row < rows; row++)
      for (let channel = 0; channel < made.width; channel++)
        data[row * headWidth + channel] = values[row * own + Math.floor((channel * own) / made.width)] as number;
    tables[`debug.rope_${name}`] = { shape: [rows, headWidth], data };
  }
  return tables;
}
