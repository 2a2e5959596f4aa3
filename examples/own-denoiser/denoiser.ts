/** A denoiser of one's own: denoiser.onnx as torch.onnx wrote it (see denoiser.py), told in the terms of Foley Control. */
import { readFile } from "node:fs/promises";
import { splicedDenoiser } from "@foley-control/audio-backbone";
import type { AudioBackbone } from "@foley-control/core";
import { graphFromOnnx, ops } from "@foley-control/graph";
import { loadMini } from "@foley-control/mini/node";

const file = await readFile("denoiser.onnx");
// The file leaves `batch` and `frames` open; a graph is made for each size that is asked for.
const read = ({ batch, frames }: { readonly batch: number; readonly frames: number }) =>
  graphFromOnnx(file, { shapes: { batch, frames } });

// It was trained on the latents and the conditioning of the small backbone, and so takes that one's text encoder and codec.
const { backbone: small, encoder } = await loadMini();

export const denoiser = splicedDenoiser({
  id: "example/denoiser@1",
  prediction: "flow", // noise minus sound
  latentChannels: small.codec.latentChannels,
  latentRate: small.codec.latentRate,
  conditions: { context: [17, 96], global: [96] }, // 16 words and the duration; the duration once more
  network: (size) => read(size).graph,
  weights: read({ batch: 1, frames: 16 }).weights,
  // Its own names, axes and units on the left.
  inputs: ({ latents, time, context, global }) => ({
    x: ops.transpose(latents, [0, 2, 1]),
    t: ops.multiply(time, 1000),
    text: context,
    duration: global,
  }),
  output: ({ velocity }) => ops.transpose(velocity!, [0, 2, 1]),
  // The sum after the text cross-attention of each block: 4 registers, then one row per latent, 64 wide; its attention has 2 heads.
  sites: ["add_265", "add_507", "add_749"].map((value) => ({ value, width: 64, heads: 2, prefixTokens: 4 })),
});

export const backbone: AudioBackbone = { ...small, id: "example/backbone@1", denoiser };
export { encoder };
