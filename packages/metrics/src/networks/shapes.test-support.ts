/** Weights of which only names and shapes are known: what a network says to a release can be tested without the release. */
import type { ParameterSource, Shape } from "@foley-control/core";

/** Shapes by name. */
export type Shapes = Readonly<Record<string, Shape>>;

/** A linear layer, a convolution or a norm: `.weight`, and `.bias` of its outputs. */
export const biased = (name: string, ...shape: number[]): Shapes => ({
  [`${name}.weight`]: shape,
  [`${name}.bias`]: shape.slice(0, 1),
});

/** The same for every number below `count`. */
export const times = (count: number, make: (i: number) => Shapes): Shapes =>
  Object.assign({}, ...Array.from({ length: count }, (_, i) => make(i))) as Shapes;

/** The shapes as a source without bytes. */
export const shapesOnly = (shapes: Shapes): ParameterSource => ({
  names: () => Object.keys(shapes),
  get: (name) => {
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    return shape && { dtype: "float32", shape, bytes: { kind: "memory", bytes: new Uint8Array() } };
  },
});

/** How many numbers there are under names that match. */
export const countOf = (shapes: Shapes, names = /(?:)/): number =>
  Object.entries(shapes).reduce(
    (sum, [name, shape]) => sum + (names.test(name) ? shape.reduce((product, size) => product * size, 1) : 0),
    0,
  );

/** HTSAT behind a prefix. */
export function htsatShapes(name: string, width: number, depths: readonly number[], heads: readonly number[]): Shapes {
  return {
    [`${name}spectrogram_extractor.stft.conv_real.weight`]: [513, 1, 1024],
    [`${name}spectrogram_extractor.stft.conv_imag.weight`]: [513, 1, 1024],
    [`${name}logmel_extractor.melW`]: [513, 64],
    ...biased(`${name}bn0`, 64),
    [`${name}bn0.running_mean`]: [64],
    [`${name}bn0.running_var`]: [64],
    ...biased(`${name}patch_embed.proj`, width, 1, 4, 4),
    ...biased(`${name}patch_embed.norm`, width),
    ...times(depths.length, (stage) => {
      const wide = width * 2 ** stage;
      const layer = `${name}layers.${stage}.`;
      return {
        ...times(depths[stage] as number, (block) => ({
          ...biased(`${layer}blocks.${block}.norm1`, wide),
          [`${layer}blocks.${block}.attn.relative_position_bias_table`]: [225, heads[stage] as number],
          ...biased(`${layer}blocks.${block}.attn.qkv`, 3 * wide, wide),
          ...biased(`${layer}blocks.${block}.attn.proj`, wide, wide),
          ...biased(`${layer}blocks.${block}.norm2`, wide),
          ...biased(`${layer}blocks.${block}.mlp.fc1`, 4 * wide, wide),
          ...biased(`${layer}blocks.${block}.mlp.fc2`, wide, 4 * wide),
        })),
        ...(stage < depths.length - 1 && {
          ...biased(`${layer}downsample.norm`, 4 * wide),
          [`${layer}downsample.reduction.weight`]: [2 * wide, 4 * wide],
        }),
      };
    }),
    ...biased(`${name}norm`, width * 2 ** (depths.length - 1)),
  };
}
