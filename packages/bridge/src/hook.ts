/**
 * The bridge's sublayer (Foley Control, Rowles et al. 2025): x ← x + W_o·Attention(q, k, v) with q = W_q·LN(x),
 * [k; v] = W_kv·LN(a), a = u + W_2·GELU(W_1·u) on the detached video tokens u, rotary positions on q and k.
 *
 * Queries and keys have a learned constant, the anchor. Rotary positions act on the product of queries and keys: without
 * a part that is the same everywhere there is nothing for them to align, and a bridge first has to find one. Values have
 * none, so zero tokens still contribute exactly zero.
 */
import type { BridgeSite, GraphValue } from "@foley-control/core";
import { attention, float, layerNorm, linear, ops, parameter, rotaryTables } from "@foley-control/graph";
import { type BridgeConfig, type TokenSource, tokenSeconds, tokenSources } from "./config.js";

/** Common rate of the rotary phase in seconds mode, positions per second: that of Stable Audio Open's latents. */
export const PHASE_RATE = 44100 / 2048;

/**
 * x [batch, prefix + frames, width] → the same shape; prefix rows pass through unchanged.
 *
 * @param videoTokens - of each encoder of the configuration in its order, or of its one; none of an encoder that saw nothing
 */
export function bridgeSublayer(
  x: GraphValue,
  site: BridgeSite,
  videoTokens: GraphValue | readonly (GraphValue | undefined)[],
  config: BridgeConfig,
): GraphValue {
  const name = `blocks.${site.block}`;
  const anchor = (part: string) => parameter(`${name}.${part}`, [site.width]);
  const q = ops.add(linear(layerNorm(x, `${name}.norm.weight`), `${name}.to_q`, site.width), anchor("query_anchor"));
  const given = "kind" in videoTokens ? [videoTokens] : videoTokens;
  const seen = tokenSources(config).flatMap((source, place) => {
    const tokens = given[place];
    if (tokens === undefined) return [];
    const part = sourceName(name, place);
    const adapted = adapt(
      ops.detach(tokens),
      `${config.adapter === "shared" ? sourceName("", place) : part}adapter`,
      source,
      config,
    );
    const both = linear(layerNorm(adapted, `${part}video_norm.weight`), `${part}to_kv`, 2 * site.width);
    const [k, v] = ops.split(both, [site.width, site.width], -1) as [GraphValue, GraphValue];
    return [{ k, v, positions: videoPositions(tokens.shape[1] as number, source, config) }];
  });
  const beside = (part: "k" | "v") => {
    const parts = seen.map((one) => one[part]);
    return parts.length === 1 ? (parts[0] as GraphValue) : ops.concat(parts, 1);
  };
  const mixed = attention(q, ops.add(beside("k"), anchor("key_anchor")), beside("v"), {
    heads: site.heads,
    queryRotary: rotaryTables(audioPositions(site, config), site.headWidth),
    keyRotary: rotaryTables(
      seen.flatMap(({ positions }) => positions),
      site.headWidth,
    ),
  });
  return ops.add(x, withoutPrefix(linear(mixed, `${name}.to_out`, site.width), site.prefixTokens));
}

/** Before the names of what belongs to one encoder: nothing but the block for the first, its place for others. */
export const sourceName = (block: string, place: number): string =>
  `${block}${block === "" ? "" : "."}${place === 0 ? "" : `beside.${place - 1}.`}`;

/** Prefix rows times zero: one product, where cutting them off and putting them back would copy the residual stream twice. */
function withoutPrefix(moved: GraphValue, prefixTokens: number): GraphValue {
  const rows = moved.shape[1] as number;
  return prefixTokens === 0 ? moved : ops.multiply(moved, float(new Float32Array(rows).fill(1, prefixTokens), [rows, 1]));
}

function adapt(u: GraphValue, name: string, { tokenWidth }: TokenSource, { adapterHidden }: BridgeConfig): GraphValue {
  return ops.add(u, linear(ops.gelu(linear(u, `${name}.0`, adapterHidden)), `${name}.2`, tokenWidth));
}

/** Prefix rows have no time; theirs is 0, and what they attend to is dropped. */
function audioPositions(site: BridgeSite, config: BridgeConfig): readonly number[] {
  const prefix = new Array<number>(site.prefixTokens).fill(0);
  return [...prefix, ...site.seconds.map((seconds, i) => (config.positions === "index" ? i : seconds * PHASE_RATE))];
}

/** Grid pooling has several tokens per time step, which share its time; where windows overlap, so do their times. */
function videoPositions(tokens: number, source: TokenSource, { positions }: BridgeConfig): readonly number[] {
  return Array.from({ length: tokens }, (_, j) => (positions === "index" ? j : tokenSeconds(j, source) * PHASE_RATE));
}
