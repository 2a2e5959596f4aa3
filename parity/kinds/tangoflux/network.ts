/** Blocks of TangoFlux: every stream after every sublayer, queries, keys and values, tables; at a residual so faint that the eps of the norms shows. */
import { type TangofluxConfig, tangofluxRotary, tangofluxTransformer } from "@foley-control/audio-backbone";
import { type GraphValue, memoryParameters } from "@foley-control/core";
import { type Comparison, compareAll, formulaWeights, type GoldenCase } from "@foley-control/golden";
import { graph, input, ops, valuesOf } from "@foley-control/graph";
import { withGraph } from "../../runtime.js";

/** Whether a case is of this kind. */
export const isTangofluxNetwork = ({ file }: GoldenCase): boolean =>
  file.config?.axes_dims_rope !== undefined && "mid.x_embedder" in (file.outputs ?? {});

/** The network of a case; what it does not say shapes nothing. */
export const tangofluxOf = ({ file: { config } }: GoldenCase): TangofluxConfig => ({
  doubleBlocks: config.num_layers,
  singleBlocks: config.num_single_layers,
  latentChannels: config.in_channels,
  heads: config.num_attention_heads,
  headWidth: config.attention_head_dim,
  axes: config.axes_dims_rope,
  textWidth: config.joint_attention_dim,
  frames: config.seq,
  maximumSeconds: 1,
  textEncoder: "",
});

const PREFIX = "transformer.";

/** What the case calls a part. */
const labelOf = (output: string): string => {
  const [, kind, block, rest = ""] = /^mid\.(double|single)(\d+)(.*)$/.exec(output) ?? [];
  if (kind !== undefined) return `${PREFIX}${kind === "single" ? "single_" : ""}transformer_blocks.${block}${rest}`;
  return `${PREFIX}${output.slice("mid.".length).replace(/^temb$/, "time_text_embed")}`;
};

/** Every output of the case. */
export async function checkTangofluxNetwork(golden: GoldenCase): Promise<readonly Comparison[]> {
  const config = tangofluxOf(golden);
  const given = Object.fromEntries(["x", "ctx", "pooled", "t"].map((name) => [name, input(name, golden.input(name).shape)]));
  const { x, ctx, pooled, t } = given as Readonly<Record<"x" | "ctx" | "pooled" | "t", GraphValue>>;
  const v = tangofluxTransformer(config, { latents: x, time: t, context: ctx, pooled });
  const labelled = new Map(valuesOf(graph("network", [x, ctx, pooled, t], { v })).map((value) => [value.name, value]));
  const last = `${PREFIX}${config.singleBlocks > 0 ? `single_transformer_blocks.${config.singleBlocks - 1}` : `transformer_blocks.${config.doubleBlocks - 1}`}`;
  const mid = (output: string): GraphValue => {
    const ofSingle = /^(mid\.single\d+)\.text$/.exec(output)?.[1];
    if (ofSingle !== undefined) return ops.slice(mid(`${ofSingle}.rows`), 1, 0, ctx.shape[1] as number);
    const value = labelled.get(output === "mid.norm_out_input" ? last : labelOf(output));
    if (value === undefined) throw new Error(`The network has no "${labelOf(output)}".`);
    if (!/\.attn\./.test(output)) return value;
    const [batch, rows, width] = value.shape as readonly [number, number, number];
    return ops.transpose(ops.reshape(value, [batch, rows, config.heads, width / config.heads]), [0, 2, 1, 3]);
  };
  const names = Object.keys(golden.file.outputs).filter((name) => name.startsWith("mid."));
  const tables = tangofluxRotary(config.axes, ctx.shape[1] as number, x.shape[1] as number);
  const repeated = (table: GraphValue) => {
    const [rows, pairs] = table.shape as readonly [number, number];
    return ops.reshape(ops.expand(ops.reshape(table, [rows, pairs, 1]), [rows, pairs, 2]), [rows, 2 * pairs]);
  };
  const source = graph("network", [x, ctx, pooled, t], {
    v,
    rope_cos: repeated(tables.cos),
    rope_sin: repeated(tables.sin),
    ...Object.fromEntries(names.map((name) => [name, mid(name)])),
  });
  const fed = (of: string) => ({
    ...Object.fromEntries(["ctx", "pooled", "t"].map((name) => [name, golden.input(name)])),
    x: golden.input(of),
  });
  return withGraph(source, memoryParameters(formulaWeights(golden.file)), async (run) => {
    const found = await run(fed("x"));
    const faint =
      "v_faint" in golden.file.outputs ? { v_faint: (await run(fed("x_faint")))["v"] as NonNullable<(typeof found)["v"]> } : {};
    return compareAll(golden, { ...found, ...faint });
  });
}
