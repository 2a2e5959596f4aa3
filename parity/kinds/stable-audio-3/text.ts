/** T5Gemma's tokeniser and encoder: ids exactly, states of texts through the files of a folder, and of given ids at real width. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readT5GemmaConfig, type T5GemmaConfig, t5GemmaStates, t5GemmaTextEncoder } from "@foley-control/audio-backbone";
import { memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import {
  type Comparison,
  compare,
  compareAll,
  cut,
  formula,
  formulaWeights,
  type GoldenCase,
  type Numbers,
  numbers,
} from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input } from "@foley-control/graph";
import { openSafetensors } from "@foley-control/weights/node";
import { withGraph } from "../../runtime.js";
import type { Prompt } from "../tokens.js";
import { labelled } from "./networks.js";

/** Whether a case is of this kind: texts alone, with a tokeniser that knows how texts begin. */
export const isGemmaTokens = ({ file }: GoldenCase): boolean =>
  file.config?.bosId !== undefined && Array.isArray(file["prompts"]);

/** The ids of every text for every limit, padding included. */
export async function checkGemmaTokens(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { tokenizer, padId, limits } = golden.file.config;
  const folder = join(besideCase(golden, tokenizer), "..");
  return (limits as readonly number[]).flatMap((limit) => {
    const { tokenise } = t5GemmaTextEncoder(filesOf(folder, memoryParameters({})), limit);
    return (golden.file["prompts"] as readonly Prompt[]).map(({ text, tag, ids }, i) => {
      const expected = new Float64Array(limit).fill(padId);
      expected.set(ids[limit] ?? []);
      const mine = Float64Array.from(tokenise(text).ids, Number);
      return compare(`text ${i} (${tag ?? ""}), limit ${limit}`, numbers(mine), numbers(expected), { maxAbs: 0 });
    });
  });
}

/** Whether a case is the encoder. */
export const isT5Gemma = ({ file }: GoldenCase): boolean => (file.config?.t5 ?? file.config)?.softcap !== undefined;

/** Every output. */
export async function checkT5Gemma(golden: GoldenCase): Promise<readonly Comparison[]> {
  return compareAll(golden, golden.file.config.ids === undefined ? await ofTexts(golden) : await ofIds(golden));
}

function filesOf(folder: string, weights: ParameterSource) {
  const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  return { config: json("config.json"), tokenizer: json("tokenizer.json"), weights };
}

/** States of every text that an output asks for. */
async function ofTexts(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const { config: said, outputs } = golden.file;
  const folder = besideCase(golden, said.folder);
  const weights = await openSafetensors(join(folder, "model.safetensors"));
  const files = filesOf(folder, weights);
  const config = readT5GemmaConfig(files.config);
  const encoder = t5GemmaTextEncoder(files, said.max_length);
  const computed: Record<string, Numbers> = {};
  for (const capped of [false, true]) {
    const asked = Object.keys(outputs).flatMap((output) => {
      const [kind, index] = /^(hidden(?:_[a-z0-9]+)?)\.(\d+)$/.exec(output)?.slice(1) ?? [];
      return index !== undefined && (kind === "hidden_eager") === capped ? [{ output, kind, index: Number(index) }] : [];
    });
    const texts = asked.map(({ index }) => encoder.tokenise(said.texts[index]));
    for (const [i, found] of (await states(config, weights, texts, capped)).entries()) {
      const { output, kind, index } = asked[i] as (typeof asked)[number];
      const real = Float32Array.from(texts[i]?.mask ?? []).reduce((sum, one) => sum + one, 0);
      for (const [name, value] of Object.entries(found)) {
        if (name === "hidden") computed[output] = firstRows(value, real);
        else if (kind === "hidden" && index === 0) computed[name] = firstRows(value, real);
      }
    }
  }
  return computed;
}

/** States of given ids. Of the table, which is large, only the rows of those are made. */
async function ofIds(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const { config: said, weights: table, caseSeed = 0 } = golden.file;
  if (typeof table !== "object") throw new Error("The case has no table of weights.");
  const ids = said.ids as readonly number[];
  const name = "model.encoder.embed_tokens.weight";
  const { [name]: rows, ...rest } = table as Record<
    string,
    { readonly amp: number; readonly offset: number; readonly seed?: number }
  >;
  if (!rows) throw new Error(`The case has no ${name}.`);
  const config: T5GemmaConfig = {
    width: said.hidden,
    headWidth: said.head_dim,
    heads: said.heads,
    hidden: said.inter,
    layers: said.layers,
    vocabulary: ids.length,
    epsilon: 1e-6,
    scoreScale: said.scalar,
    cap: said.softcap,
    window: ids.length,
    padId: 0,
  };
  const embeddings = Float32Array.from(
    ids.flatMap((id) => [...formula(name, { ...rows, shape: [1, config.width] }, rows.seed ?? caseSeed, id * config.width)]),
  );
  const weights = memoryParameters({
    ...formulaWeights({ ...golden.file, weights: rest as never }),
    [name]: { dtype: "float32", shape: [ids.length, config.width], data: embeddings },
  });
  const text = {
    ids: BigInt64Array.from(ids, (_, i) => BigInt(i)),
    mask: new Float32Array(ids.length).fill(1, 0, said.realTokens),
  };
  const [found = {}] = await states(config, weights, [text]);
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, firstRows(value, said.realTokens)]));
}

/** States of texts of as many rows. */
async function states(
  config: T5GemmaConfig,
  weights: ParameterSource,
  texts: readonly { readonly ids: BigInt64Array; readonly mask: Float32Array }[],
  capped = false,
): Promise<readonly Record<string, Numbers>[]> {
  const rows = texts[0]?.ids.length ?? 1;
  const [words, real] = [input("ids", [1, rows], "int64"), input("mask", [1, rows])];
  const hidden = t5GemmaStates(config, words, real, { capped });
  const label = labelled(graph("t5gemma", [words, real], { hidden }));
  const inner = Array.from({ length: config.layers }, (_, layer) => [
    [`mid.layer${layer}.attn`, label(`model.encoder.layers.${layer}.attention`)] as const,
    [`mid.layer${layer}`, label(`model.encoder.layers.${layer}`)] as const,
  ]).flat();
  const source = graph("t5gemma", [words, real], { hidden, ...Object.fromEntries(inner) });
  return withGraph(source, weights, async (run) => {
    const found: Record<string, Numbers>[] = [];
    for (const { ids, mask } of texts) {
      const feeds = {
        ids: { dtype: "int64", shape: [1, rows], data: ids } satisfies PlainTensor,
        mask: { dtype: "float32", shape: [1, rows], data: mask } satisfies PlainTensor,
      };
      found.push(await run(feeds));
    }
    return found;
  });
}

/** The first rows of [1, rows, width]. */
const firstRows = (whole: Numbers, rows: number): Numbers =>
  cut(whole, [
    [0, 1, 1],
    [0, rows, 1],
    [0, whole.shape[2] as number, 1],
  ]);
