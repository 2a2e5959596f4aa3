/** ONNX files: right ones with changes, and ones put together of random nodes, which are more often understood. */
import { readdirSync, readFileSync } from "node:fs";
import { elementCount, type Random } from "@foley-control/core";
import { evaluate, graphFromOnnx, type ImportedGraph, toOnnx, valuesOf } from "@foley-control/graph";
import { smallDit } from "../../../packages/graph/src/testing/dit.js";
import { mutated } from "../mutate.js";
import type { Family } from "./family.js";
import { writtenModel } from "./onnx-writer.js";

const folder = new URL("../../../packages/graph/fixtures/onnx-semantics/", import.meta.url);
const nodes = new URL("../../../packages/graph/fixtures/onnx-nodes/cases.json", import.meta.url);

function originals(): readonly Uint8Array[] {
  const small = readdirSync(folder).filter((name) => name.endsWith(".onnx"));
  const tests = JSON.parse(readFileSync(nodes, "utf8")) as readonly { readonly model: string }[];
  return [
    ...small.map((name) => new Uint8Array(readFileSync(new URL(name, folder)))),
    ...tests.map(({ model }) => new Uint8Array(Buffer.from(model, "base64"))),
    toOnnx(smallDit(1)),
  ];
}

let cached: readonly Uint8Array[] | undefined;

/** ONNX. */
export const onnx: Family = (random) => {
  const files = (cached ??= originals());
  const isMade = random.chance(0.5);
  const right = isMade ? writtenModel(random) : random.pick(files);
  const bytes = isMade && random.chance(0.7) ? right : mutated(random, right, { others: files, inPlace: random.chance(0.8) });
  return { kind: isMade ? "ONNX of random nodes" : "ONNX", size: bytes.length, run: async () => use(random, bytes) };
};

/** Reads it, writes it again, and computes it where that is little. */
function use(random: Random, bytes: Uint8Array): void {
  const found = graphFromOnnx(bytes, { shapes: { batch: 1, frames: 4, n: 3 }, externalData: () => new Uint8Array(64) });
  for (const name of found.weights.names()) found.weights.get(name);
  toOnnx(found.graph, { external: () => ({ location: "weights.bin", offset: 0, length: 0 }) });
  const work = valuesOf(found.graph).reduce((total, { shape }) => total + elementCount(shape), 0);
  if (work < 1e5 && isCheap(found)) compute(random, found);
}

/** Products and convolutions take longer than the numbers they make. */
const isCheap = ({ graph }: ImportedGraph) =>
  !valuesOf(graph).some(
    ({ node }) => node && /^(Conv|MatMul|MultiHeadAttention)/.test(node.op) && elementCount(node.outputs[0]?.shape ?? []) > 1000,
  );

function compute(random: Random, { graph }: ImportedGraph): void {
  const feeds: Record<string, Float64Array> = {};
  for (const value of [...graph.inputs, ...valuesOf(graph)])
    if (value.kind === "input" || value.kind === "parameter")
      feeds[value.name ?? ""] = Float64Array.from({ length: elementCount(value.shape) }, () => random.integer(-2, 3));
  evaluate(graph, feeds);
}
