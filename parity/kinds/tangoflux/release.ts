/** A release of TangoFlux beside a case: what it says of texts, through the graphs that a pipeline runs. */
import { conditionInputs, encodeText, type RunGraph } from "@foley-control/audio-backbone";
import { openTangoflux } from "@foley-control/audio-backbone/node";
import type { AudioBackbone, PlainTensor } from "@foley-control/core";
import type { GoldenCase } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { runtime } from "../../runtime.js";

/** Opens it. */
export const releaseOf = (golden: GoldenCase): Promise<AudioBackbone> =>
  openTangoflux(besideCase(golden, golden.file.config.folder));

/** Runs one graph. */
export const runGraph: RunGraph = async ({ build, weights }, inputs) => {
  const executable = await runtime.load(build(), weights);
  try {
    return await executable.run(inputs);
  } finally {
    await executable.dispose();
  }
};

/** A text of so many rows with a duration: its tokens and what the network reads. */
export async function readText(backbone: AudioBackbone, text: string, rows: number, seconds: number) {
  const { tokens, mask, ids } = await encodeText(backbone, runGraph, text, rows);
  const graph = backbone.conditionGraph({ frames: 1, rows: { tokens: rows } });
  const textKept: PlainTensor<"float32"> = { dtype: "float32", shape: [1], data: Float32Array.of(1) };
  const given = conditionInputs(backbone, graph, { tokens, mask, textKept, seconds });
  // As it was asked for; a pipeline asks for no more than can be heard.
  const secondsTotal: PlainTensor<"float32"> = { dtype: "float32", shape: [1], data: Float32Array.of(seconds) };
  const found = await runGraph({ name: "condition", build: () => graph, weights: backbone.weights }, { ...given, secondsTotal });
  return { ids, tokens, ...(found as Readonly<Record<"context" | "pooled", PlainTensor<"float32">>>) };
}
