/** Networks of Stable Audio 3 as cases name them: a release's own configuration, or the fields that a case states as the release does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  readStableAudio3Config,
  type SameBlocks,
  type StableAudio3Config,
  type StableAudio3Network,
} from "@foley-control/audio-backbone";
import { type Graph, type GraphValue, memoryParameters, type ParameterSource } from "@foley-control/core";
import { formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { valuesOf } from "@foley-control/graph";
import { openSafetensors } from "@foley-control/weights/node";

/** A folder of a release, read. */
export interface OpenedRelease {
  readonly folder: string;
  readonly config: StableAudio3Config;
  readonly weights: ParameterSource;
}

/** The release that a case names. */
export async function releaseOf(golden: GoldenCase): Promise<OpenedRelease> {
  const folder = besideCase(golden, golden.file.config.folder);
  const config = readStableAudio3Config(JSON.parse(readFileSync(join(folder, "model_config.json"), "utf8")));
  return { folder, config, weights: await openSafetensors(join(folder, "model.safetensors")) };
}

/** What stands before a parameter's own name in the table of a case. */
function prefixOf({ file: { weights } }: GoldenCase, ends: string): string {
  const name = typeof weights === "object" ? Object.keys(weights).find((one) => one.endsWith(ends)) : undefined;
  return name?.slice(0, -ends.length) ?? "";
}

/** Transformer and weights of a case: a release's, or by formula. */
export async function transformerOf(
  golden: GoldenCase,
): Promise<{ readonly config: StableAudio3Network; readonly weights: ParameterSource }> {
  const { config: said } = golden.file;
  if (said.folder !== undefined) {
    const { config, weights } = await releaseOf(golden);
    return { config: config.transformer, weights };
  }
  const config: StableAudio3Network = {
    ioChannels: said.io_channels,
    embedDim: said.embed_dim,
    depth: said.depth,
    numHeads: said.num_heads,
    condTokenDim: said.cond_token_dim,
    globalCondDim: said.global_cond_dim,
    localAddCondDim: said.local_add_cond_dim,
    memoryTokens: said.num_memory_tokens ?? 0,
    feedForwardMultiple: said.ff_kwargs?.mult ?? 4,
    prefix: prefixOf(golden, "transformer.project_in.weight"),
  };
  return { config, weights: memoryParameters(formulaWeights(golden.file)) };
}

/** A half of SAME that a case has a table of weights for. */
export function sameHalfOf(golden: GoldenCase) {
  const { config: said } = golden.file;
  const encodes = said.in_channels !== undefined;
  const blocks: SameBlocks = {
    width: said.channels * said.c_mults[0],
    depth: said.transformer_depths[0],
    headWidth: said.dim_heads,
    stride: said.strides[0],
    chunkPatches: said.chunk_size,
    mappingTaps: said.conv_mapping ? 3 : 1,
    mappingBias: said.mapping_bias,
    rowsLearned: said.variable_stride ? 1 : undefined,
    feedForwardMultiple: said.ff_mult,
  };
  return {
    encodes,
    config: {
      // No number of a half depends on the rate, nor on which channel of a patch is which.
      sampleRate: 1,
      audioChannels: 1,
      patch: (said.in_channels ?? said.out_channels) as number,
      latentChannels: said.latent_dim as number,
      encoder: blocks,
      decoder: blocks,
      prefix: prefixOf(golden, `${encodes ? "encoder.layers.0" : "decoder.layers.3"}.new_tokens`),
    },
  };
}

/** Values of a graph by their labels. */
export function labelled(source: Graph): (label: string) => GraphValue {
  const found = new Map([...valuesOf(source)].map((value) => [value.name, value]));
  return (label) => {
    const value = found.get(label);
    if (!value) throw new Error(`Nothing in the graph is called ${label}.`);
    return value;
  };
}

/** 1 for the first frames of each row of a batch, 0 for those behind. */
export function firstFrames(valid: readonly number[], frames: number): Numbers {
  const data = new Float32Array(valid.length * frames);
  for (const [row, count] of valid.entries()) data.fill(1, row * frames, row * frames + count);
  return { shape: [valid.length, frames], data };
}

/** As many zeros. */
export const zerosLike = ({ shape, data }: Numbers): Numbers => ({ shape, data: new Float32Array(data.length) });
