/** Conformance of a bridge on the denoiser that it was made for. */
import type { Bridge, Denoiser, ParameterSource, PlainTensor } from "../contracts/index.js";
import type { Graph, GraphValue } from "../graph-value.js";
import { memoryParameters, mergeParameters } from "../parameters.js";
import { elementCount } from "../tensor.js";
import {
  type ConformanceCheck,
  filledTensor,
  type MaybePromise,
  must,
  mustBeEqual,
  mustHaveShape,
  mustHoldParameters,
  mustIdentify,
  normalTensor,
  parametersOf,
  plainCheck,
  relativeDifference,
  runOnce,
  runtimeCheck,
} from "./check.js";
import { denoiserInputs } from "./denoiser.js";

/** What {@link testBridge} needs to know. */
export interface BridgeTestOptions {
  /** Width of the video tokens that the bridge was made for. */
  readonly tokenWidth: number;
  /** Latents of the clip that is run. Default 12. */
  readonly frames?: number;
  /** Video tokens of the clip that is run. Default 8. */
  readonly tokens?: number;
}

/**
 * Checks of {@link Bridge}.
 *
 * @param make - Makes a fresh (untrained) bridge and the denoiser it belongs to.
 */
export function testBridge(
  make: () => MaybePromise<{ readonly bridge: Bridge; readonly denoiser: Denoiser }>,
  options: BridgeTestOptions,
): readonly ConformanceCheck[] {
  const frames = options.frames ?? 12;
  const tokenShape = [1, options.tokens ?? 8, options.tokenWidth] as const;
  const bridged = (bridge: Bridge, denoiser: Denoiser): Graph => {
    const videoTokens: GraphValue = { kind: "input", name: "videoTokens", dtype: "float32", shape: tokenShape };
    return denoiser.graph({ frames, hook: bridge.hook(videoTokens), extraInputs: [videoTokens] });
  };
  const predict = async (
    runtime: Parameters<ConformanceCheck["run"]>[0] & object,
    denoiser: Denoiser,
    with_?: { readonly bridge: Bridge; readonly weights: ParameterSource; readonly tokens: PlainTensor },
  ): Promise<PlainTensor> => {
    const inputs = denoiserInputs(denoiser, { frames }, 1);
    const outputs =
      with_ === undefined
        ? await runOnce(runtime, denoiser.graph({ frames }), denoiser.weights, inputs)
        : await runOnce(runtime, bridged(with_.bridge, denoiser), mergeParameters(denoiser.weights, with_.weights), {
            ...inputs,
            videoTokens: with_.tokens,
          });
    return outputs.prediction as PlainTensor;
  };
  return [
    plainCheck("has a configuration that survives JSON", async () => {
      const { bridge } = await make();
      mustIdentify(bridge, "bridge");
      const copy = JSON.stringify(JSON.parse(JSON.stringify(bridge.config)));
      must(
        copy === JSON.stringify(bridge.config) && Object.keys(bridge.config).length > 0,
        "config changes on its way through JSON.",
      );
      must(
        Object.values(bridge.config).every((value) => value !== undefined),
        "config has undefined entries, which JSON drops.",
      );
    }),
    plainCheck("lists each parameter once and holds it in that shape", async () => {
      const { bridge } = await make();
      const names = bridge.parameters.map(({ name }) => name);
      must(new Set(names).size === names.length && names.length > 0, "A parameter is listed twice, or there is none.");
      for (const { name, shape } of bridge.parameters)
        mustHaveShape(`parameter ${name}`, bridge.weights.get(name), "float32", shape);
    }),
    plainCheck("adds exactly its own parameters to the denoiser's graph, and changes no shape", async () => {
      const { bridge, denoiser } = await make();
      const plain = parametersOf(denoiser.graph({ frames }));
      const graph = bridged(bridge, denoiser);
      const added = [...parametersOf(graph).keys()].filter((name) => !plain.has(name)).sort();
      const own = bridge.parameters.map(({ name }) => name).sort();
      must(
        added.join() === own.join(),
        `The graph gains ${added.length} parameters (${added.join(", ")}), the bridge lists ${own.length}.`,
      );
      must(
        [...plain.keys()].every((name) => parametersOf(graph).has(name)),
        "A parameter of the denoiser is no longer used.",
      );
      mustHaveShape("prediction", graph.outputs.prediction, "float32", [1, denoiser.latentChannels, frames]);
      mustHoldParameters(mergeParameters(denoiser.weights, bridge.weights), graph);
    }),
    runtimeCheck("leaves the denoiser's output bit-identical when fresh", async (runtime) => {
      const { bridge, denoiser } = await make();
      const tokens = normalTensor("videoTokens", tokenShape);
      const plain = await predict(runtime, denoiser);
      mustBeEqual("With a fresh bridge", await predict(runtime, denoiser, { bridge, weights: bridge.weights, tokens }), plain);
    }),
    runtimeCheck("contributes exactly nothing for zero tokens, something for others, whatever its weights", async (runtime) => {
      const { bridge, denoiser } = await make();
      const weights = randomWeights(bridge);
      const plain = await predict(runtime, denoiser);
      mustBeEqual(
        "With zero tokens",
        await predict(runtime, denoiser, { bridge, weights, tokens: filledTensor(0, tokenShape) }),
        plain,
      );
      const moved = await predict(runtime, denoiser, { bridge, weights, tokens: normalTensor("videoTokens", tokenShape) });
      must(relativeDifference(moved, plain) > 0, "Video tokens change nothing, even with random weights.");
    }),
    runtimeCheck("passes prefix rows through unchanged and moves the others", async (runtime) => {
      const { bridge, denoiser } = await make();
      const weights = randomWeights(bridge);
      for (const site of denoiser.sites(frames)) {
        const videoTokens: GraphValue = { kind: "input", name: "videoTokens", dtype: "float32", shape: tokenShape };
        const x: GraphValue = { kind: "input", name: "x", dtype: "float32", shape: [1, site.prefixTokens + frames, site.width] };
        const y = bridge.hook(videoTokens)(x, site);
        mustHaveShape(`The hook's result at block ${site.block}`, y, "float32", x.shape);
        const graph: Graph = { name: `bridge-site-${site.block}`, inputs: [x, videoTokens], outputs: { y } };
        const given = normalTensor(`x${site.block}`, x.shape);
        const { y: result } = (await runOnce(runtime, graph, weights, {
          x: given,
          videoTokens: normalTensor("videoTokens", tokenShape),
        })) as {
          y: PlainTensor;
        };
        const rows = (tensor: PlainTensor, from: number, to: number): PlainTensor<"float32"> => ({
          dtype: "float32",
          shape: [to - from, site.width],
          data: (tensor.data as Float32Array).slice(from * site.width, to * site.width),
        });
        mustBeEqual(`Prefix rows at block ${site.block}`, rows(result, 0, site.prefixTokens), rows(given, 0, site.prefixTokens));
        for (let row = site.prefixTokens; row < site.prefixTokens + frames; row++) {
          must(
            relativeDifference(rows(result, row, row + 1), rows(given, row, row + 1)) > 0,
            `Row ${row} at block ${site.block} is not moved.`,
          );
        }
      }
    }),
  ];
}

/** Weights for all parameters, none zero: normal numbers, about unit gain for matrices. */
function randomWeights(bridge: Bridge): ParameterSource {
  return memoryParameters(
    Object.fromEntries(
      bridge.parameters.map(({ name, shape }) => {
        const { data } = normalTensor(name, shape);
        const fanIn = Math.max(1, elementCount(shape.slice(1)));
        return [name, { dtype: "float32" as const, shape, data: data.map((value) => value / Math.sqrt(fanIn)) }];
      }),
    ),
  );
}
