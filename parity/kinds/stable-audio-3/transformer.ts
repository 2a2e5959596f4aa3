/** The transformer of Stable Audio 3: predictions with every kind of guidance and padding, and one forward taken apart. */
import { type StableAudio3Inputs, type StableAudio3Network, stableAudio3Transformer } from "@foley-control/audio-backbone";
import type { Executable, GraphValue, ParameterSource } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { graph, input } from "@foley-control/graph";
import { guide } from "@foley-control/sampler";
import { finder } from "../../find.js";
import { runtime, withGraph } from "../../runtime.js";
import { headsOf, valuesBefore } from "../transformer.js";
import { firstFrames, labelled, transformerOf, zerosLike } from "./networks.js";

/** Whether a case is of this kind. */
export const isStableAudio3Transformer = ({ file }: GoldenCase): boolean =>
  ["x", "ctx", "local"].every((name) => file.inputs?.[name] !== undefined);

/** What is fed to the network. */
interface Fed {
  readonly latents: Numbers;
  readonly time: Numbers;
  readonly context: Numbers;
  readonly global: Numbers;
  readonly local: Numbers;
  readonly valid?: Numbers | undefined;
}

type Padding = StableAudio3Inputs["padding"];

interface Mode {
  readonly uncond?: boolean;
  readonly local?: boolean;
  readonly valid?: number;
  readonly neg?: boolean;
  readonly cfg_scale?: number;
  readonly apg_scale?: number;
  readonly scale_phi?: number;
  readonly cfg_norm_threshold?: number;
  readonly cfg_interval?: readonly [number, number];
}

/** The network's inputs, shaped as what is fed. */
function inputsOf(fed: Fed): { readonly [Name in keyof Fed]: GraphValue } {
  const made = Object.entries(fed).flatMap(([name, value]) => (value ? [[name, input(name, (value as Numbers).shape)]] : []));
  return Object.fromEntries(made);
}

/** A network for inputs of each shape, loaded once. */
class Networks {
  readonly #config: StableAudio3Network;
  readonly #weights: ParameterSource;
  readonly #loaded = new Map<string, Promise<Executable>>();

  constructor(config: StableAudio3Network, weights: ParameterSource) {
    this.#config = config;
    this.#weights = weights;
  }

  async run(fed: Fed, padding?: Padding): Promise<Numbers> {
    const inputs = inputsOf(fed);
    const key = JSON.stringify([padding, Object.entries(inputs).map(([name, { shape }]) => [name, shape])]);
    const load = () => {
      const v = stableAudio3Transformer(this.#config, { ...inputs, padding });
      return runtime.load(graph("transformer", Object.values(inputs), { v }), this.#weights);
    };
    const executable = await (this.#loaded.get(key) ?? this.#loaded.set(key, load()).get(key));
    const given = Object.entries(fed).flatMap(([name, value]) =>
      value ? [[name, { dtype: "float32", shape: value.shape, data: Float32Array.from(value.data) }] as const] : [],
    );
    return (await executable?.run(Object.fromEntries(given)))?.["v"] as Numbers;
  }

  async dispose(): Promise<void> {
    for (const executable of this.#loaded.values()) await (await executable).dispose();
  }
}

/** Every output of the case. */
export async function checkStableAudio3Transformer(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config, weights } = await transformerOf(golden);
  const { file } = golden;
  const networks = new Networks(config, weights);
  const plain: Fed = {
    latents: golden.input("x"),
    time: timeOf(golden),
    context: golden.input("ctx"),
    global: golden.input("g"),
    local: golden.input("local"),
  };
  const computed: Record<string, Numbers> = {};
  if ("v" in file.outputs) Object.assign(computed, await takenApart(golden, config, weights, plain));
  for (const output of Object.keys(file.outputs)) {
    const [path, mode, index] = /^(v|varlen)\.([^.]+)\.(\d+)$/.exec(output)?.slice(1) ?? [];
    if (mode !== undefined) {
      const time = single(file.config.t[Number(index)]);
      const padding = path === "varlen" ? ("away" as const) : ("blank" as const);
      computed[output] = await predicted(golden, networks, { ...plain, time }, file.config.modes[mode], padding);
    }
    const apg = /^v\.cfg([\d.]+)_apg$/.exec(output)?.[1];
    if (apg !== undefined) {
      const asked = { cfg_scale: Number(apg), apg_scale: 1, local: true, valid: file.config.valid };
      computed[output] = await predicted(golden, networks, plain, asked, "blank");
    }
  }
  if ("v_batch" in file.outputs) {
    const [latents, time, context, global, local] = ["x2", "t2", "ctx2", "g2", "local2"].map((name) => golden.input(name)) as [
      Numbers,
      Numbers,
      Numbers,
      Numbers,
      Numbers,
    ];
    // What is padding stands in a sentence.
    const meaning = (file.outputs["v_batch"] as { readonly meaning?: string }).meaning ?? "";
    const counts = JSON.parse(/valid frames (\[[\d, ]+\])/.exec(meaning)?.[1] ?? "null") as readonly number[] | null;
    const valid = counts ? firstFrames(counts, latents.shape[2] as number) : undefined;
    computed["v_batch"] = await networks.run({ latents, time, context, global, local, valid });
  }
  if ("v_faint" in file.outputs) {
    const time = single(file.config.t[1]);
    computed["v_faint"] = await networks.run({ ...plain, latents: golden.input("x_faint"), local: zerosLike(plain.local), time });
  }
  await networks.dispose();
  return compareAll(golden, computed);
}

const single = (time: number): Numbers => ({ shape: [1], data: Float32Array.of(time) });

function timeOf(golden: GoldenCase): Numbers {
  const { t } = golden.file.config;
  return golden.file.inputs["t"] ? golden.input("t") : single(typeof t === "number" ? t : t[0]);
}

/** One prediction with a mode's guidance. */
async function predicted(golden: GoldenCase, networks: Networks, fed: Fed, mode: Mode, padding: Padding): Promise<Numbers> {
  const { latents, context } = fed;
  const frames = latents.shape[2] as number;
  const valid = mode.valid === undefined ? undefined : firstFrames([mode.valid], frames);
  const local = mode.local ? fed.local : zerosLike(fed.local);
  const away = mode.neg ? negativeOf(golden) : zerosLike(context);
  const network = guide<Float32Array>(
    async (x, _time, branches) => {
      const found: Float32Array[] = [];
      for (const branch of branches) {
        const text = branch === "none" || mode.uncond ? away : context;
        const given = { ...fed, local, valid, context: text, latents: { shape: latents.shape, data: x as Numbers["data"] } };
        found.push((await networks.run(given, padding)).data as Float32Array);
      }
      return found;
    },
    {
      video: false,
      prediction: "flow",
      textScale: mode.cfg_scale ?? 1,
      // The reference's default.
      projection: mode.apg_scale ?? 1,
      normLimit: mode.cfg_norm_threshold,
      rescale: mode.scale_phi ?? 0,
      shape: latents.shape as readonly [number, number, number],
      interval: mode.cfg_interval,
      valid: valid?.data,
    },
  );
  const data = await network.velocity(latents.data as Float32Array, fed.time.data[0] as number);
  return { shape: latents.shape, data: data as Numbers["data"] };
}

/** Rows of the negative prompt; those without a token are zeros. */
function negativeOf(golden: GoldenCase): Numbers {
  const [rows, mask] = [golden.input("neg"), golden.input("neg_mask")];
  const width = rows.shape[2] as number;
  return {
    shape: rows.shape,
    data: Float32Array.from(rows.data, (value, i) => value * (mask.data[Math.floor(i / width)] as number)),
  };
}

/** The masked forward with what lies between. */
async function takenApart(
  golden: GoldenCase,
  config: StableAudio3Network,
  weights: ParameterSource,
  plain: Fed,
): Promise<Record<string, Numbers>> {
  const fed = { ...plain, valid: firstFrames([golden.file.config.valid], plain.latents.shape[2] as number) };
  const inputs = inputsOf(fed);
  const v = stableAudio3Transformer(config, inputs);
  const values = innerValues(graph("transformer", Object.values(inputs), { v }), config);
  const wanted = Object.keys(golden.file.outputs).flatMap((name) => (values[name] ? [[name, values[name]()] as const] : []));
  const source = graph("transformer", Object.values(inputs), { v, ...Object.fromEntries(wanted) });
  const found = await withGraph(source, weights, (run) => run({ ...fed }));
  if ("inv_freq" in golden.file.outputs) {
    const rotated = Math.max(config.embedDim / config.numHeads / 2, 32);
    const data = Float32Array.from({ length: rotated / 2 }, (_, j) => 10000 ** ((-2 * j) / rotated));
    found["inv_freq"] = { shape: [data.length], data };
  }
  return found;
}

function innerValues(
  plain: Parameters<typeof finder>[0],
  config: StableAudio3Network,
): Readonly<Record<string, () => GraphValue>> {
  const find = finder(plain);
  const label = labelled(plain);
  const p = (name: string) => `${config.prefix ?? ""}${name}`;
  const heads = (value: GraphValue) => headsOf(value, config.numHeads);
  const found: Record<string, () => GraphValue> = {
    ...valuesBefore(find, p),
    "mid.project_out_input": () => find.inputOf(p("transformer.project_out.weight")),
    "mid.project_out": () => find.outputOf(p("transformer.project_out.weight")),
    "mid.modulation": () => label(p("transformer.global_cond_embedder")),
  };
  const attentions = find.nodes.filter((node) => node.op === "MultiHeadAttention");
  for (let block = 0; block < config.depth; block++) {
    const layer = p(`transformer.layers.${block}`);
    for (const part of ["self", "cross", "local"]) found[`mid.block${block}.${part}`] = () => label(`${layer}.${part}`);
    found[`mid.block${block}.ff`] = () => label(layer);
    for (const [i, kind] of (["self", "cross"] as const).entries()) {
      const node = attentions[2 * block + i];
      if (!node) continue;
      for (const [j, part] of (["q", "k", "v"] as const).entries())
        found[`mid.block${block}.${kind}.${part}`] = () => {
          const value = node.inputs[j] as GraphValue;
          // The case has the values before those of padding are taken away.
          return heads(
            kind === "self" && part === "v" && value.node?.op === "Mul" ? (value.node.inputs[0] as GraphValue) : value,
          );
        };
      found[`mid.block${block}.${kind}.attn`] = () => heads(node.outputs[0] as GraphValue);
    }
  }
  return found;
}
