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
import type { BridgeConfig } from "./config.js";

/** Common rate of the rotary phase in seconds mode, positions per second: that of Stable Audio Open's latents. */
export const PHASE_RATE = 44100 / 2048;

/** x [batch, prefix + frames, width] → the same shape; prefix rows pass through unchanged. */
export function bridgeSublayer(x: GraphValue, site: BridgeSite, videoTokens: GraphValue, config: BridgeConfig): GraphValue {
  const name = `blocks.${site.block}`;
  const adapted = adapt(ops.detach(videoTokens), config.adapter === "shared" ? "adapter" : `${name}.adapter`, config);
  const anchor = (part: string) => parameter(`${name}.${part}`, [site.width]);
  const q = ops.add(linear(layerNorm(x, `${name}.norm.weight`), `${name}.to_q`, site.width), anchor("query_anchor"));
  const source = layerNorm(adapted, `${name}.video_norm.weight`);
  const both = linear(source, `${name}.to_kv`, 2 * site.width);
  const [k, v] = ops.split(both, [site.width, site.width], -1) as [GraphValue, GraphValue];
  const mixed = attention(q, ops.add(k, anchor("key_anchor")), v, {
    heads: site.heads,
    queryRotary: rotaryTables(audioPositions(site, config), site.headWidth),
    keyRotary: rotaryTables(videoPositions(videoTokens.shape[1] as number, config), site.headWidth),
  });
  return ops.add(x, withoutPrefix(linear(mixed, `${name}.to_out`, site.width), site.prefixTokens));
}

/** Prefix rows times zero: one product, where cutting them off and putting them back would copy the residual stream twice. */
function withoutPrefix(moved: GraphValue, prefixTokens: number): GraphValue {
  const rows = moved.shape[1] as number;
  return prefixTokens === 0 ? moved : ops.multiply(moved, float(new Float32Array(rows).fill(1, prefixTokens), [rows, 1]));
}

function adapt(u: GraphValue, name: string, config: BridgeConfig): GraphValue {
  return ops.add(u, linear(ops.gelu(linear(u, `${name}.0`, config.adapterHidden)), `${name}.2`, config.tokenWidth));
}

/** Prefix rows have no time; theirs is 0, and what they attend to is dropped. */
function audioPositions(site: BridgeSite, config: BridgeConfig): readonly number[] {
  const prefix = new Array<number>(site.prefixTokens).fill(0);
  return [...prefix, ...site.seconds.map((seconds, i) => (config.positions === "index" ? i : seconds * PHASE_RATE))];
}

/** Grid pooling has several tokens per time step; they share its time. */
function videoPositions(tokens: number, config: BridgeConfig): readonly number[] {
  return Array.from({ length: tokens }, (_, j) =>
    config.positions === "index" ? j : ((Math.floor(j / config.tokensPerStep) + 0.5) / config.tokenRate) * PHASE_RATE,
  );
}
