/** One training step of the denoiser: noisy latents, loss, and gradients at weights, inputs and the places where a bridge adds. */

import { diffusionTransformer } from "@foley-control/audio-backbone";
import type { GraphValue } from "@foley-control/core";
import { type Comparison, compare, compareAll, type GoldenCase, type Numbers, numbers } from "@foley-control/golden";
import { differentiate, gradientName, graph, input, named, ops } from "@foley-control/graph";
import { flowObjective, meanSquaredError, vObjective } from "@foley-control/train";
import { withGraph } from "../runtime.js";
import { networkOf } from "./transformer.js";

interface Probe {
  readonly baseLoss: number;
  readonly perBlock: readonly {
    readonly block: number;
    readonly h: number;
    readonly lossMinus: number;
    readonly lossPlus: number;
    readonly gradDotDir: number;
  }[];
  readonly allBlocksPlus?: number;
}

/** Whether a case is of this kind. */
export const isTraining = ({ file }: GoldenCase): boolean =>
  file.inputs?.["x0"] !== undefined && file.inputs["eps"] !== undefined;

/** Every output of the case, and the losses with something added where a bridge would add. */
export async function checkTraining(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config, weights } = await networkOf(golden);
  const { file } = golden;
  const [clean, noise, time, context, global] = ["x0", "eps", "t", "ctx", "g"].map((name) => {
    const { shape, data } = golden.input(name);
    return { value: input(name, shape), numbers: { shape, data } };
  }) as [Fed, Fed, Fed, Fed, Fed];
  const [batch, , frames] = clean.value.shape as readonly [number, number, number];
  const bumps = Array.from({ length: config.depth }, (_, block) => input(`bump.${block}`, [batch, frames + 1, config.embedDim]));

  const objective = file.config.objective === "v" ? vObjective : flowObjective;
  const { noisy, target } = objective(clean.value, noise.value, time.value);
  const latents = named(noisy, "noisy");
  const residuals: GraphValue[] = [];
  const v = diffusionTransformer(
    config,
    { latents, time: time.value, context: context.value, global: global.value },
    (x, block) => {
      residuals.push(x);
      return ops.add(x, bumps[block] as GraphValue);
    },
  );
  const trained = Object.keys(file.outputs).flatMap((name) => (name.startsWith(WEIGHT) ? [name.slice(WEIGHT.length)] : []));
  const inputs = [clean, noise, time, context, global].map(({ value }) => value);
  const loss = meanSquaredError(v, target);
  const each = ops.mean(ops.square(ops.subtract(v, target)), [1, 2]);
  const source = graph("training", [...inputs, ...bumps], {
    loss,
    "loss.per_item": each,
    x_t: noisy,
    target,
    v,
    ...Object.fromEntries(residuals.map((value, block) => [`residual.${block}`, value])),
  });
  const backward = differentiate(source, "loss", ["noisy", ...trained, ...bumps.map(({ name }) => name as string)]);

  // Rows whose conditioning is dropped have no text.
  const text = Float32Array.from(context.numbers.data);
  const perRow = text.length / batch;
  (file.config.cfg_dropout as readonly number[] | undefined)?.forEach((dropped, row) => {
    if (dropped) text.fill(0, row * perRow, (row + 1) * perRow);
  });
  const feeds = Object.fromEntries([clean, noise, time, context, global].map(({ value, numbers }) => [value.name, numbers]));
  const none = Object.fromEntries(
    bumps.map(({ name, shape }) => [name, { shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) }]),
  );
  const fed = { ...feeds, ctx: { shape: context.numbers.shape, data: text } };

  return withGraph(backward, weights, async (run) => {
    const found = await run({ ...fed, ...none });
    const gradient = (name: string) => found[gradientName(name)] as Numbers;
    const computed: Record<string, Numbers> = {
      ...found,
      loss: { ...(found["loss"] as Numbers), shape: [1] },
      "grad.x_t": gradient("noisy"),
      ...Object.fromEntries(trained.map((name) => [`${WEIGHT}${name}`, gradient(name)])),
      ...Object.fromEntries(bumps.map(({ name }, block) => [`grad.residual.${block}`, gradient(name as string)])),
    };
    const comparisons = [...compareAll(golden, computed)];
    const probe = file["bridgeProbe"] as Probe | undefined;
    if (!probe) return comparisons;
    const limits = { relL2: file.tolerance.relL2 ?? 1e-5 };
    const expect = (label: string, value: number, expected: number, allowed = limits) =>
      comparisons.push(compare(label, numbers([value]), numbers([expected]), allowed));
    const direction = (block: number, h: number): Numbers => {
      const { shape, data } = golden.input(`bridge_dir.${block}`);
      return { shape, data: Float32Array.from(data, (value) => h * value) };
    };
    const lossWith = async (added: Readonly<Record<string, Numbers>>) =>
      (await run({ ...fed, ...none, ...added }))["loss"]?.data[0] as number;
    expect("probe: loss", await lossWith({}), probe.baseLoss);
    for (const { block, h, lossMinus, lossPlus, gradDotDir } of probe.perBlock) {
      expect(`probe: block ${block}, plus`, await lossWith({ [`bump.${block}`]: direction(block, h) }), lossPlus);
      expect(`probe: block ${block}, minus`, await lossWith({ [`bump.${block}`]: direction(block, -h) }), lossMinus);
      const slope = Float64Array.from(direction(block, 1).data).reduce(
        (sum, value, i) => sum + value * (gradient(`bump.${block}`).data[i] as number),
        0,
      );
      // A sum of thousands of small products of both signs.
      expect(`probe: block ${block}, slope`, slope, gradDotDir, { relL2: 100 * limits.relL2 });
    }
    if (probe.allBlocksPlus !== undefined) {
      const all = probe.perBlock.map(({ block, h }) => [`bump.${block}`, direction(block, h)] as const);
      expect("probe: all blocks, plus", await lossWith(Object.fromEntries(all)), probe.allBlocksPlus);
    }
    return comparisons;
  });
}

const WEIGHT = "grad.weight.";

interface Fed {
  readonly value: GraphValue;
  readonly numbers: Numbers;
}
