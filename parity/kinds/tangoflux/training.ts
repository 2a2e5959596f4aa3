/** A training step of TangoFlux: velocity, loss, and gradients at noisy latents, at the places of a bridge and at weights. */
import { tangofluxTransformer } from "@foley-control/audio-backbone";
import { type GraphValue, memoryParameters } from "@foley-control/core";
import { type Comparison, compareAll, formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { differentiate, gradientName, graph, input, named, ops } from "@foley-control/graph";
import { flowObjective, meanSquaredError } from "@foley-control/train";
import { withGraph } from "../../runtime.js";
import { tangofluxOf } from "./network.js";

/** Whether a case is of this kind. */
export const isTangofluxTraining = ({ file }: GoldenCase): boolean =>
  file.config?.axes_dims_rope !== undefined && file.inputs?.["eps"] !== undefined;

const PREFIX = "transformer.";
const NAMES = ["x0", "eps", "ctx", "pooled", "t"] as const;

/** Every output of the case. */
export async function checkTangofluxTraining(golden: GoldenCase): Promise<readonly Comparison[]> {
  const config = tangofluxOf(golden);
  const given = Object.fromEntries(NAMES.map((name) => [name, input(name, golden.input(name).shape)]));
  const { x0, eps, ctx, pooled, t } = given as Readonly<Record<(typeof NAMES)[number], GraphValue>>;
  const { noisy, target } = flowObjective(x0, eps, t);
  const latents = named(noisy, "noisy");
  const [batch, frames] = x0.shape as readonly [number, number];
  const width = config.heads * config.headWidth;
  const places = Array.from({ length: config.doubleBlocks + config.singleBlocks }, (_, block) => ({
    name: block < config.doubleBlocks ? `double${block}` : `single${block - config.doubleBlocks}`,
    bump: input(`bump.${block}`, [batch, frames, width]),
  }));
  const v = tangofluxTransformer(config, { latents, time: t, context: ctx, pooled }, (x, block) =>
    ops.add(x, (places[block] as (typeof places)[number]).bump),
  );
  const weights = Object.keys(golden.file.outputs).flatMap((name) =>
    /^grad\..*\.(weight|bias)$/.test(name) ? [name.slice("grad.".length)] : [],
  );
  const inputs = [...Object.values(given), ...places.map(({ bump }) => bump)];
  const source = graph("training", inputs, { loss: meanSquaredError(v, target), v });
  const wanted = ["noisy", ...weights.map((name) => `${PREFIX}${name}`), ...places.map(({ bump }) => bump.name as string)];
  const backward = differentiate(source, "loss", wanted);
  const none = Object.fromEntries(
    places.map(({ bump }) => [bump.name, { shape: bump.shape, data: new Float32Array(batch * frames * width) }]),
  );
  return withGraph(backward, memoryParameters(formulaWeights(golden.file)), async (run) => {
    const found = await run({ ...Object.fromEntries(NAMES.map((name) => [name, golden.input(name)])), ...none });
    const gradient = (name: string) => found[gradientName(name)] as Numbers;
    return compareAll(golden, {
      v: found["v"] as Numbers,
      loss: { ...(found["loss"] as Numbers), shape: [1] },
      "grad.x_t": gradient("noisy"),
      ...Object.fromEntries(weights.map((name) => [`grad.${name}`, gradient(`${PREFIX}${name}`)])),
      ...Object.fromEntries(places.map(({ name, bump }) => [`grad.${name}`, gradient(bump.name as string)])),
    });
  });
}
