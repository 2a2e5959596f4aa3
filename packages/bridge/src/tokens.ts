/**
 * Tokens of several encoders as one tensor, which is what lies in feature files and goes to the device: one encoder's behind the other's, narrower ones
 * filled up with zeros.
 */
import type { GraphValue, PlainTensor } from "@foley-control/core";
import { ops } from "@foley-control/graph";

/** Tokens of one encoder among those of several. */
export interface TokenPart {
  /** How many; 0 of an encoder that saw nothing. */
  readonly tokens: number;
  /** Width of one. */
  readonly tokenWidth: number;
}

/** Size of the one tensor. */
export const packedSize = (parts: readonly TokenPart[]): TokenPart => ({
  tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
  tokenWidth: Math.max(...parts.map(({ tokenWidth }) => tokenWidth)),
});

/** Tokens of one clip by encoder, [1, tokens, width] each → [1, all tokens, largest width]. */
export function packTokens(parts: readonly PlainTensor<"float32">[]): PlainTensor<"float32"> {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const sizes = parts.map(({ shape }) => ({ tokens: shape[1] as number, tokenWidth: shape[2] as number }));
  const { tokens, tokenWidth } = packedSize(sizes);
  const data = new Float32Array(tokens * tokenWidth);
  let row = 0;
  for (const [place, { data: from }] of parts.entries()) {
    const { tokens: count, tokenWidth: width } = sizes[place] as TokenPart;
    for (let i = 0; i < count; i++) data.set(from.subarray(i * width, (i + 1) * width), row++ * tokenWidth);
  }
  return { dtype: "float32", shape: [1, tokens, tokenWidth], data };
}

/** The tokens of each encoder in the one tensor [batch, all tokens, largest width]; `undefined` of one that saw nothing. */
export function unpackTokens(video: GraphValue, parts: readonly TokenPart[]): readonly (GraphValue | undefined)[] {
  let row = 0;
  return parts.map(({ tokens, tokenWidth }) => {
    if (tokens === 0) return undefined;
    const rows = tokens === video.shape[1] ? video : ops.slice(video, 1, row, row + tokens);
    row += tokens;
    return tokenWidth === video.shape[2] ? rows : ops.slice(rows, 2, 0, tokenWidth);
  });
}
