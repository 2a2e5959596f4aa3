/** The T5 encoder: states of the texts of a token case, or of given ids at real width. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readT5Config, type T5Config, t5EncoderStates, t5Tokeniser } from "@foley-control/audio-backbone";
import {
  float16ToFloat32,
  float32ToFloat16,
  type Graph,
  type GraphValue,
  memoryParameters,
  type ParameterSource,
  type PlainTensor,
} from "@foley-control/core";
import {
  type CaseFile,
  type Comparison,
  compareAll,
  cut,
  formulaWeights,
  type GoldenCase,
  type Numbers,
} from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input, valuesOf } from "@foley-control/graph";
import { openSafetensors } from "@foley-control/weights/node";
import { withGraph } from "../runtime.js";
import type { Prompt } from "./tokens.js";

/** Whether a case is of this kind. */
export const isT5 = ({ file }: GoldenCase): boolean =>
  file.config?.d_kv !== undefined && Object.keys(file.outputs).some((name) => name.startsWith("hidden"));

/** Every output of the case. */
export async function checkT5(golden: GoldenCase): Promise<readonly Comparison[]> {
  return compareAll(golden, golden.file.config.ids === undefined ? await ofTexts(golden) : await ofIds(golden));
}

/** States of given ids; weights by formula. */
async function ofIds(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const { ids, realTokens, ...rest } = golden.file.config;
  const config = readT5Config(rest);
  const mask = new Float32Array(ids.length).fill(1, 0, realTokens);
  const weights = memoryParameters(formulaWeights(golden.file));
  return withGraph(encoderGraph(config, ids.length), weights, async (run) => {
    const found = await run(feeds(BigInt64Array.from(ids as number[], BigInt), mask));
    const rows = (name: string): Numbers => firstRows(found[name] as Numbers, realTokens);
    const blocks = Array.from({ length: config.layers }, (_, block) => [`mid.block${block}`, rows(`block${block}.ff`)] as const);
    return { hidden: rows("hidden"), hidden_fp16: rows("hidden"), ...Object.fromEntries(blocks) };
  });
}

/** States of the texts that a token case beside this one lists, through the files of a T5 folder. */
async function ofTexts(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const folder = besideCase(golden, golden.file.config.folder);
  const json = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const config = readT5Config(json("config.json"));
  const length = golden.file.config.maxLength as number;
  const tokenise = t5Tokeniser(json("tokenizer.json"), config, length);
  const file = await openSafetensors(join(folder, "model.safetensors"));
  const prompts = promptsBeside(golden);
  const source = encoderGraph(config, length);
  const computed: Record<string, Numbers> = {};
  const wanted = Object.keys(golden.file.outputs);
  const run = (weights: ParameterSource, prefix: string) =>
    withGraph(source, weights, async (encode) => {
      for (const output of wanted.filter((name) => name.startsWith(`${prefix}.`))) {
        const index = Number(output.slice(prefix.length + 1));
        const { ids, mask } = tokenise((prompts[index] as Prompt).text);
        const found = await encode(feeds(ids, mask));
        const real = mask.reduce((sum, one) => sum + one, 0);
        const rows = (name: string): Numbers => without(firstRows(found[name] as Numbers, real));
        computed[output] = rows("hidden");
        if (prefix !== "hidden" || index !== 0) continue;
        computed["mid.embedded"] = rows("embedded");
        computed["mid.last_with_pad"] = without(found["hidden"] as Numbers);
        computed["mid.position_bias"] = threeQueries(found["positionBias"] as Numbers);
        for (let block = 0; block < config.layers; block++)
          for (const part of ["attn", "ff"]) computed[`mid.block${block}.${part}`] = rows(`block${block}.${part}`);
      }
    });
  const table = encoderTable(file);
  await run(table, "hidden");
  // Half of the reference's cases differ from ours by rounding alone: its arithmetic, or its weights.
  await run(table, "hidden_fp16");
  await run(await roundedToHalf(table, file), "hidden_w16");
  return computed;
}

/** Texts of the token case in the same folder that used the same tokeniser. */
function promptsBeside(golden: GoldenCase): readonly Prompt[] {
  const { folder } = golden.file.config;
  for (const name of readdirSync(golden.folder).filter((one) => one.endsWith(".json"))) {
    const file = JSON.parse(readFileSync(join(golden.folder, name), "utf8")) as CaseFile;
    if (Array.isArray(file["prompts"]) && String(file.config?.tokenizer).startsWith(`${folder}/`)) return file["prompts"];
  }
  throw new Error(`No case with texts for ${folder} lies beside it.`);
}

function encoderGraph(config: T5Config, length: number): Graph {
  const [ids, mask] = [input("ids", [1, length], "int64"), input("mask", [1, length])];
  const hidden = t5EncoderStates(config, ids, mask);
  const plain = graph("t5", [ids, mask], { hidden });
  const labelled = new Map([...valuesOf(plain)].map((value) => [value.name, value]));
  const inner = (label: string) => labelled.get(label) as GraphValue;
  const blocks = Array.from({ length: config.layers }, (_, block) => [
    [`block${block}.attn`, inner(`encoder.block.${block}.attention`)] as const,
    [`block${block}.ff`, inner(`encoder.block.${block}`)] as const,
  ]).flat();
  return graph("t5", [ids, mask], {
    hidden,
    embedded: inner("embedded"),
    positionBias: inner("positionBias"),
    ...Object.fromEntries(blocks),
  });
}

/** `shared.weight` is the table, under either of its two names. */
function encoderTable(file: ParameterSource): ParameterSource {
  if (file.get("shared.weight")) return file;
  return { names: () => file.names(), get: (name) => file.get(name === "shared.weight" ? "encoder.embed_tokens.weight" : name) };
}

async function roundedToHalf(
  source: ParameterSource,
  file: { read(name: string): Promise<PlainTensor> },
): Promise<ParameterSource> {
  const tensors: Record<string, PlainTensor<"float32">> = {};
  for (const name of source.names().filter((one) => one === "shared.weight" || one.startsWith("encoder."))) {
    const { shape, data } = await file.read(name);
    tensors[name] = { dtype: "float32", shape, data: float16ToFloat32(float32ToFloat16(data as Float32Array)) };
  }
  return memoryParameters(tensors);
}

const feeds = (ids: BigInt64Array, mask: Float32Array) => ({
  ids: { dtype: "int64", shape: [1, ids.length], data: ids } satisfies PlainTensor,
  mask: { dtype: "float32", shape: [1, mask.length], data: mask } satisfies PlainTensor,
});

/** The first rows of [1, rows, width]. */
const firstRows = (whole: Numbers, rows: number): Numbers =>
  cut(whole, [
    [0, 1, 1],
    [0, rows, 1],
    [0, whole.shape[2] as number, 1],
  ]);

/** Drops the batch axis. */
const without = ({ shape, data }: Numbers): Numbers => ({ shape: shape.slice(1), data });

/** Of [1, heads, length, length] the first, the middle and the last query. */
function threeQueries(bias: Numbers): Numbers {
  const [, heads, length] = bias.shape as readonly [number, number, number, number];
  const data = new Float64Array(heads * 3 * length);
  for (let head = 0; head < heads; head++)
    [0, Math.floor(length / 2), length - 1].forEach((query, i) => {
      data.set(
        bias.data.subarray((head * length + query) * length, (head * length + query + 1) * length),
        (head * 3 + i) * length,
      );
    });
  return { shape: [heads, 3, length], data };
}
