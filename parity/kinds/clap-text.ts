/** The text tower of LAION-CLAP: ids and every state of texts from a folder of the hub, or states of given ids at real width. */
import { readFileSync } from "node:fs";
import { clapText, readClapTextConfig } from "@foley-control/audio-backbone";
import { openClapText } from "@foley-control/audio-backbone/node";
import { type GraphValue, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import {
  type Comparison,
  compare,
  compareAll,
  formulaWeights,
  type GoldenCase,
  type Numbers,
  numbers,
} from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input, ops } from "@foley-control/graph";
import { openCheckpoint } from "@foley-control/weights/node";
import { withGraph } from "../runtime.js";

/** Whether a case is of this kind. */
export const isClapText = ({ file }: GoldenCase): boolean =>
  file.config?.layer_norm_eps !== undefined && "embedding" in (file.outputs ?? {});

/** Every output of the case. */
export const checkClapText = (golden: GoldenCase): Promise<readonly Comparison[]> =>
  golden.file.config.texts === undefined ? ofIds(golden) : ofTexts(golden);

/** States of given ids; weights by formula. */
async function ofIds(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { ids, realTokens, num_attention_heads: heads, layer_norm_eps: epsilon } = golden.file.config;
  const weights = memoryParameters(formulaWeights(golden.file));
  const run = { ids: BigInt64Array.from(ids as number[], BigInt), mask: new Float32Array(ids.length).fill(1, 0, realTokens) };
  return withTower(weights, { heads, epsilon }, ids.length, async (encode) => {
    const found = await encode(run);
    const last = Object.keys(found).filter((name) => name.startsWith("hidden_states.")).length - 1;
    const hidden = firstRows(found[`hidden_states.${last}`] as Numbers, realTokens);
    return compareAll(golden, { hidden: { ...hidden, shape: [1, ...hidden.shape] }, embedding: found["embedding"] as Numbers });
  });
}

/** Ids, and states of the texts, from the folder as it was downloaded. The state that a backbone reads comes from the opened encoder. */
async function ofTexts(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { folder, texts, limit, layer_norm_eps: epsilon } = golden.file.config;
  const encoder = await openClapText(besideCase(golden, folder));
  const weights = await openCheckpoint(besideCase(golden, `${folder}/model.safetensors`));
  // What transformers takes where nothing is said.
  const { num_attention_heads: heads = 12 } = JSON.parse(
    readFileSync(besideCase(golden, `${folder}/config.json`), "utf8"),
  ).text_config;
  const rows = (texts as readonly string[]).map((text) => encoder.tokenise(text, limit));
  const listed = golden.file["ids"] as readonly (readonly number[])[];
  const comparisons = rows.map(({ ids, mask }, i) => {
    const real = mask.reduce((sum, one) => sum + one, 0);
    return compare(
      `ids of text ${i}`,
      numbers(Float64Array.from(ids.subarray(0, real), Number)),
      numbers(Float64Array.from(listed[i] ?? [])),
      { maxAbs: 0 },
    );
  });
  const computed: Record<string, Numbers> = {};
  const joined: Record<string, number[]> = { pooled: [], embedding: [], embedding_normalised: [] };
  const wholes: Record<string, readonly number[]> = {};
  await withTower(weights, { heads, epsilon }, limit, async (encode) => {
    for (const [i, row] of rows.entries()) {
      const real = row.mask.reduce((sum, one) => sum + one, 0);
      for (const [name, value] of Object.entries(await encode(row))) {
        if (name.startsWith("hidden_states.")) computed[`${name}.text${i}`] = firstRows(value, real);
        else {
          joined[name]?.push(...value.data);
          wholes[name] = [rows.length, ...value.shape.slice(1)];
        }
      }
    }
  });
  await withGraph(encoder.graph({ rows: limit }), encoder.weights, async (encode) => {
    const read = Number(encoder.id.split("@")[1]);
    for (const [i, row] of rows.entries()) {
      const { tokens } = await encode(feeds(row));
      const real = row.mask.reduce((sum, one) => sum + one, 0);
      computed[`hidden_states.${read}.text${i}`] = firstRows(tokens as Numbers, real);
    }
  });
  for (const [name, data] of Object.entries(joined))
    computed[name] = { shape: wholes[name] as readonly number[], data: Float32Array.from(data) };
  return [...comparisons, ...compareAll(golden, computed)];
}

interface Row {
  readonly ids: BigInt64Array;
  readonly mask: Float32Array;
}

const feeds = ({ ids, mask }: Row) => ({
  ids: { dtype: "int64", shape: [1, ids.length], data: ids } satisfies PlainTensor,
  mask: { dtype: "float32", shape: [1, mask.length], data: mask } satisfies PlainTensor,
});

/** The tower with all that it says of one text. */
function withTower<T>(
  weights: ParameterSource,
  said: { readonly heads: number; readonly epsilon: number },
  rows: number,
  use: (encode: (row: Row) => Promise<Record<string, Numbers>>) => Promise<T>,
): Promise<T> {
  const [ids, mask] = [input("ids", [1, rows], "int64"), input("mask", [1, rows])];
  const { states, pooled, embedding } = clapText(ids, mask, readClapTextConfig(weights, said));
  const length = ops.sqrt(ops.sum(ops.square(embedding), [1], true));
  const source = graph("clap", [ids, mask], {
    pooled,
    embedding,
    embedding_normalised: ops.divide(embedding, length),
    ...Object.fromEntries(states.map((state, layer): [string, GraphValue] => [`hidden_states.${layer}`, state])),
  });
  return withGraph(source, weights, (run) => use((row) => run(feeds(row))));
}

/** The first rows of [1, rows, width], without the axis of the batch. */
const firstRows = ({ shape, data }: Numbers, rows: number): Numbers => ({
  shape: [rows, shape[2] as number],
  data: data.slice(0, rows * (shape[2] as number)) as Numbers["data"],
});
