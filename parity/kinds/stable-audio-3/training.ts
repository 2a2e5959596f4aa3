/** One training step of Stable Audio 3: loss over what is to be made, and gradients at weights, inputs and the places where a bridge adds. */
import { stableAudio3Transformer } from "@foley-control/audio-backbone";
import type { GraphValue } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { differentiate, gradientName, graph, input, named, ops } from "@foley-control/graph";
import { flowObjective } from "@foley-control/train";
import { withGraph } from "../../runtime.js";
import { firstFrames, transformerOf } from "./networks.js";

/** Whether a case is of this kind. */
export const isStableAudio3Training = ({ file }: GoldenCase): boolean =>
  ["x0", "eps", "inpaint_mask"].every((name) => file.inputs?.[name] !== undefined);

/** Every output of the case. */
export async function checkStableAudio3Training(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config, weights } = await transformerOf(golden);
  const { file } = golden;
  const fed = Object.fromEntries(
    ["x0", "eps", "ctx", "g", "t", "inpaint_mask"].map((name) => [name, golden.input(name)]),
  ) as Record<string, Numbers>;
  const of = (name: string): GraphValue => inputs[name] as GraphValue;
  const [batch, channels, frames] = golden.input("x0").shape as readonly [number, number, number];
  fed["valid"] = firstFrames(file.config.valid, frames);
  const inputs: Record<string, GraphValue> = Object.fromEntries(
    Object.entries(fed).map(([name, { shape }]) => [name, input(name, shape)]),
  );
  const rows = frames + config.memoryTokens;
  const bumps = Array.from({ length: config.depth }, (_, block) => input(`bump.${block}`, [batch, rows, config.embedDim]));
  const { noisy, target } = flowObjective(of("x0"), of("eps"), of("t"));
  const v = stableAudio3Transformer(
    config,
    {
      latents: named(noisy, "noisy"),
      time: of("t"),
      context: of("ctx"),
      global: of("g"),
      local: ops.concat([of("inpaint_mask"), ops.multiply(of("x0"), of("inpaint_mask"))], 1),
      valid: of("valid"),
    },
    (x, block) => ops.add(x, bumps[block] as GraphValue),
  );
  const counts = ops.multiply(ops.reshape(of("valid"), [batch, 1, frames]), ops.subtract(1, of("inpaint_mask")));
  const missed = ops.multiply(ops.square(ops.subtract(v, target)), counts);
  const loss = ops.divide(ops.sum(missed, [0, 1, 2]), ops.multiply(ops.sum(counts, [0, 1, 2]), channels));
  const prefix = config.prefix ?? "";
  const trained = Object.keys(file.outputs).flatMap((name) => /^grad\.(transformer\..+)$/.exec(name)?.[1] ?? []);
  const source = graph("training", [...Object.values(inputs), ...bumps], { loss, v });
  const wanted = ["noisy", ...trained.map((name) => `${prefix}${name}`), ...bumps.map(({ name }) => name as string)];
  const none = Object.fromEntries(
    bumps.map(({ name, shape }) => [name, { shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) }]),
  );
  return withGraph(differentiate(source, "loss", wanted), weights, async (run) => {
    const found = await run({ ...fed, ...none });
    const gradient = (name: string) => found[gradientName(name)] as Numbers;
    return compareAll(golden, {
      v: found["v"] as Numbers,
      loss: { ...(found["loss"] as Numbers), shape: [1] },
      "grad.x_t": gradient("noisy"),
      ...Object.fromEntries(trained.map((name) => [`grad.${name}`, gradient(`${prefix}${name}`)])),
      ...Object.fromEntries(bumps.map(({ name }, block) => [`grad.hook${block}`, gradient(name as string)])),
    });
  });
}
