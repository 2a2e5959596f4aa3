/**
 * `npm run bench -- training-cost`: what a training step costs, counted from the graphs. Products and convolutions only (`flopsOf`); memory is that
 * of the activations alive at once, weights and optimiser apart. Prints forward, bridge step and full step of the small model and of Stable
 * Audio Open at its real size, and what the paper's run costs on GPUs. Nothing is computed, so it takes seconds and no GPU.
 */
import { diffusionTransformer, diffusionTransformerSites } from "@foley-control/audio-backbone";
import { type BridgeConfig, bridgeSublayer } from "@foley-control/bridge";
import { type BridgeSite, BYTES_PER_ELEMENT, elementCount, type Graph, type GraphValue } from "@foley-control/core";
import { decompose, flopsOf, graph, input, nodesOf, parametersOf } from "@foley-control/graph";
import { gradientStep, meanSquaredError, parameterLayout, vObjective } from "@foley-control/train";
import { miniTraining } from "./shared/mini-training.js";

/** Steps, clips per step and length of the run in the paper (Rowles et al. 2025). */
const PAPER = { steps: 400_000, clips: 384, seconds: 10 } as const;
/** Dense bfloat16 products per second as the makers state them, and the share of them that a training is assumed to reach. */
const GPUS = [
  { name: "H100 / H200", flops: 989e12 },
  { name: "A100", flops: 312e12 },
] as const;
const UTILISATION = 0.35;

/** Stable Audio Open 1.0 with a bridge for V-JEPA 2 ViT-L, frame pooling, in every block. */
function stableAudio(seconds: number) {
  const config = {
    ioChannels: 64,
    embedDim: 1536,
    depth: 24,
    numHeads: 24,
    condTokenDim: 768,
    globalCondDim: 1536,
    projectCondTokens: false,
    qkNorm: "none",
  } as const;
  const rate = 44_100 / 2048;
  const frames = Math.ceil(seconds * rate);
  const sites = diffusionTransformerSites(config, frames, rate);
  const bridge: BridgeConfig = {
    version: 1,
    backbone: "stable-audio-open-1.0",
    encoder: "vjepa2-l",
    blocks: 24,
    width: 1536,
    headWidth: 64,
    tokenWidth: 1024,
    tokenRate: 8,
    tokensPerStep: 1,
    adapterHidden: 2048,
    positions: "seconds",
    adapter: "per-block",
  };
  const shape = [1, 64, frames];
  const [latents, noise, time] = [input("latents", shape), input("noise", shape), input("time", [1])];
  const [context, global] = [input("context", [1, 130, 768]), input("global", [1, 1536])];
  const video = input("video", [1, seconds * bridge.tokenRate, bridge.tokenWidth]);
  const { noisy, target } = vObjective(latents, noise, time);
  const predicted = diffusionTransformer(config, { latents: noisy, time, context, global }, (x, block) =>
    bridgeSublayer(x, sites[block] as BridgeSite, video, bridge),
  );
  const loss = graph("stable-audio", [latents, noise, time, context, global, video], {
    loss: meanSquaredError(predicted, target),
  });
  return { loss, trained: [...parametersOf(loss).keys()].filter((name) => name.startsWith("blocks.")) };
}

/** Most bytes of results alive at once, run in the order of the graph; views of a result are that result. */
function activationBytes(source: Graph): number {
  const order = nodesOf(source);
  const views = new Map<GraphValue, GraphValue>();
  const owner = (value: GraphValue): GraphValue => views.get(value) ?? value;
  const lastUse = new Map<GraphValue, number>();
  order.forEach((made, at) => {
    for (const value of made.inputs) lastUse.set(owner(value), at);
    if (made.op === "Reshape" || made.op === "Identity" || made.op === "Detach")
      views.set(made.outputs[0] as GraphValue, owner(made.inputs[0] as GraphValue));
  });
  for (const value of Object.values(source.outputs)) lastUse.set(owner(value), order.length);
  const ends = new Map<number, number>();
  let [alive, most] = [0, 0];
  order.forEach((made, at) => {
    for (const value of made.outputs) {
      const end = lastUse.get(value);
      if (views.has(value) || end === undefined) continue;
      const bytes = elementCount(value.shape) * BYTES_PER_ELEMENT[value.dtype];
      alive += bytes;
      ends.set(end, (ends.get(end) ?? 0) + bytes);
    }
    most = Math.max(most, alive);
    alive -= ends.get(at) ?? 0;
  });
  return most;
}

function costs(name: string, loss: Graph, trained: readonly string[], rows: number) {
  const plain = decompose(loss);
  const all = [...parametersOf(loss).keys()];
  const forms = {
    forward: plain,
    "bridge step": gradientStep(loss, parameterLayout(loss, trained)),
    "full step": gradientStep(loss, parameterLayout(loss, all)),
  };
  const count = (names: readonly string[]) =>
    names.reduce((sum, key) => sum + elementCount(parametersOf(loss).get(key)?.shape ?? []), 0);
  console.log(
    `\n${name}: ${(count(all) / 1e6).toFixed(1)} M parameters, ${(count(trained) / 1e6).toFixed(1)} M of them trained; per clip`,
  );
  const base = { flops: flopsOf(plain), bytes: activationBytes(plain) };
  for (const [what, form] of Object.entries(forms)) {
    const [flops, bytes] = [flopsOf(form), activationBytes(form)];
    console.log(
      `${what.padEnd(14)}${(flops / rows / 1e9).toFixed(2).padStart(10)} GFLOP ${(flops / base.flops).toFixed(2).padStart(6)} x` +
        `${(bytes / rows / 1e6).toFixed(1).padStart(10)} MB ${(bytes / base.bytes).toFixed(1).padStart(6)} x`,
    );
  }
  return flopsOf(forms["bridge step"]) / rows;
}

const { loss, start } = await miniTraining(8);
costs("the small model, 4 s", loss, Object.keys(start), 8);
const large = stableAudio(PAPER.seconds);
const perClip = costs("Stable Audio Open, 10 s", large.loss, large.trained, 1);
const total = perClip * PAPER.clips * PAPER.steps;
console.log(
  `\nthe paper's run: ${PAPER.steps} steps of ${PAPER.clips} clips, ${total.toExponential(2)} FLOP; at ${UTILISATION * 100} % of the peak`,
);
for (const gpu of GPUS) {
  const days = total / (gpu.flops * UTILISATION) / 86_400;
  const cells = [1, 8, 64].map((count) => `${count} GPU: ${(days / count).toFixed(2)} d`.padStart(18));
  console.log(`${gpu.name.padEnd(14)}${cells.join("")}   ${(days * 24).toFixed(0)} GPU-hours`);
}
