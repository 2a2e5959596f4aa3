/** Releases of Stable Audio Open in folders, written from the tables of the golden cases, and what they compute. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AudioBackbone, Graph, ParameterSource, PlainTensor } from "@foley-control/core";
import { asTensor, type GoldenTensor } from "@foley-control/golden";
import { goldenCase, goldenJson, goldenModel, goldenPath, writeFormulaWeights } from "@foley-control/golden/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll } from "vitest";

/** Tensors by name. */
export type Tensors = Record<string, GoldenTensor>;

/** `model_config.json` of the two narrow releases. */
export const tinyConfig = goldenJson<Record<string, unknown>>("sao/sao-tiny/model_config.json");

/** The JSON files of their T5. */
export const t5 = {
  config: goldenJson<Record<string, unknown>>("sao/sao-tiny/t5-tiny/config.json"),
  tokenizer: goldenJson("sao/sao-tiny/t5-tiny/tokenizer.json"),
};

/** Two texts of the golden cases. */
export const prompts = ["A dog barks twice in a quiet courtyard", "Footsteps on gravel, slow pace, close microphone."] as const;

/** A runtime and a folder for the tests of one file, both gone after them. */
export function releaseFolders() {
  const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  let root = "";
  const at = (...path: string[]) => join(root, ...path);
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "foley-release-"));
  });
  afterAll(async () => {
    await runtime.dispose();
    await rm(root, { recursive: true, force: true });
  });

  async function run(source: Graph, weights: ParameterSource, inputs: Readonly<Record<string, PlainTensor>>) {
    const executable = await runtime.load(source, weights);
    const outputs = await executable.run(inputs);
    await executable.dispose();
    return (name: string) => outputs[name] as GoldenTensor;
  }

  return {
    at,

    writeJson: (path: string, value: unknown): Promise<void> => writeFile(path, JSON.stringify(value)),

    /** A folder of the golden cases, for example `sao-tiny`, as a release. */
    async writeRelease(name: string, model: string, files: readonly string[] = ["model_config.json"]): Promise<void> {
      await mkdir(at(name));
      for (const file of files) await copyFile(goldenPath(`sao/${model}/${file}`), at(name, file));
      const table = goldenModel(`sao/${model}`);
      await writeFormulaWeights(at(name, "model.safetensors"), table.weights, table);
    },

    /** Texts of the same duration, as one batch. */
    async condition(backbone: AudioBackbone, texts: readonly string[]) {
      const batch = texts.length;
      const tokenised = texts.map((text) => backbone.text.tokenise(text));
      const shape = [batch, backbone.text.length];
      const tokens = await run(backbone.text.graph({ batch }), backbone.text.weights, {
        ids: { dtype: "int64", shape, data: BigInt64Array.from(tokenised.flatMap(({ ids }) => [...ids])) },
        mask: tensor(
          shape,
          tokenised.flatMap(({ mask }) => [...mask]),
        ),
      });
      const each = (value: number) =>
        tensor(
          [batch],
          texts.map(() => value),
        );
      const numbers = { secondsStart: each(0), secondsTotal: each(30), textKept: each(1) };
      const found = await run(backbone.conditionGraph({ frames: 1, batch }), backbone.weights, {
        tokens: tokens("tokens"),
        ...numbers,
      });
      return { context: found("context"), global: found("global") };
    },

    /** What the denoiser says of the latents of a case. */
    async predict(backbone: AudioBackbone, name: string): Promise<GoldenTensor> {
      const golden = goldenCase(`sao/${name}`);
      const [latents, context, global] = ["x", "ctx", "g"].map((key) => asTensor(golden.input(key))) as [
        GoldenTensor,
        GoldenTensor,
        GoldenTensor,
      ];
      const source = backbone.denoiser.graph({ frames: latents.shape[2] as number });
      return (await run(source, backbone.denoiser.weights, { latents, time: tensor([1], [0.5]), context, global }))("prediction");
    },

    /** How the latents of a case sound. */
    async decode(backbone: AudioBackbone): Promise<GoldenTensor> {
      const latents = asTensor(goldenCase("sao/sao-tiny-vae").input("z"));
      const source = backbone.codec.decodeGraph({ frames: latents.shape[2] as number });
      return (await run(source, backbone.codec.weights, { latents }))("audio");
    },
  };
}

/** Some numbers with their sizes. */
export const tensor = (shape: readonly number[], data: ArrayLike<number>): GoldenTensor => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(data),
});
