/** Conformance of denoisers. */
import type { BridgeSite, ClipSize, Denoiser, PlainTensor } from "../contracts/index.js";
import type { Graph, GraphValue } from "../graph-value.js";
import { elementCount } from "../tensor.js";
import {
  type ConformanceCheck,
  entryOf,
  type MaybePromise,
  must,
  mustBeEqual,
  mustBePositive,
  mustHaveShape,
  mustHaveSignature,
  mustHoldParameters,
  mustIdentify,
  normalTensor,
  plainCheck,
  reachable,
  relativeDifference,
  runOnce,
  runtimeCheck,
} from "./check.js";
import { BATCH_TOLERANCE } from "./encoders.js";

/** Options of {@link testDenoiser}: size of the clip that is run. Default 12 latents. */
export type DenoiserTestOptions = Partial<ClipSize>;

/** Checks of {@link Denoiser}. */
export function testDenoiser(make: () => MaybePromise<Denoiser>, options: DenoiserTestOptions = {}): readonly ConformanceCheck[] {
  return testDenoiserAt(make, () => ({ ...options, frames: options.frames ?? 12 }));
}

/** As {@link testDenoiser}, at a size that is known later. */
export function testDenoiserAt(
  make: () => MaybePromise<Denoiser>,
  sizeOf: () => MaybePromise<ClipSize>,
): readonly ConformanceCheck[] {
  return [
    plainCheck("declares an id, a prediction and sizes", async () => {
      const denoiser = await make();
      mustIdentify(denoiser, "denoiser");
      must(["v", "flow"].includes(denoiser.prediction), `prediction is ${denoiser.prediction}.`);
      mustBePositive("latentChannels", denoiser.latentChannels, true);
      must(Number.isInteger(denoiser.blocks) && denoiser.blocks >= 0, `blocks is ${denoiser.blocks}.`);
    }),
    plainCheck("has one site per block, with a position in seconds for every latent", async () => {
      const denoiser = await make();
      const size = await sizeOf();
      const sites = denoiser.sites(size.frames);
      must(sites.length === denoiser.blocks, `There are ${sites.length} sites for ${denoiser.blocks} blocks.`);
      sites.forEach((site, i) => {
        must(site.block === i, `Site ${i} says block ${site.block}.`);
        must(
          site.width === site.heads * site.headWidth,
          `Site ${i}: ${site.heads} heads of ${site.headWidth} are not ${site.width} wide.`,
        );
        must(Number.isInteger(site.prefixTokens) && site.prefixTokens >= 0, `Site ${i} has ${site.prefixTokens} prefix tokens.`);
        must(site.seconds.length === size.frames, `Site ${i} has ${site.seconds.length} positions for ${size.frames} latents.`);
        must(
          site.seconds.every((value, j) => value >= 0 && (j === 0 || value > (site.seconds[j - 1] as number))),
          `The positions of site ${i} do not rise from 0.`,
        );
      });
    }),
    plainCheck("makes graphs of the declared shapes and holds their parameters", async () => {
      const denoiser = await make();
      const size = await sizeOf();
      for (const batch of [1, 2]) {
        const graph = denoiser.graph({ ...size, batch });
        const latents = [batch, denoiser.latentChannels, size.frames] as const;
        const conditions = Object.entries(conditionsOf(graph));
        for (const [name, { shape }] of conditions)
          must(shape[0] === batch, `${name} is [${shape.join(", ")}], the batch is ${batch}.`);
        mustHaveSignature(
          graph,
          {
            latents: ["float32", latents],
            time: ["float32", [batch]],
            ...Object.fromEntries(conditions.map(([name, { shape }]) => [name, ["float32", shape] as const])),
          },
          { prediction: latents },
        );
        mustHoldParameters(denoiser.weights, graph);
      }
    }),
    plainCheck("calls the hook once per site, in order, with the residual stream", async () => {
      const denoiser = await make();
      const size = await sizeOf();
      const called: BridgeSite[] = [];
      denoiser.graph({
        ...size,
        batch: 2,
        hook: (x, site) => {
          called.push(site);
          mustHaveShape(`x at block ${site.block}`, x, "float32", [2, site.prefixTokens + size.frames, site.width]);
          return x;
        },
      });
      const sites = denoiser.sites(size.frames);
      must(
        JSON.stringify(called) === JSON.stringify(sites),
        `The hook saw blocks ${called.map((site) => site.block).join(", ")}.`,
      );
    }),
    plainCheck("lets what the hook returns replace the residual stream for all its consumers", async () => {
      const denoiser = await make();
      const size = await sizeOf();
      for (const { block } of denoiser.sites(size.frames)) {
        let given: GraphValue | undefined;
        let replacement: GraphValue | undefined;
        const graph = denoiser.graph({
          ...size,
          hook: (x, site) => {
            if (site.block !== block) return x;
            given = x;
            replacement = { kind: "constant", dtype: "float32", shape: x.shape, data: new Float32Array(elementCount(x.shape)) };
            return replacement;
          },
        });
        const used = reachable(graph);
        must(replacement !== undefined && used.has(replacement), `What the hook returned at block ${block} is not used.`);
        must(given !== undefined && !used.has(given), `At block ${block} something still reads the value from before the hook.`);
      }
    }),
    plainCheck("declares the extra inputs that a hook reads", async () => {
      const denoiser = await make();
      const size = await sizeOf();
      const extra: GraphValue = { kind: "input", name: "conformanceExtra", dtype: "float32", shape: [1, 3, 5] };
      const graph = denoiser.graph({ ...size, extraInputs: [extra], hook: (x) => x });
      must(graph.inputs.includes(extra), "The extra input is not among the inputs of the graph.");
    }),
    runtimeCheck(
      "gives finite numbers, the same every time, with and without an idle hook, alone and in a batch",
      async (runtime) => {
        const denoiser = await make();
        const size = await sizeOf();
        const one = denoiser.graph({ ...size });
        const inputs = denoiserInputs(denoiser, size, 2);
        const run = async (graph: typeof one, entry: number): Promise<PlainTensor> => {
          const single = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, entryOf(value, entry)]));
          return (await runOnce(runtime, graph, denoiser.weights, single)).prediction as PlainTensor;
        };
        const first = await run(one, 0);
        mustBeEqual("The same inputs again", await run(one, 0), first);
        mustBeEqual("With a hook that returns x", await run(denoiser.graph({ ...size, hook: (x) => x }), 0), first);
        const second = await run(one, 1);
        const both = (await runOnce(runtime, denoiser.graph({ ...size, batch: 2 }), denoiser.weights, inputs))
          .prediction as PlainTensor;
        [first, second].forEach((alone, i) => {
          const difference = relativeDifference(entryOf(both, i), alone);
          must(difference < BATCH_TOLERANCE, `Entry ${i} of a batch differs by ${difference} from the same input alone.`);
        });
      },
    ),
  ];
}

/** What a denoiser graph reads besides latents and time. */
export const conditionsOf = (graph: Graph): Readonly<Record<string, GraphValue>> =>
  Object.fromEntries(
    graph.inputs.flatMap((value) => (value.name === "latents" || value.name === "time" ? [] : [[value.name ?? "", value]])),
  );

/** Random inputs of a denoiser. */
export function denoiserInputs(denoiser: Denoiser, size: ClipSize, batch: number): Record<string, PlainTensor<"float32">> {
  return Object.fromEntries(
    denoiser.graph({ ...size, batch }).inputs.map(({ name = "", shape }) => {
      if (name !== "time") return [name, normalTensor(name, shape)];
      return [name, { dtype: "float32", shape, data: Float32Array.from({ length: batch }, (_, i) => 0.3 + 0.2 * i) }];
    }),
  );
}
