/** The diffusion transformer: predictions with every kind of guidance, and one forward taken apart. */

import { type DiffusionTransformerConfig, diffusionTransformer, type StableAudioConfig } from "@foley-control/audio-backbone";
import { type Graph, type GraphValue, memoryParameters, type ParameterSource } from "@foley-control/core";
import { type Comparison, compareAll, formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input, ops } from "@foley-control/graph";
import { guide } from "@foley-control/sampler";
import { openSafetensors } from "@foley-control/weights/node";
import { finder } from "../find.js";
import { readModelConfig, transformerOf } from "../networks-of-cases.js";
import { withGraph } from "../runtime.js";

/** Whether a case is a transformer at all. */
export const isTransformer = ({ file }: GoldenCase): boolean =>
  file.inputs?.["x"] !== undefined &&
  file.inputs["ctx"] !== undefined &&
  ("v" in file.outputs || "v.plain" in groups(file.outputs));

const groups = (outputs: object) =>
  Object.fromEntries(Object.keys(outputs).map((name) => [name.split(".").slice(0, 2).join("."), true]));

/** A network with its weights, and what it predicts. */
interface Network extends Pick<StableAudioConfig, "prediction"> {
  readonly config: DiffusionTransformerConfig;
  readonly weights: ParameterSource;
}

/** Network and weights of a case: beside it in a model's folder, or by formula. */
export async function networkOf(golden: GoldenCase): Promise<Network> {
  const { config } = golden.file;
  if (config.folder === undefined) {
    // The reference's default is v.
    const prediction = (config.diffusion_objective ?? "v") === "v" ? "v" : "flow";
    return { prediction, config: transformerOf(golden), weights: memoryParameters(formulaWeights(golden.file)) };
  }
  const folder = besideCase(golden, config.folder);
  const { prediction, transformer } = readModelConfig(folder);
  return { prediction, config: transformer, weights: await openSafetensors(`${folder}/model.safetensors`) };
}

interface Sizes {
  readonly batch: number;
  readonly frames: number;
  readonly rows: number;
}

function networkGraph(config: DiffusionTransformerConfig, { batch, frames, rows }: Sizes, inner: readonly string[] = []): Graph {
  const inputs = {
    latents: input("latents", [batch, config.ioChannels, frames]),
    time: input("time", [batch]),
    context: input("context", [batch, rows, config.condTokenDim]),
    global: input("global", [batch, config.globalCondDim]),
  };
  const v = diffusionTransformer(config, inputs);
  const plain = graph("transformer", Object.values(inputs), { v });
  const values = innerValues(plain, config);
  return graph("transformer", plain.inputs, {
    v,
    ...Object.fromEntries(inner.flatMap((name) => (values[name] ? [[name, values[name]()]] : []))),
  });
}

/** A value [batch, rows, width] by heads: [batch, heads, rows, width of one]. */
export function headsOf(value: GraphValue, count: number): GraphValue {
  const [batch, rows, width] = value.shape as readonly [number, number, number];
  return ops.transpose(ops.reshape(value, [batch, rows, count, width / count]), [0, 2, 1, 3]);
}

/** What a transformer of Stable Audio makes of its conditions, its time and its latents before the first block. */
export const valuesBefore = (
  find: ReturnType<typeof finder>,
  p: (name: string) => string,
): Readonly<Record<string, () => GraphValue>> => ({
  "mid.cond_embed": () => find.outputOf(p("to_cond_embed.2.weight")),
  "mid.global_embed": () => find.outputOf(p("to_global_embed.2.weight")),
  "mid.timestep_features": () => find.inputOf(p("to_timestep_embed.0.weight")),
  "mid.timestep_embed": () => find.outputOf(p("to_timestep_embed.2.weight")),
  "mid.project_in_input": () => find.inputOf(p("transformer.project_in.weight")),
  "mid.project_in": () => find.outputOf(p("transformer.project_in.weight")),
});

/** What lies between, by the names that cases give it. */
function innerValues(plain: Graph, config: DiffusionTransformerConfig): Readonly<Record<string, () => GraphValue>> {
  const find = finder(plain);
  const p = (name: string) => `${config.prefix ?? ""}${name}`;
  const layer = (block: number, name: string) => p(`transformer.layers.${block}.${name}`);
  const heads = (value: GraphValue) => headsOf(value, config.numHeads);
  const found: Record<string, () => GraphValue> = {
    ...valuesBefore(find, p),
    // The network drops the global token first; the case keeps it.
    "mid.project_out": () => {
      const weight = find.inputOf(p("transformer.project_out.weight"));
      const all = weight.node?.op === "Slice" ? (weight.node.inputs[0] as GraphValue) : weight;
      const parameter = [...find.nodes]
        .flatMap((node) => node.inputs)
        .find((value) => value.kind === "parameter" && value.name === p("transformer.project_out.weight")) as GraphValue;
      return ops.matmul(all, ops.transpose(parameter, [1, 0]));
    },
  };
  const attentions = find.nodes.filter((node) => node.op === "MultiHeadAttention");
  for (let block = 0; block < config.depth; block++) {
    found[`mid.block${block}.self`] = () => find.normalised(layer(block, "cross_attend_norm.gamma"));
    found[`mid.block${block}.cross`] = () => find.normalised(layer(block, "ff_norm.gamma"));
    found[`mid.block${block}.ff`] = () =>
      find.nodes.flatMap((node) => node.outputs).find((value) => value.name === p(`transformer.layers.${block}`)) as GraphValue;
    (["self", "cross"] as const).forEach((kind, i) => {
      const node = attentions[2 * block + i];
      if (!node) return;
      (["q", "k", "v"] as const).forEach((part, j) => {
        found[`mid.block${block}.${kind}.${part}`] = () => heads(node.inputs[j] as GraphValue);
      });
      found[`mid.block${block}.${kind}.attn`] = () => heads(node.outputs[0] as GraphValue);
    });
  }
  return found;
}

interface Mode {
  readonly cfg_scale: number;
  readonly scale_phi?: number;
  readonly neg?: boolean;
  readonly cfg_interval?: readonly [number, number];
}

/** Every output of the case. */
export async function checkTransformer(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config, weights, prediction } = await networkOf(golden);
  const { file } = golden;
  const [x, context, global] = [golden.input("x"), golden.input("ctx"), golden.input("g")];
  const rows = context.shape[1] as number;
  const [batch, , frames] = x.shape as readonly [number, number, number];
  const computed: Record<string, Numbers> = {};
  const zeros = (of: Numbers): Numbers => ({ shape: of.shape, data: new Float32Array(of.data.length) });

  if ("inv_freq" in file.outputs) {
    const rotated = Math.max(config.embedDim / config.numHeads / 2, 32);
    const data = Float32Array.from({ length: rotated / 2 }, (_, j) => 10000 ** ((-2 * j) / rotated));
    computed["inv_freq"] = { shape: [data.length], data };
  }
  if ("v" in file.outputs) {
    const time = file.inputs["t"] ? golden.input("t") : { shape: [batch], data: new Float32Array(batch).fill(file.config.t) };
    const inner = Object.keys(file.outputs);
    await withGraph(networkGraph(config, { batch, frames, rows }, inner), weights, async (run) => {
      const found = await run({ latents: x, time, context, global });
      Object.assign(computed, found);
      for (const output of inner.filter((name) => /^v\.cfg[\d.]+$/.test(name))) {
        const none = await run({ latents: x, time, context: zeros(context), global });
        const scale = Number(output.slice("v.cfg".length));
        computed[output] = guided(found["v"] as Numbers, none["v"] as Numbers, scale);
      }
    });
  }
  const modes = file.config.modes as Readonly<Record<string, Mode>> | undefined;
  if (modes) {
    const negative = golden.input("neg_ctx");
    await withGraph(networkGraph(config, { batch, frames, rows }), weights, async (run) => {
      const at = async (latents: Numbers, text: Numbers, t: number) =>
        (await run({ latents, time: { shape: [batch], data: new Float32Array(batch).fill(t) }, context: text, global }))[
          "v"
        ] as Numbers;
      for (const t of file.config.t as readonly number[]) {
        computed[`v.uncond.t${t}`] = await at(x, zeros(context), t);
        for (const [name, mode] of Object.entries(modes)) {
          const network = guide<Float32Array>(
            async (latents, time, branches) => {
              const found: Float32Array[] = [];
              for (const branch of branches) {
                const text = branch === "none" ? (mode.neg ? negative : zeros(context)) : context;
                found.push(
                  (await at({ shape: x.shape, data: latents as Float32Array<ArrayBuffer> }, text, time)).data as Float32Array,
                );
              }
              return found;
            },
            {
              video: false,
              textScale: mode.cfg_scale,
              rescale: mode.scale_phi ?? 0,
              shape: x.shape as readonly [number, number, number],
              interval: mode.cfg_interval,
              prediction,
            },
          );
          computed[`v.${name}.t${t}`] = {
            shape: x.shape,
            data: (await network.velocity(x.data as Float32Array, t)) as Float32Array<ArrayBuffer>,
          };
        }
      }
      for (const output of Object.keys(file.outputs).filter((name) => name.startsWith("v_faint.plain.t")))
        computed[output] = await at(golden.input("x_faint"), context, Number(output.slice("v_faint.plain.t".length)));
    });
    if ("v_b.plain" in file.outputs) await batchInTurns(golden, config, weights, computed);
  }
  return compareAll(golden, computed);
}

/** Rows of the context and of the negative one in turns, with a time of their own each. */
async function batchInTurns(
  golden: GoldenCase,
  config: DiffusionTransformerConfig,
  weights: ParameterSource,
  computed: Record<string, Numbers>,
): Promise<void> {
  const [x, time] = [golden.input("x_b"), golden.input("t_b")];
  const [batch, , frames] = x.shape as readonly [number, number, number];
  const inTurns = (...texts: readonly Numbers[]): Numbers => {
    const rows = Array.from({ length: batch }, (_, row) => texts[row % texts.length] as Numbers);
    return {
      shape: [batch, ...(rows[0] as Numbers).shape.slice(1)],
      data: Float32Array.from(rows.flatMap(({ data }) => [...data])),
    };
  };
  const context = inTurns(golden.input("ctx"), golden.input("neg_ctx"));
  const global = inTurns(golden.input("g"));
  await withGraph(networkGraph(config, { batch, frames, rows: context.shape[1] as number }), weights, async (run) => {
    const plain = (await run({ latents: x, time, context, global }))["v"] as Numbers;
    const empty = { shape: context.shape, data: new Float32Array(context.data.length) };
    const none = (await run({ latents: x, time, context: empty, global }))["v"] as Numbers;
    computed["v_b.plain"] = plain;
    for (const output of Object.keys(golden.file.outputs).filter((name) => /^v_b\.cfg[\d.]+$/.test(name)))
      computed[output] = guided(plain, none, Number(output.slice("v_b.cfg".length)));
  });
}

const guided = (text: Numbers, none: Numbers, scale: number): Numbers => ({
  shape: text.shape,
  data: Float32Array.from(text.data, (value, i) => (none.data[i] as number) + scale * (value - (none.data[i] as number))),
});
